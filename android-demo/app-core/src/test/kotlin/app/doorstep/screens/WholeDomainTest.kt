package app.doorstep.screens

import app.doorstep.ffi.Consent
import app.doorstep.ffi.How
import app.doorstep.ffi.Stage
import app.doorstep.ffi.Step
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
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.nio.file.Path
import java.util.concurrent.Executors

/** Groups, the council and households on the real engine: what one phone writes, another one shows. */
class WholeDomainTest {
    private val folders = mutableListOf<Path>()
    private val main = Executors.newSingleThreadExecutor().asCoroutineDispatcher()
    private val scope = CoroutineScope(SupervisorJob() + main)

    @AfterEach
    fun end() {
        scope.cancel()
        main.close()
        folders.forEach(::deleteFolder)
    }

    private fun folder() = temporaryFolder("domain").also(folders::add)

    private fun coreOf(phone: TestPhone): AppCore =
        AppCore(phone.client.asPhone(), scope, EnglishWords, MutableStateFlow(false))

    private suspend fun <S> StateFlow<S>.awaits(condition: (S) -> Boolean): S = first(condition)

    private suspend fun AppCore.taken(doc: String, kind: StepKind, vararg taps: Pair<String, String>): Done {
        val step = step(doc, kind)
        step.state.awaits { !it.loading }
        taps.forEach { (key, value) -> step.choose(key, value) }
        assertTrue(step.state.value.canSave, "$kind: ${step.state.value.missing}")
        step.saveForm()
        return checkNotNull(step.state.awaits { it.done != null || it.notice != null }.done) { "$kind was refused" }
            .also { step.close() }
    }

    /** Fills in a form: what is typed is typed, of what is chosen `#0` is the first there is. */
    private suspend fun AppCore.entry(screen: Screen.Form, vararg answers: Pair<Ask, String>): Done {
        val form = form(screen)
        form.state.awaits { !it.loading }
        for ((ask, value) in answers) {
            when (val field = form.state.value.fields.single { it.key == ask.name }) {
                is Field.Write -> form.write(ask.name, value)
                is Field.Choose -> form.choose(ask.name, value.replace("#0", field.options.first().value))
                else -> form.choose(ask.name, value)
            }
        }
        assertTrue(form.state.value.canSave, "$screen: ${form.state.value.missing}")
        form.saveForm()
        val saved = form.state.awaits { it.done != null || it.notice != null }
        return checkNotNull(saved.done) { "$screen: ${saved.notice}" }.also { form.close() }
    }

