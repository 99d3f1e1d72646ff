package app.doorstep.screens

import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.Grade
import app.doorstep.ffi.NewReporter
import app.doorstep.ffi.VisitOutcome
import app.doorstep.screens.words.EnglishWords
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

@OptIn(ExperimentalCoroutinesApi::class)
class VisitPresenterTest {
    private val phone = FakePhone()

    private fun TestScope.opened(saved: String? = null): VisitPresenter =
        coreOf(phone).visit(Samples.HOUSEHOLD, saved).also { runCurrent() }

    private val VisitPresenter.now: VisitState
        get() = state.value

    @Test
    fun `a visit with a grievance is six taps from the row in Today`() = runTest {
        val core = coreOf(phone)
        val today = core.today()
        runCurrent()
        var taps = 0
        fun tap(what: () -> Unit) {
            taps += 1
            what()
            runCurrent()
        }

        val row = today.state.value.households.first()
        tap { core.navigator.open(Screen.Visit(row.doc)) }
        val visit = core.visit(row.doc)
        runCurrent()
        tap { visit.outcome(visit.now.outcomes.first().value) }
        tap { visit.addGrievance() }
        visit.what(0, "The lift is stuck") // typed: the cursor is there already
        tap { visit.kind(0, visit.now.found.first().kinds.last().value) }
        tap { visit.grade(0, visit.now.found.first().grades.first().value) }
        tap { visit.saveVisit() }

        assertEquals(EnglishWords.visitSaved(1), visit.now.done?.text)
        assertTrue(taps <= 6, "$taps taps")
        val sent = phone.visits.single()
        assertEquals(Samples.ACT, sent.act)
        assertEquals(VisitOutcome.MET, sent.outcome)
        assertEquals(0, sent.purpose, "the most common purpose was chosen already")
        assertEquals(1, sent.personsMet)
        val found = sent.found.single()
        assertEquals("The lift is stuck", found.what)
        assertEquals(3, found.kind)
        assertEquals(Grade.A, found.grade)
        assertEquals(NewReporter.Household(Samples.HOUSEHOLD), found.reporter)
    }

    @Test
    fun `the form is one call of the engine`() = runTest {
        opened()
        assertEquals(1, phone.loads)
    }

    @Test
    fun `it says what is missing, in order, and cannot be saved before`() = runTest {
        val visit = opened()
        assertEquals(4, visit.now.outcomes.size)
        assertEquals(EnglishWords.missingOutcome, visit.now.missing)
        visit.saveVisit()
        runCurrent()
        assertTrue(phone.visits.isEmpty())
        visit.outcome("NOT_HOME")
        assertTrue(visit.now.canSave)
        assertFalse(visit.now.personsShown)
        visit.addGrievance()
        assertTrue(visit.now.canSave, "opened, and nothing said, is as good as not there")
        visit.kind(0, "3")
        assertEquals(EnglishWords.missingWhat, visit.now.missing)
        visit.what(0, "Noise")
        assertTrue(visit.now.canSave)
        visit.addGrievance()
        visit.what(1, "Smell")
        assertEquals(EnglishWords.missingKind, visit.now.missing)
        visit.removeGrievance(1)
        visit.saveVisit()
        runCurrent()
        assertEquals(0, phone.visits.single().personsMet)
        assertEquals(1, phone.visits.single().found.size)
    }

    @Test
    fun `whoever wishes not to be named is not`() = runTest {
        val visit = opened()
        visit.outcome("MET")
        visit.addGrievance()
        visit.what(0, "Noise")
        visit.kind(0, "0")
        visit.reporter(0, visit.now.found.first().reporters.last().value)
        assertTrue(visit.now.found.first().reporters.last().chosen)
        visit.saveVisit()
        runCurrent()
        assertEquals(NewReporter.Anonymous, phone.visits.single().found.single().reporter)
    }

    @Test
    fun `two quick taps on save are one call`() = runTest {
        val answer = CompletableDeferred<Unit>()
        phone.write = { answer.await() }
        val visit = opened()
        visit.outcome("MET")
        visit.saveVisit()
        visit.saveVisit()
        runCurrent()
        assertTrue(visit.now.saving)
        visit.note("typed while it is saved")
        assertEquals("", visit.now.note)
        answer.complete(Unit)
        runCurrent()
        visit.saveVisit()
        runCurrent()
        assertEquals(1, phone.visits.size)
        assertNotNull(visit.now.done)
        assertEquals("", visit.save(), "what was saved needs no keeping")
    }

