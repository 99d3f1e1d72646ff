package app.doorstep.screens

import app.doorstep.ffi.By
import app.doorstep.ffi.Channel
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.Grade
import app.doorstep.ffi.How
import app.doorstep.ffi.Level
import app.doorstep.ffi.SettleChoice
import app.doorstep.ffi.Step
import app.doorstep.ffi.StepKind
import app.doorstep.screens.words.EnglishWords
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
class StepPresenterTest {
    private val phone = FakePhone()

    private fun TestScope.opened(kind: StepKind, saved: String? = null): StepPresenter =
        coreOf(phone).step(Samples.GRIEVANCE, kind, saved).also { runCurrent() }

    private val StepPresenter.now: FormState
        get() = state.value

    private fun StepPresenter.chosen(key: String): String? =
        now.fields.filterIsInstance<Field.Choose>().single { it.key == key }.options.firstOrNull { it.chosen }?.value

    private fun StepPresenter.required(key: String): Boolean = now.fields.single { it.key == key }.required

    /** Fills in what is still missing, saves, and gives what was sent. */
    private fun TestScope.taken(kind: StepKind, vararg answers: Pair<String, String>): Step {
        phone.steps.clear()
        val step = opened(kind)
        for ((key, value) in answers) {
            val field = step.now.fields.single { it.key == key }
            if (field is Field.Write) step.write(key, value) else step.choose(key, value)
        }
        assertTrue(step.now.canSave, "$kind: ${step.now.missing}")
        step.saveForm()
        runCurrent()
        assertEquals(EnglishWords.stepSaved, step.now.done?.text)
        return phone.steps.single().step
    }

    @Test
    fun `each step asks what it needs and becomes that step`() = runTest {
        val resident = By.RESIDENT
        val inPerson = Channel.IN_PERSON
        val dayS = DAY_S
        val reason = "reason" to "7"
        val text = "text" to "said so"
        val expected = mapOf(
            StepKind.ACCEPT to (Step.Accept to emptyList()),
            StepKind.CLOSE to (Step.Close to emptyList()),
            StepKind.DECLINE to (Step.Decline(7, "said so") to listOf(reason, text)),
            StepKind.CONTACT to (Step.Contact(How.HELP, null) to emptyList()),
            StepKind.PROGRESS to (Step.Progress(How.PEOPLES_MEDIATION, "said so", listOf("m2"), "Two neighbours") to
                listOf("how" to "peoples_mediation", text, "helpers" to "m2", "parties" to "Two neighbours")),
            StepKind.RESOLVE to (Step.Resolve(How.HELP, "said so", emptyList()) to listOf(text)),
            StepKind.ASKED_NO_ANSWER to (Step.AskedNoAnswer("r2", Channel.PHONE) to listOf("channel" to "PHONE")),
            StepKind.CONFIRM to (Step.Confirm("r2", resident, inPerson, 5, emptyList()) to
                listOf("satisfaction" to "5")),
            StepKind.REJECT to (Step.Reject("r1", resident, inPerson, 7, null) to
                listOf("resolution" to "r1", reason)),
            StepKind.FEED_BACK to (Step.FeedBack("r2", inPerson, null) to emptyList()),
            StepKind.CLOSE_UNSOLVED to (Step.CloseUnsolved(7, Channel.LETTER, null) to
                listOf(reason, "told" to "LETTER")),
            StepKind.WITHDRAW to (Step.Withdraw(By.FAMILY, inPerson, 99, emptyList()) to
                listOf("by" to "FAMILY", "reason" to "99")),
            StepKind.SET_GRADE to (Step.SetGrade(Grade.A, null) to listOf("grade" to "A")),
            StepKind.SET_DUE to (Step.SetDue(Samples.nowS + 2 * dayS, null) to listOf("due" to "2")),
            StepKind.ESCALATE to (Step.Escalate(Level.BLOCK, 7, "said so", null) to
                listOf("level" to "block", reason, text)),
            StepKind.TAKE_OVER to (Step.TakeOver(Level.BLOCK) to listOf("level" to "block")),
            StepKind.SEND_BACK to (Step.SendBack(Level.BLOCK, 7, null) to listOf("level" to "block", reason)),
            StepKind.ASSIGN to (Step.Assign("m2", null) to listOf("to" to "m2")),
            StepKind.DISPATCH_TEAM to (Step.DispatchTeam("t1", "said so") to listOf(text)),
            StepKind.TRANSFER to (Step.Transfer("0b02", 7) to listOf("other" to "0b02", reason)),
            StepKind.LINK_DUPLICATE to (Step.LinkDuplicate("0b02") to listOf("other" to "0b02")),
            StepKind.UNLINK_DUPLICATE to (Step.UnlinkDuplicate("l1", null) to emptyList()),
            StepKind.COUNCIL_ITEM to (Step.CouncilItem(Records.MEETING, "i1") to
                listOf("item" to "${Records.MEETING} i1")),
            StepKind.SETTLE to (Step.Settle("grade", listOf("e1", "e2"), SettleChoice.Grade(Grade.B), null) to
                listOf("flag" to "grade GRADE e1 e2", "grade" to "B")),
            StepKind.CORRECT to (Step.Correct("e1", 7) to listOf("entry" to "e1", reason)),
            StepKind.NOTE to (Step.Note("said so") to listOf(text)),
        )
        assertEquals(StepKind.entries.toSet(), expected.keys)
        for ((kind, what) in expected) {
            assertEquals(what.first, taken(kind, *what.second.toTypedArray()))
        }
    }