    @Test
    fun `one trouble in two grievances is done with one tap, and solved here as it was there`() = bounded(LONG_S) {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder(), relay, SampleRoster.OWNER).use { mine ->
                TestPhone.enrolled(folder(), relay, SampleRoster.BACKUP).use { theirs -> together(mine, theirs) }
            }
        }
    }

    private suspend fun together(mine: TestPhone, theirs: TestPhone) {
        val core = coreOf(mine)
        val other = coreOf(theirs)
        val home = mine.foundHousehold("3-201").doc
        val (one, two) = mine.visit(home, "The lift is stuck", "No lift since noon").grievances
        core.taken(two, StepKind.LINK_DUPLICATE, "other" to one)
        val group = core.grievance(one).state.awaits { it.group != null }.group
        assertEquals(listOf(two), group?.others?.map { it.doc })

        // In a list they are one, and the other phone writes into both at once.
        mine.sync()
        theirs.sync()
        val rows = other.grievances().state.awaits { it.rows.isNotEmpty() }.rows
        assertTrue(rows.single().detail.endsWith(EnglishWords.groupOf(2)), rows.single().detail)
        assertEquals(EnglishWords.stepSavedIn(2), other.taken(one, StepKind.PROGRESS).text)
        // This one alone: the tick of the other is taken away.
        other.taken(one, StepKind.RESOLVE, "also" to two)
        theirs.sync()
        mine.sync()
        assertEquals(Stage.RESOLVED, mine.grievance(one).line.stage)
        assertEquals(Stage.IN_PROGRESS, mine.grievance(two).line.stage)

        val second = core.grievance(two)
        val offered = second.state.awaits { it.group?.takeOver?.isNotEmpty() == true }.group?.takeOver?.single()
        second.askTakeOver(offered?.resolution.orEmpty())
        second.state.awaits { it.group?.takeOver?.single()?.question != null }
        second.takeOver()
        second.state.awaits { it.story.last().icon == "resolve" && it.group?.takeOver.isNullOrEmpty() }
        assertEquals(Stage.RESOLVED, mine.grievance(two).line.stage)
        core.close()
        other.close()
    }

    @Test
    fun `what the council resolved is resolved in the grievance, on the phone of its owner`() = bounded(LONG_S) {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder(), relay, SampleRoster.OWNER).use { mine ->
                TestPhone.enrolled(folder(), relay, SampleRoster.BLOCK_LEAD).use { lead -> council(mine, lead) }
            }
        }
    }

    private suspend fun council(mine: TestPhone, lead: TestPhone) {
        val home = mine.foundHousehold("3-201").doc
        val (lift, over) = mine.visit(home, "The lift is stuck", "The bins stand full").grievances
        mine.take(over, Step.Accept)
        mine.take(over, Step.Resolve(How.HELP, null))
        mine.sync()
        lead.sync()

        val core = coreOf(lead)
        assertTrue(core.today().state.awaits { it.meetings }.meetings)
        val meeting = core.entry(Screen.NewMeeting, Ask.VENUE to "Room 2", Ask.OTHERS to "Mrs Carter").doc
        val add = Screen.MeetingEntry(meeting, MeetingTask.ADD_ITEM)
        core.entry(add, Ask.TITLE to "The lifts", Ask.GRIEVANCES to lift)
        val shown = core.meeting(meeting).state.awaits { it.items.isNotEmpty() }
        assertEquals(listOf("Mrs Carter"), shown.people.map { it.name })
        val item = shown.items.single()
        assertEquals(listOf("The lift is stuck"), item.grievances.map { it.title })
        val done = core.entry(Screen.Item(meeting, item.item), Ask.OUTCOME to "resolved")
        assertEquals(emptyList<LeftOut>(), done.leftOut)
        core.meeting(meeting).state.awaits { it.items.firstOrNull()?.settled == true }

        lead.sync()
        mine.sync()
        val record = mine.grievance(lift)
        assertEquals(Stage.RESOLVED, record.line.stage)
        assertEquals(Stage.RESOLVED, mine.grievance(over).line.stage)
        core.close()
    }

    @Test
    fun `who resolved it confirms with the code that the resident was given, and not without`() = bounded(LONG_S) {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder(), relay, SampleRoster.OWNER).use { mine ->
                val core = coreOf(mine)
                val lift = mine.visit(mine.foundHousehold("3-201").doc, "The lift is stuck").grievances.single()
                core.taken(lift, StepKind.ACCEPT)
                core.taken(lift, StepKind.RESOLVE)
                val confirm = core.step(lift, StepKind.CONFIRM)
                confirm.state.awaits { !it.loading }
                assertFalse(confirm.state.value.canSave)
                confirm.write("code", "4711")
                confirm.saveForm()
                val saved = confirm.state.awaits { it.done != null || it.notice != null }
                assertNull(saved.notice)
                assertEquals(Stage.CONFIRMED, mine.grievance(lift).line.stage)
                core.close()
            }
        }
    }

    @Test
    fun `a household is written down bit by bit, found by two characters, and its number opened`() = bounded(LONG_S) {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder(), relay, SampleRoster.OWNER).use { mine ->
                val core = coreOf(mine)
                val home = mine.foundHousehold("3-201").doc
                fun entry(task: HouseholdTask) = Screen.HouseholdEntry(home, task)
                val person = arrayOf(Ask.NAME to "陈桂芳", Ask.RELATION to "#0", Ask.BIRTH to "#0")
                core.entry(entry(HouseholdTask.ADD_PERSON), *person)
                core.entry(entry(HouseholdTask.ADD_PHONE), Ask.NUMBER to "13800001234", Ask.WHOSE to "#0")
                core.entry(entry(HouseholdTask.CONSENT), Ask.CONSENT to "YES")
                core.entry(entry(HouseholdTask.CONSENT), Ask.CONSENT to "BY_APPOINTMENT")
                core.entry(entry(HouseholdTask.PRIORITY), Ask.CODE to "#0", Ask.REVIEW to "30")
                core.entry(entry(HouseholdTask.NOTE), Ask.TEXT to "Rings twice")
                mine.visit(home, "The lift is stuck")

                val screen = core.household(home)
                val state = screen.state.awaits { it.grievances.isNotEmpty() && it.story.size > ENTRIES }
                assertEquals(listOf("陈桂芳"), state.persons.map { it.name })
                assertTrue(state.detail.contains(EnglishWords.consent(Consent.BY_APPOINTMENT)))
                assertEquals(1, state.facts.count { it.label == EnglishWords.factConsent }, "the newer one replaced it")
                assertTrue(state.priority != null && !state.reviewDue)
                assertTrue(state.story.any { it.opens == Screen.Grievance(state.grievances.single().doc) })
                val masked = state.phones.single()
                assertTrue("13800001234" !in masked.number, masked.number)
                screen.openPhone(masked.event)
                val open = screen.state.awaits { it.phones.single().open }.phones.single()
                assertEquals("13800001234", open.number.filter(Char::isDigit))

                val search = core.search()
                search.write("桂芳")
                val found = search.state.awaits { it.groups.isNotEmpty() }.groups.first()
                assertEquals(listOf<Screen?>(Screen.Household(home)), found.rows.map { it.opens })
                core.entry(entry(HouseholdTask.END_PRIORITY), Ask.REASON to "#0")
                core.entry(entry(HouseholdTask.PERSON_LEFT))
                val after = screen.state.awaits { it.priority == null && it.persons.single().left }
                assertTrue(after.tasks.none { it.task == HouseholdTask.END_PRIORITY })
                core.close()
            }
        }
    }

    private companion object {
        const val LONG_S = 120L
        const val ENTRIES = 6
    }
}