    @Test
    fun `rotation and the death of the process lose nothing, and the act stays the same`() = runTest {
        val visit = opened()
        visit.outcome("MET")
        visit.morePersons()
        visit.comeAgain("7")
        visit.addGrievance()
        visit.what(0, "电梯坏了\n三天了")
        visit.kind(0, "3")
        visit.grade(0, "B")
        visit.note("ring twice")
        val before = visit.now
        val saved = visit.save()
        visit.close()

        // A new process: the engine would give another act, were it asked.
        phone.visitForm = { Samples.visitForm(act = "00000000000000ff") }
        val again = opened(saved)
        assertEquals(before, again.now)
        again.saveVisit()
        runCurrent()
        assertEquals(Samples.ACT, phone.visits.single().act)
        assertEquals("电梯坏了\n三天了", phone.visits.single().found.single().what)
    }

    @Test
    fun `a save whose answer was never seen is sent again word for word`() = runTest {
        phone.write = { throw DoorstepException.Damaged("storage", "It failed.") }
        val visit = opened()
        visit.outcome("MET")
        visit.comeAgain("1")
        visit.saveVisit()
        runCurrent()
        val saved = visit.save()
        phone.write = { }
        val again = opened(saved)
        again.saveVisit()
        runCurrent()
        assertEquals(2, phone.visits.size)
        assertEquals(phone.visits[0], phone.visits[1])
        assertNotNull(again.now.done)
    }

    @Test
    fun `whatever the error, the form stays and can be saved again`() = runTest {
        for ((error, kind) in FakePhone.errors) {
            phone.write = { throw error }
            val visit = opened()
            visit.outcome("MET")
            visit.note("kept")
            visit.saveVisit()
            runCurrent()
            assertEquals(kind, visit.now.notice?.kind)
            assertEquals("kept", visit.now.note)
            assertTrue(visit.now.canSave)
            assertNull(visit.now.done)
            visit.dismissNotice()
            assertNull(visit.now.notice)
        }
    }

    @Test
    fun `a form that was changed after it was saved unseen says so`() = runTest {
        phone.write = { throw DoorstepException.Rejected("act_reused", "The act id was used.") }
        val visit = opened()
        visit.outcome("MET")
        visit.saveVisit()
        runCurrent()
        assertEquals(EnglishWords.savedBefore, visit.now.notice?.text)
    }

    @Test
    fun `a household that is not here is gone, and another error is not`() = runTest {
        phone.visitForm = { throw DoorstepException.Rejected("look_again", "It is not here.") }
        assertTrue(opened().now.gone)
        phone.visitForm = { throw DoorstepException.Damaged("storage", "It failed.") }
        val failed = opened().now
        assertFalse(failed.gone)
        assertFalse(failed.loading)
        assertEquals(NoticeKind.REPORT, failed.notice?.kind)
    }

    @Test
    fun `bounds hold`() = runTest {
        val visit = opened()
        repeat(FOUND_MAX + 3) { visit.addGrievance() }
        assertEquals(FOUND_MAX, visit.now.found.size)
        assertFalse(visit.now.canAddGrievance)
        repeat(PERSONS_MET_MAX + 3) { visit.morePersons() }
        assertEquals(PERSONS_MET_MAX, visit.now.persons)
        repeat(PERSONS_MET_MAX + 3) { visit.fewerPersons() }
        assertEquals(1, visit.now.persons)
        visit.note("x".repeat(WORDS_CHARS_MAX + 9))
        assertEquals(WORDS_CHARS_MAX, visit.now.note.length)
        visit.what(0, "x".repeat(WORDS_CHARS_MAX + 9))
        assertEquals(WORDS_CHARS_MAX, visit.now.found.first().what.length)
    }

    @Test
    fun `what is optional can be taken back`() = runTest {
        val visit = opened()
        visit.comeAgain("7")
        assertEquals("7", visit.now.comeAgain.single { it.chosen }.value)
        visit.comeAgain("7")
        assertTrue(visit.now.comeAgain.none { it.chosen })
        visit.addGrievance()
        visit.grade(0, "A")
        visit.grade(0, "A")
        assertTrue(visit.now.found.first().grades.none { it.chosen })
        visit.outcome("MET")
        visit.outcome("nonsense")
        assertEquals("MET", visit.now.outcomes.single { it.chosen }.value)
    }

    @Test
    fun `come again counts from the day on which the form was opened`() = runTest {
        val visit = opened()
        visit.outcome("NOT_HOME")
        visit.comeAgain("7")
        visit.saveVisit()
        runCurrent()
        val openedDay = (Samples.nowS / DAY_S).toInt()
        assertEquals(openedDay + 7, phone.visits.single().nextDay)
    }
}