    @Test
    fun `what is required is asked for, one after the other`() = runTest {
        val step = opened(StepKind.REJECT)
        assertFalse(step.now.canSave)
        assertEquals(EnglishWords.missingAnswer(EnglishWords.stepField("reason")), step.now.missing)
        step.saveForm()
        runCurrent()
        assertTrue(phone.steps.isEmpty())
        assertEquals("r2", step.chosen("resolution"), "the newest is chosen already")
    }

    @Test
    fun `less urgent or later wants a reason, more urgent or sooner does not`() = runTest {
        phone.stepForm = { Samples.stepForm(it, line = Samples.grievance(dueS = Samples.nowS + 5 * DAY_S)) }
        val grade = opened(StepKind.SET_GRADE)
        grade.choose("grade", "D")
        assertTrue(grade.required("reason"))
        assertFalse(grade.now.canSave)
        grade.choose("grade", "B")
        assertTrue(grade.now.canSave)
        val due = opened(StepKind.SET_DUE)
        due.choose("due", "7")
        assertFalse(due.now.canSave)
        due.choose("due", "3")
        assertTrue(due.now.canSave)
    }

    @Test
    fun `outside wants to know whom, and only outside`() = runTest {
        val step = opened(StepKind.ESCALATE)
        assertTrue(step.now.fields.none { it.key == "body" })
        step.choose("level", "outside")
        step.choose("reason", "7")
        assertFalse(step.now.canSave)
        step.write("body", "Water board")
        step.saveForm()
        runCurrent()
        assertEquals(Step.Escalate(Level.OUTSIDE, 7, null, "Water board"), phone.steps.single().step)
        step.close()

        val changed = opened(StepKind.ESCALATE)
        changed.choose("level", "outside")
        changed.write("body", "Water board")
        changed.choose("level", "block")
        changed.choose("reason", "7")
        changed.saveForm()
        runCurrent()
        assertEquals(Step.Escalate(Level.BLOCK, 7, null, null), phone.steps.last().step)
    }

    @Test
    fun `what came while the form was open is said, and the view stays what the person saw`() = runTest {
        val step = opened(StepKind.RESOLVE)
        step.write("text", "New cable")
        phone.stepForm = { Samples.stepForm(it, view = "v2", act = "00000000000000ff") }
        phone.changes.emit(Samples.changes(arrived = listOf("another")))
        runCurrent()
        assertNull(step.now.newCame)
        phone.changes.emit(Samples.changes(arrived = listOf(Samples.GRIEVANCE)))
        runCurrent()
        assertEquals(EnglishWords.newCameForm, step.now.newCame)
        assertTrue(step.now.canSave)
        step.saveForm()
        runCurrent()
        assertEquals("v1", phone.steps.single().view)
        assertEquals(Samples.ACT, phone.steps.single().act)
    }

    @Test
    fun `looked at again it is the new view, with what was typed and the same act`() = runTest {
        val step = opened(StepKind.REJECT)
        step.choose("resolution", "r1")
        step.choose("reason", "7")
        step.write("text", "Still stuck")
        phone.stepForm = { kind ->
            val form = Samples.stepForm(kind, view = "v2", act = "00000000000000ff")
            form.copy(resolutions = form.resolutions.filter { it.event == "r2" })
        }
        phone.changes.emit(Samples.changes(arrived = listOf(Samples.GRIEVANCE)))
        runCurrent()
        step.lookAgain()
        assertNull(step.now.newCame)
        assertNull(step.chosen("resolution"), "what is not offered any more is to be answered again")
        assertFalse(step.now.canSave)
        step.choose("resolution", "r2")
        step.saveForm()
        runCurrent()
        val sent = phone.steps.single()
        assertEquals("v2", sent.view)
        assertEquals(Samples.ACT, sent.act)
        assertEquals(Step.Reject("r2", By.RESIDENT, Channel.IN_PERSON, 7, "Still stuck"), sent.step)
    }

