package app.doorstep.screens

import app.doorstep.ffi.Attendee
import app.doorstep.ffi.By
import app.doorstep.ffi.Channel
import app.doorstep.ffi.Consent
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.FieldValue
import app.doorstep.ffi.HouseholdStep
import app.doorstep.ffi.ItemAt
import app.doorstep.ffi.ItemOutcome
import app.doorstep.ffi.LeftOutLine
import app.doorstep.ffi.MeetingStep
import app.doorstep.ffi.NewAttendance
import app.doorstep.ffi.NewItem
import app.doorstep.ffi.NewItemOutcome
import app.doorstep.ffi.NewMeeting
import app.doorstep.ffi.Seat
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

/** Forms for entries in households and meetings, new meetings, and what came of an item. */
@OptIn(ExperimentalCoroutinesApi::class)
class FormPresenterTest {
    private val phone = FakePhone()

    private fun TestScope.form(screen: Screen.Form, saved: String? = null): FormPresenter<*> =
        coreOf(phone).form(screen, saved).also { runCurrent() }

    private fun TestScope.entry(task: HouseholdTask, saved: String? = null): FormPresenter<*> =
        form(Screen.HouseholdEntry(Samples.HOUSEHOLD, task), saved)

    /** Answers, saves, and sees that it was saved. */
    private fun TestScope.saved(form: FormPresenter<*>, answers: List<Pair<Ask, String>>) {
        for ((ask, value) in answers) {
            val field = form.state.value.fields.firstOrNull { it.key == ask.name }
            checkNotNull(field) { "$ask is not asked: ${form.state.value.fields.map { it.key }}" }
            if (field is Field.Write) form.write(ask.name, value) else form.choose(ask.name, value)
        }
        assertTrue(form.state.value.canSave, "${form.state.value.title}: ${form.state.value.missing}")
        form.saveForm()
        form.saveForm()
        runCurrent()
        assertEquals(EnglishWords.stepSaved, form.state.value.done?.text)
    }

    @Test
    fun `each entry in a household asks what it needs and becomes that entry`() = runTest {
        val day = Records.today
        val reason = Ask.REASON to "7"
        val consents = listOf("c1", "c2")
        val expected = mapOf(
            HouseholdTask.NOTE to (HouseholdStep.Note("rings twice") to listOf(Ask.TEXT to " rings twice ")),
            HouseholdTask.CONSENT to (HouseholdStep.SetConsent(Consent.NO, By.FAMILY, day + 90, consents) to
                listOf(Ask.CONSENT to "NO", Ask.BY to "FAMILY", Ask.UNTIL to "90")),
            HouseholdTask.PRIORITY to (HouseholdStep.SetPriority(1, day + 30, listOf("q1")) to
                listOf(Ask.REVIEW to "30")),
            HouseholdTask.END_PRIORITY to (HouseholdStep.EndPriority(7, listOf("q1")) to emptyList()),
            HouseholdTask.ADD_PERSON to (HouseholdStep.AddPerson("陈军", 3, 2) to
                listOf(Ask.NAME to "陈军", Ask.RELATION to "3")),
            HouseholdTask.PERSON_LEFT to (HouseholdStep.PersonLeft("p1") to emptyList()),
            HouseholdTask.ADD_PHONE to (HouseholdStep.AddPhone("138", "p1") to
                listOf(Ask.NUMBER to "138", Ask.WHOSE to "p1")),
            HouseholdTask.REPLACE_PHONE to (HouseholdStep.ReplacePhone(listOf("t1"), "139", null) to
                listOf(Ask.NUMBER to "139")),
            HouseholdTask.NOTICE to (HouseholdStep.GiveNotice(3, Channel.IN_PERSON, 1, By.RESIDENT) to
                listOf(Ask.VERSION to "3", Ask.LANGUAGE to "1")),
            HouseholdTask.FIELD to (HouseholdStep.SetField(4, FieldValue.Text("Meals"), listOf("f1")) to
                listOf(Ask.FIELD to "4 f1", Ask.VALUE to "Meals")),
            HouseholdTask.SAME_AS to (HouseholdStep.SameAs("0a02") to emptyList()),
            HouseholdTask.NOT_SAME to (HouseholdStep.NotSame("s1") to emptyList()),
            HouseholdTask.CONTINUES to (HouseholdStep.Continues("0a02") to emptyList()),
            HouseholdTask.SETTLE to (HouseholdStep.Settle("consent", listOf("e1", "e2"), 7) to listOf(reason)),
            HouseholdTask.CORRECT to (HouseholdStep.Correct("e1", 7) to emptyList()),
        )
        assertEquals(HouseholdTask.entries.toSet(), expected.keys)
        for ((task, what) in expected) {
            phone.householdSteps.clear()
            saved(entry(task), what.second)
            val sent = phone.householdSteps.single()
            assertEquals(what.first, sent.step)
            assertEquals(Samples.ACT to "h1", sent.act to sent.view)
        }
    }

