package app.doorstep.screens

import app.doorstep.ffi.Language
import app.doorstep.ffi.Stage
import app.doorstep.ffi.StepKind
import app.doorstep.screens.words.EnglishWords
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import app.doorstep.sdk.testing.bounded
import app.doorstep.sdk.testing.deleteFolder
import app.doorstep.sdk.testing.temporaryFolder
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.nio.file.Path
import java.util.concurrent.Executors

/** The screens on the real engine, with real files and a real relay. */
class WholePathTest {
    private val folders = mutableListOf<Path>()

    /** One thread, as an app has one. */
    private val main = Executors.newSingleThreadExecutor().asCoroutineDispatcher()
    private val scope = CoroutineScope(SupervisorJob() + main)
    private val online = MutableStateFlow(true)

    @AfterEach
    fun end() {
        scope.cancel()
        main.close()
        folders.forEach(::deleteFolder)
    }

    private fun folder() = temporaryFolder("screens").also(folders::add)

    private fun coreOf(phone: TestPhone): AppCore =
        AppCore(phone.client.asPhone(), scope, EnglishWords, online)

    private suspend fun <S> StateFlow<S>.awaits(condition: (S) -> Boolean): S = first(condition)

    @Test
    fun `a member joins with six digits`() = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.open(folder()).use { phone ->
                val core = coreOf(phone)
                core.start()
                assertEquals(Screen.Enrol, core.navigator.current)
                val enrol = core.enrol()
                enrol.edit(relay.inviteAttended(SampleRoster.OWNER))
                enrol.accept()
                val digits = enrol.state.awaits { it.stage == EnrolStage.COMPARE }.digits
                assertEquals(6, digits?.filter(Char::isDigit)?.length)
                relay.confirm(SampleRoster.OWNER, digits.orEmpty().filter(Char::isDigit))
                // It asks again by itself.
                enrol.state.awaits { it.stage == EnrolStage.DONE }
                core.navigator.replace(Screen.Today)
                // Buildings come first, what people call them a moment later.
                val today = core.today().state.awaits { state ->
                    state.buildings.any { it.name == SampleRoster.BUILDING_NAME }
                }
                assertFalse(today.enrolFirst)
                core.close()
            }
        }
    }

    @Test
    fun `a bad invitation is refused in the person's language`() = bounded {
        TestPhone.open(folder(), Language.CHINESE).use { phone ->
            val core = coreOf(phone)
            core.start()
            val enrol = core.enrol()
            enrol.state.awaits { !it.canAccept }
            enrol.edit("doorstep:1:half")
            enrol.accept()
            val notice = enrol.state.awaits { it.notice != null }.notice
            assertEquals(NoticeKind.SHOW, notice?.kind)
            assertEquals("bad_invitation", notice?.code)
            assertTrue(notice?.text.orEmpty().any { it in '一'..'龥' }, notice?.text)
            core.close()
        }
    }

    @Test
    fun `a household, a visit, a grievance, and what others do about it`() = bounded(120) {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder(), relay, SampleRoster.OWNER).use { mine ->
                TestPhone.enrolled(folder(), relay, SampleRoster.BACKUP).use { theirs ->
                    Story(coreOf(mine), theirs).tell()
                }
            }
        }
    }

    private inner class Story(private val core: AppCore, private val theirs: TestPhone) {
        suspend fun tell() {
            core.start()
            assertEquals(Screen.Today, core.navigator.current)
            found()
            val grievance = visited()
            othersSeeIt(grievance)
            accepted(grievance)
            resolvedByOthers(grievance)
            arrived()
            core.close()
        }

        private suspend fun found() {
            val form = core.newHousehold()
            val loaded = form.state.awaits { !it.loading }
            val buildings = (loaded.fields.first() as Field.Choose).options
            form.choose("building", buildings.first { it.text == SampleRoster.BUILDING_NAME }.value)
            form.write("unit", "3-201")
            form.write("name", "张伟")
            form.choose("consent", "YES")
            form.saveForm()
            assertEquals(EnglishWords.householdSaved, form.state.awaits { it.done != null }.done?.text)
            form.close()
        }

        private suspend fun visited(): String {
            val today = core.today()
            val row = today.state.awaits { it.households.isNotEmpty() }.households.single()
            assertEquals("${SampleRoster.BUILDING_NAME} · 3-201", row.title)

            val visit = core.visit(row.doc)
            visit.state.awaits { !it.loading }
            visit.outcome("MET")
            visit.addGrievance()
            visit.what(0, "The lift is stuck")
            visit.kind(0, visit.state.value.found.first().kinds[3].value)
            visit.grade(0, "A")
            // The process dies just when it was saved, and nobody saw the answer: the form is sent again.
            val kept = visit.save()
            visit.saveVisit()
            val first = visit.state.awaits { it.done != null }.done
            visit.close()
            val again = core.visit(row.doc, kept)
            again.state.awaits { it.canSave }
            again.saveVisit()
            assertEquals(first, again.state.awaits { it.done != null }.done)
            again.close()

            // Found by me, so it is in my building; nobody took it on, so it is nobody's yet.
            val open = today.state.awaits { state -> state.buildings.any { it.counts.contains("1 open") } }
            assertTrue(open.households.single().detail.startsWith("met today"))
            today.close()
            return grievanceOf()
        }

        /** The one grievance, as the other phone lists it once it has arrived there. */
        private suspend fun grievanceOf(): String {
            core.syncer.state.awaits { !it.running && it.last == SyncEnd.COMPLETE }
            while (theirs.client.grievances().lines.isEmpty()) {
                core.syncer.once()
                theirs.sync()
            }
            return theirs.client.grievances().lines.single().doc
        }

        private suspend fun othersSeeIt(grievance: String) {
            val other = coreOf(theirs)
            val today = other.today()
            val state = today.state.awaits { it.households.isNotEmpty() }
            assertEquals("${SampleRoster.BUILDING_NAME} · 3-201", state.households.single().title)
            assertEquals("1 open", state.buildings.first { it.name == SampleRoster.BUILDING_NAME }.counts.takeLast(6))
            val story = other.grievance(grievance).state.awaits { !it.loading }
            assertEquals("The lift is stuck", story.title)
            assertNull(story.story.first().mark)
            assertFalse(story.story.first().who == EnglishWords.me)
            other.close()
        }

        private suspend fun accepted(grievance: String) {
            val screen = core.grievance(grievance)
            val before = screen.state.awaits { !it.loading }
            assertEquals(StepKind.ACCEPT, before.main?.kind)
            val step = core.step(grievance, StepKind.ACCEPT)
            step.state.awaits { it.canSave }
            step.saveForm()
            assertNotNull(step.state.awaits { it.done != null }.done)
            step.close()
            // After saving the story is there again, with the step in it.
            val after = screen.state.awaits { it.story.size > before.story.size }
            assertEquals(EnglishWords.me, after.story.last().who)
            assertNull(after.newCame)
            screen.close()
            val today = core.today()
            assertEquals(grievance, today.state.awaits { it.due.isNotEmpty() }.due.single().doc)
            today.close()
        }

        /** The other one resolves it while my own form for the same step is open. */
        private suspend fun resolvedByOthers(grievance: String) {
            do {
                core.syncer.once()
                theirs.sync()
            } while (theirs.grievance(grievance).line.stage != Stage.ACCEPTED)

            val mine = core.step(grievance, StepKind.RESOLVE)
            mine.state.awaits { it.canSave }
            mine.write("text", "New cable")

            val other = coreOf(theirs)
            val step = other.step(grievance, StepKind.RESOLVE)
            step.state.awaits { it.canSave }
            step.write("text", "The lift company came")
            step.saveForm()
            step.state.awaits { it.done != null }
            other.close()
            do {
                theirs.sync()
                core.syncer.once()
            } while (core.phone.grievance(grievance)?.line?.stage != Stage.RESOLVED)

            assertEquals(EnglishWords.newCameForm, mine.state.awaits { it.newCame != null }.newCame)
            // Both count: each is judged by what its author had seen.
            mine.saveForm()
            assertNotNull(mine.state.awaits { it.done != null }.done)
            mine.close()
            val story = core.grievance(grievance).state.awaits { !it.loading }
            val words = story.story.filter { it.counts }.mapNotNull { it.words }
            assertTrue(words.containsAll(listOf("New cable", "The lift company came")), "$words")
        }

        private suspend fun arrived() {
            val screen = core.arrivals()
            screen.tryNow()
            val state = screen.state.awaits { !it.loading && it.waiting.isEmpty() && !it.sync.running }
            assertEquals(EnglishWords.waitingCount(0), state.saved)
            assertEquals(Tone.CALM, state.status.tone)
            assertNull(state.notice)
            // A household, a visit with its grievance, two steps.
            assertTrue(state.delivered.substringBefore(' ').toInt() >= 4, state.delivered)
        }
    }

    @Test
    fun `without a relay everything is saved, and each thing says why it waits`() = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder(), relay, SampleRoster.OWNER).use { phone ->
                relay.kill()
                val core = coreOf(phone)
                core.start()
                val form = core.newHousehold()
                val buildings = (form.state.awaits { !it.loading }.fields.first() as Field.Choose).options
                form.choose("building", buildings.first().value)
                form.write("unit", "5-502")
                form.saveForm()
                form.state.awaits { it.done != null }

                val screen = core.arrivals()
                val row = screen.state.awaits { it.waiting.isNotEmpty() }.waiting.single()
                assertTrue(row.title.contains("5-502"))
                assertTrue(row.reason.isNotBlank() && row.next.isNotBlank())
                core.syncer.cancel()
                core.syncer.state.awaits { !it.running }
                assertEquals(Tone.CALM, screen.state.value.status.tone)

                relay.start()
                // The syncer may rest just now; the person need not wait for it.
                while (core.phone.arrivals().waiting.isNotEmpty()) core.syncer.once()
                val delivered = screen.state.awaits { it.waiting.isEmpty() && !it.sync.running }
                assertNull(delivered.notice)
                core.close()
            }
        }
    }
}