    @Test
    fun `after the death of the process it is the same act on the same view, and says what came`() = runTest {
        val step = opened(StepKind.SET_DUE)
        step.choose("due", "3")
        val saved = step.save()
        step.close()
        phone.stepForm = { Samples.stepForm(it, view = "v2", act = "00000000000000ff") }
        val again = opened(StepKind.SET_DUE, saved)
        assertEquals("3", again.chosen("due"))
        assertEquals(EnglishWords.newCameForm, again.now.newCame)
        again.saveForm()
        runCurrent()
        val sent = phone.steps.single()
        assertEquals(Samples.ACT to "v1", sent.act to sent.view)
        assertEquals(Step.SetDue(Samples.nowS + 3 * DAY_S, null), sent.step)
        assertEquals("", again.save())
    }

    @Test
    fun `two quick taps are one call, and one that failed is sent again word for word`() = runTest {
        phone.write = { throw DoorstepException.StorageFull("storage_full", "Full.") }
        val step = opened(StepKind.RESOLVE)
        step.write("text", "New cable")
        step.saveForm()
        step.saveForm()
        runCurrent()
        assertEquals(1, phone.steps.size)
        assertEquals(NoticeKind.FREE_SPACE, step.now.notice?.kind)
        phone.write = { }
        step.saveForm()
        runCurrent()
        assertEquals(2, phone.steps.size)
        assertEquals(phone.steps[0], phone.steps[1])
        assertNotNull(step.now.done)
    }

    @Test
    fun `whatever the error, the words stay`() = runTest {
        for ((error, kind) in FakePhone.errors) {
            phone.write = { throw error }
            val step = opened(StepKind.NOTE)
            step.write("text", "kept")
            step.saveForm()
            runCurrent()
            assertEquals(kind, step.now.notice?.kind)
            assertEquals("kept", (step.now.fields.single() as Field.Write).text)
            assertTrue(step.now.canSave)
            step.dismissNotice()
            assertNull(step.now.notice)
        }
    }

    @Test
    fun `a step that is not offered any more keeps what was begun, and says so`() = runTest {
        val step = opened(StepKind.RESOLVE)
        step.write("text", "New cable")
        val saved = step.save()
        phone.stepForm = { throw DoorstepException.Rejected("look_again", "It has moved on.") }
        phone.changes.emit(Samples.changes(arrived = listOf(Samples.GRIEVANCE)))
        runCurrent()
        assertEquals(EnglishWords.newCameForm, step.now.newCame)
        assertFalse(step.now.gone)
        assertTrue(step.now.canSave)
        step.close()

        // The same after the process died: the form is as it was, though the engine would give none.
        val again = opened(StepKind.RESOLVE, saved)
        assertEquals(step.now.fields, again.now.fields)
        assertEquals(EnglishWords.newCameForm, again.now.newCame)
        again.saveForm()
        runCurrent()
        assertEquals(Step.Resolve(How.HELP, "New cable", emptyList()), phone.steps.single().step)
        assertEquals("v1", phone.steps.single().view)
    }

    @Test
    fun `looking again at what is not offered any more leads back`() = runTest {
        val step = opened(StepKind.RESOLVE)
        phone.stepForm = { throw DoorstepException.Rejected("look_again", "It has moved on.") }
        phone.changes.emit(Samples.changes(arrived = listOf(Samples.GRIEVANCE)))
        runCurrent()
        step.lookAgain()
        assertTrue(step.now.gone)
        assertFalse(step.now.canSave)
    }

    @Test
    fun `the questions of every step come back as they were`() {
        for (kind in StepKind.entries) {
            val line = Samples.grievance(dueS = Samples.nowS).copy(what = "two\nlines\tand a tab")
            val form = StepQuestions.of(Samples.stepForm(kind, line = line, group = Records.group().members), EnglishWords)
            val text = Kept.write(form.toMap())
            assertEquals(form, StepQuestions.fromMap(Kept.read(text), kind))
            assertNull(StepQuestions.fromMap(Kept.read(text), StepKind.entries.first { it != kind }))
        }
        assertNull(StepQuestions.fromMap(emptyMap(), StepKind.NOTE))
    }

    @Test
    fun `a grievance that is not here is gone`() = runTest {
        phone.stepForm = { throw DoorstepException.Rejected("look_again", "It is not here.") }
        assertTrue(opened(StepKind.NOTE).now.gone)
    }

    @Test
    fun `optional answers can be taken back, required ones not`() = runTest {
        val step = opened(StepKind.CONFIRM)
        step.choose("satisfaction", "4")
        step.choose("satisfaction", "4")
        assertNull(step.chosen("satisfaction"))
        step.choose("by", "FAMILY")
        step.choose("by", "FAMILY")
        assertEquals("FAMILY", step.chosen("by"))
    }
}