    @Test
    fun `a version that is no number is not sent`() = runTest {
        val form = entry(HouseholdTask.NOTICE)
        form.choose(Ask.LANGUAGE.name, "0")
        assertEquals(EnglishWords.missingAnswer(EnglishWords.ask(Ask.VERSION)), form.state.value.missing)
        form.write(Ask.VERSION.name, "three")
        form.saveForm()
        runCurrent()
        assertTrue(phone.householdSteps.isEmpty())
        assertNull(form.state.value.done)
        assertFalse(form.state.value.saving)
    }

    @Test
    fun `what is replaced is what was on the screen, though something came and the process died`() = runTest {
        val form = entry(HouseholdTask.CONSENT)
        form.choose(Ask.CONSENT.name, "NO")
        val kept = form.save()
        form.close()
        val consent = Records.household().consent?.copy(events = listOf("c3"))
        val newer = Records.household(view = "h2").copy(consent = consent)
        phone.householdStepForm = { Records.householdStepForm(newer, act = "00000000000000ff") }
        val again = entry(HouseholdTask.CONSENT, kept)
        assertEquals(EnglishWords.newCameForm, again.state.value.newCame)
        saved(again, emptyList())
        val sent = phone.householdSteps.single()
        assertEquals(Samples.ACT to "h1", sent.act to sent.view)
        assertEquals(listOf("c1", "c2"), (sent.step as HouseholdStep.SetConsent).replaces)

        val looked = entry(HouseholdTask.CONSENT, kept)
        looked.lookAgain()
        assertNull(looked.state.value.newCame)
        saved(looked, emptyList())
        val seen = phone.householdSteps.last()
        assertEquals(Samples.ACT to "h2", seen.act to seen.view)
        assertEquals(HouseholdStep.SetConsent(Consent.NO, By.RESIDENT, null, listOf("c3")), seen.step)
    }

    @Test
    fun `whatever the error, the words stay, and it is sent again word for word`() = runTest {
        for ((error, kind) in FakePhone.errors) {
            phone.householdSteps.clear()
            phone.write = { throw error }
            val form = entry(HouseholdTask.NOTE)
            form.write(Ask.TEXT.name, "kept")
            form.saveForm()
            runCurrent()
            assertEquals(kind, form.state.value.notice?.kind)
            phone.write = { }
            saved(form, emptyList())
            assertEquals(phone.householdSteps[0], phone.householdSteps[1])
            assertEquals("", form.save())
        }
    }

    @Test
    fun `what is not here any more is gone`() = runTest {
        phone.householdStepForm = { throw DoorstepException.Rejected("look_again", "It is not here.") }
        assertTrue(entry(HouseholdTask.NOTE).state.value.gone)
        phone.itemRecord = { null }
        assertTrue(form(Screen.Item(Records.MEETING, "i1")).state.value.gone)
    }

    @Test
    fun `each entry in a meeting becomes that entry`() = runTest {
        val expected = mapOf(
            MeetingTask.NOTE to (MeetingStep.Note("long") to listOf(Ask.TEXT to "long")),
            MeetingTask.ADD_ITEM to (
                MeetingStep.AddItem(NewItem("The bins", listOf(Samples.GRIEVANCE), ItemAt("0e00", "i9"))) to
                    listOf(
                        Ask.TITLE to "The bins",
                        Ask.GRIEVANCES to Samples.GRIEVANCE,
                        Ask.CARRIED to "0e00/i9",
                    )
                ),
            MeetingTask.ATTENDANCE to (
                MeetingStep.Attendance(Attendee.Member("m1"), Seat.FIXED, false, listOf("a1")) to
                    listOf(Ask.WHO to "m1", Ask.ATTENDS to "no")
                ),
            MeetingTask.CORRECT to (MeetingStep.Correct("e1", 7) to emptyList()),
        )
        for ((task, what) in expected) {
            phone.meetingSteps.clear()
            val screen = Screen.MeetingEntry(Records.MEETING, task)
            val form = form(screen)
            if (task == MeetingTask.CORRECT) {
                form.choose(Ask.ENTRY.name, "e1")
                form.choose(Ask.REASON.name, "7")
            }
            saved(form, what.second)
            assertEquals(what.first, phone.meetingSteps.single().step)
            assertEquals("m1", phone.meetingSteps.single().view)
        }
    }

