package app.doorstep.screens

import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.Evidence
import app.doorstep.ffi.LeftOutLine
import app.doorstep.ffi.NewTakeOver
import app.doorstep.ffi.Step
import app.doorstep.ffi.StepKind
import app.doorstep.screens.words.EnglishWords
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** One trouble in several grievances: what is shown of the others, and what is written into them. */
@OptIn(ExperimentalCoroutinesApi::class)
class GroupTest {
    private val kinds = setOf(StepKind.CONTACT, StepKind.PROGRESS, StepKind.RESOLVE)

    /** The others that a step may be taken in, too, as the engine gives them. */
    private val together = Records.group().members.take(1)

    private val phone = FakePhone().apply {
        grievance = { Samples.record(group = Records.group()) }
        stepForm = { Samples.stepForm(it, group = together.takeIf { _ -> it in kinds }.orEmpty()) }
    }

    private fun TestScope.grievance(): GrievancePresenter =
        coreOf(phone).grievance(Samples.GRIEVANCE).also { runCurrent() }

    private fun TestScope.step(kind: StepKind, saved: String? = null): StepPresenter =
        coreOf(phone).step(Samples.GRIEVANCE, kind, saved).also { runCurrent() }

    private fun StepPresenter.also(): List<String> =
        state.value.fields.filterIsInstance<Field.Tick>().single { it.key == "also" }
            .options.filter { it.chosen }.map { it.value }

    @Test
    fun `a group names the others, its face, and what is missing of it`() = runTest {
        val group = checkNotNull(grievance().state.value.group)
        assertEquals("One trouble in 3 grievances", group.text)
        assertEquals(EnglishWords.groupNotAll, group.provisional)
        assertEquals(listOf("0b02", "0b04"), group.others.map { it.doc })
        assertEquals(listOf(EnglishWords.groupFace, null), group.others.map { it.face })
        assertNull(group.face, "this one does not stand for the group")
        assertTrue(group.others.first().spoken.endsWith(EnglishWords.groupFace))
        phone.grievance = { Samples.record() }
        assertNull(grievance().state.value.group)
    }

    @Test
    fun `what is written in another of the group is read here, too`() = runTest {
        val grievance = grievance()
        val loads = phone.loads
        phone.changes.emit(Samples.changes(arrived = listOf("0b04")))
        runCurrent()
        assertEquals(loads + 1, phone.loads)
        phone.changes.emit(Samples.changes(arrived = listOf("0b99")))
        runCurrent()
        assertEquals(loads + 1, phone.loads)
        grievance.close()
    }

    @Test
    fun `a resolution is taken over after one question, and once`() = runTest {
        val grievance = grievance()
        grievance.takeOver()
        runCurrent()
        assertTrue(phone.takenOver.isEmpty(), "nobody asked for it")
        grievance.askTakeOver("r4")
        runCurrent()
        assertEquals(EnglishWords.takeOverAsked, grievance.state.value.group?.takeOver?.single()?.question)
        grievance.cancelTakeOver()
        assertNull(grievance.state.value.group?.takeOver?.single()?.question)
        grievance.askTakeOver("r4")
        runCurrent()
        grievance.takeOver()
        grievance.takeOver()
        runCurrent()
        assertEquals(NewTakeOver(Samples.ACT, "v1", "0b04", "r4", null, null), phone.takenOver.single())
        assertNull(grievance.state.value.group?.takeOver?.single()?.question)
    }

    @Test
    fun `a take-over that was refused says so, and may be tried again`() = runTest {
        phone.write = { throw DoorstepException.StorageFull("storage_full", "Full.") }
        val grievance = grievance()
        grievance.askTakeOver("r4")
        runCurrent()
        grievance.takeOver()
        runCurrent()
        assertEquals(NoticeKind.FREE_SPACE, grievance.state.value.notice?.kind)
        phone.write = { }
        grievance.takeOver()
        runCurrent()
        assertEquals(2, phone.takenOver.size)
        assertEquals(phone.takenOver[0], phone.takenOver[1])
        assertNull(grievance.state.value.notice)
    }