    @Test
    fun `a guest is there by name, and a member needs none`() = runTest {
        val form = form(Screen.MeetingEntry(Records.MEETING, MeetingTask.ATTENDANCE))
        assertFalse(form.state.value.canSave)
        saved(form, listOf(Ask.NAME to "Mrs Carter", Ask.SEAT to "FLOATING"))
        val step = MeetingStep.Attendance(Attendee.Name("Mrs Carter"), Seat.FLOATING, true, listOf("a2"))
        assertEquals(step, phone.meetingSteps.single().step)
    }

    @Test
    fun `a meeting is a block and a day, with people and what was put off`() = runTest {
        phone.meetingForm = { Records.meetingForm() }
        val answers = listOf(
            Ask.DAY to "1",
            Ask.VENUE to "Room 2",
            Ask.PEOPLE to "m1",
            Ask.PEOPLE to "m2",
            Ask.OTHERS to "Mrs Carter\n\n Mr Webb ",
            Ask.CARRIED to "0e00/i9",
        )
        saved(form(Screen.NewMeeting), answers)
        val expected = NewMeeting(
            act = Samples.ACT,
            place = "0f01",
            day = Records.today - 1,
            venue = "Room 2",
            attendance = listOf(
                NewAttendance(Attendee.Member("m1"), Seat.FIXED, true),
                NewAttendance(Attendee.Member("m2"), Seat.FIXED, true),
                NewAttendance(Attendee.Name("Mrs Carter"), Seat.FLOATING, true),
                NewAttendance(Attendee.Name("Mr Webb"), Seat.FLOATING, true),
            ),
            items = listOf(NewItem("The bins", listOf(Samples.GRIEVANCE), ItemAt("0e00", "i9"))),
            happenedS = null,
        )
        assertEquals(expected, phone.held.single())
        phone.meetingForm = { Records.meetingForm(emptyList()) }
        assertTrue(form(Screen.NewMeeting).state.value.gone, "who has no block holds no meeting")
    }

    @Test
    fun `an item that is resolved is written into what it names, and the rest is said`() = runTest {
        val form = form(Screen.Item(Records.MEETING, "i1"))
        assertEquals("The lifts", form.state.value.about)
        form.choose(Ask.OUTCOME.name, "deferred")
        assertEquals(listOf(Ask.OUTCOME.name), form.state.value.fields.map { it.key }, "nothing is written elsewhere")
        form.choose(Ask.OUTCOME.name, "resolved")
        val ticks = form.state.value.fields.filterIsInstance<Field.Tick>().single()
        assertEquals(listOf(Samples.GRIEVANCE, "0b02"), ticks.options.filter { it.chosen }.map { it.value })
        val said = form.state.value.fields.filterIsInstance<Field.Say>().single()
        assertEquals("Another · It is not on this phone.", said.label)
        form.choose(Ask.WRITTEN.name, "0b02")
        phone.leftOut = listOf(LeftOutLine("0b09", "Another", "It is not on this phone."))
        saved(form, listOf(Ask.TEXT to "By all votes"))
        val expected = NewItemOutcome(
            act = Samples.ACT,
            view = "m1",
            item = "i1",
            outcome = ItemOutcome.RESOLVED,
            grievances = listOf("v1"),
            text = "By all votes",
            happenedS = null,
        )
        assertEquals(expected, phone.settled.single())
        assertEquals(listOf(LeftOut("Another", "It is not on this phone.")), form.state.value.done?.leftOut)
    }

    @Test
    fun `an item that is put off names no grievance`() = runTest {
        val form = form(Screen.Item(Records.MEETING, "i1"))
        saved(form, listOf(Ask.OUTCOME to "resolved", Ask.OUTCOME to "deferred"))
        assertEquals(ItemOutcome.DEFERRED, phone.settled.single().outcome)
        assertEquals(emptyList<String>(), phone.settled.single().grievances)
    }
}