    @Test
    fun `why the other steps are not offered is folded away behind one line`() = runTest {
        val grievance = grievance()
        assertEquals(EnglishWords.whyNot(1), grievance.state.value.whyNot)
        assertTrue(grievance.state.value.refusals.isEmpty())
        grievance.toggleRefusals()
        assertEquals(
            listOf(Refusal("Close it", "The resident has not answered yet.")),
            grievance.state.value.refusals,
        )
        grievance.toggleRefusals()
        assertTrue(grievance.state.value.refusals.isEmpty())
    }

    @Test
    fun `one tap writes into the others that one may write into, unless a tick is taken away`() = runTest {
        val step = step(StepKind.PROGRESS)
        assertEquals(listOf("0b02"), step.also(), "those where the step is offered, all ticked")
        step.saveForm()
        runCurrent()
        assertEquals(listOf("v2"), phone.steps.single().also)
        assertEquals(EnglishWords.stepSavedIn(2), step.state.value.done?.text)

        val alone = step(StepKind.PROGRESS)
        alone.choose("also", "0b02")
        assertTrue(alone.also().isEmpty())
        alone.choose("also", "0b02")
        assertEquals(listOf("0b02"), alone.also())
        alone.choose("also", "0b02")
        alone.saveForm()
        runCurrent()
        assertEquals(emptyList<String>(), phone.steps.last().also)
        assertEquals(EnglishWords.stepSaved, alone.state.value.done?.text)
    }

    @Test
    fun `only what may be done together asks for the others`() = runTest {
        for (kind in StepKind.entries - kinds) {
            assertTrue(step(kind).state.value.fields.none { it.key == "also" }, "$kind")
        }
    }

    @Test
    fun `what it was not written into is to be read, even after the process died`() = runTest {
        phone.leftOut = listOf(LeftOutLine("0b02", "No lift since noon", "It is over."))
        val step = step(StepKind.RESOLVE)
        step.saveForm()
        runCurrent()
        val expected = listOf(LeftOut("No lift since noon", "It is over."))
        assertEquals(expected, step.state.value.done?.leftOut)
        val again = step(StepKind.RESOLVE, step.save())
        assertEquals(step.state.value.done, again.state.value.done)
        assertFalse(again.state.value.loading)
        again.saveForm()
        runCurrent()
        assertEquals(1, phone.steps.size)
    }

    @Test
    fun `ticks and views of the others survive the process`() = runTest {
        val step = step(StepKind.RESOLVE)
        step.choose("helpers", "m2")
        step.choose("helpers", "m3")
        val saved = step.save()
        step.close()
        phone.stepForm = { Samples.stepForm(it) }
        val again = step(StepKind.RESOLVE, saved)
        again.saveForm()
        runCurrent()
        val sent = phone.steps.single()
        assertEquals(listOf("v2"), sent.also)
        assertEquals(listOf("m2", "m3"), (sent.step as Step.Resolve).helpers)
    }

    @Test
    fun `who resolved it brings a code with the resident's word`() = runTest {
        phone.stepForm = { Samples.stepForm(it, evidenceNeeded = true) }
        for (kind in listOf(StepKind.CONFIRM, StepKind.WITHDRAW)) {
            phone.steps.clear()
            val step = step(kind)
            if (kind == StepKind.WITHDRAW) step.choose("reason", "7")
            assertFalse(step.state.value.canSave, "$kind")
            val said = step.state.value.fields.filterIsInstance<Field.Say>().single()
            assertEquals(EnglishWords.evidenceLater, said.label)
            step.write("code", " 4711 ")
            step.saveForm()
            runCurrent()
            val evidence = when (val sent = phone.steps.single().step) {
                is Step.Confirm -> sent.evidence
                is Step.Withdraw -> sent.evidence
                else -> emptyList()
            }
            assertEquals(listOf(Evidence.Code("4711")), evidence)
        }
    }
}
