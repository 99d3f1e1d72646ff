package app.doorstep.screens

import app.doorstep.ffi.AlarmLine
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.Grade
import app.doorstep.ffi.NewHousehold
import app.doorstep.ffi.StepKind
import app.doorstep.ffi.SyncState
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

/** Today, a new household, a grievance's story, what has arrived, and how the app starts. */
@OptIn(ExperimentalCoroutinesApi::class)
class ScreensTest {
    private val phone = FakePhone()

    @Test
    fun `today shows what there is, in one call`() = runTest {
        phone.today = {
            Samples.today(
                due = listOf(Samples.grievance(Samples.nowS - DAY_S, overdue = true, grade = Grade.A, waiting = 1)),
                households = listOf(Samples.household("Old and alone", Samples.nowS - 3 * DAY_S)),
            )
        }
        val today = coreOf(phone).today()
        assertTrue(today.state.value.loading)
        runCurrent()
        assertEquals(1, phone.loads)
        val state = today.state.value
        assertFalse(state.loading)
        assertEquals("王芳", state.member)
        assertEquals(StatusLine(Samples.status().text, Tone.CALM), state.status)
        assertEquals("12 households, 1 to visit first, 3 open", state.buildings.single().counts)
        val due = state.due.single()
        assertEquals("overdue, was due yesterday 14:20", due.due)
        assertTrue(due.overdue && due.urgent && due.waiting)
        assertEquals("1栋 · Property management · Found", due.detail)
        assertTrue(due.spoken.startsWith("urgent, The lift is stuck, 1栋"))
        assertTrue(due.spoken.endsWith("saved here"))
        val home = state.households.single()
        assertEquals("1栋 · 3-201", home.title)
        assertEquals("met 3 days ago", home.detail)
        assertEquals("Old and alone", home.priority)
        assertNull(state.empty)
    }

    @Test
    fun `today follows what changes, and never shows no signal as an error`() = runTest {
        val today = coreOf(phone).today()
        runCurrent()
        phone.today = { Samples.today(status = Samples.status(SyncState.WAITING, "3 things wait.", waiting = 3)) }
        phone.changes.emit(Samples.changes(saved = listOf("x")))
        runCurrent()
        assertEquals(StatusLine("3 things wait.", Tone.CALM), today.state.value.status)
        assertNull(today.state.value.notice)
    }

    @Test
    fun `many changes while one is read are one more read`() = runTest {
        val today = coreOf(phone).today()
        repeat(20) { phone.changes.emit(Samples.changes(arrived = listOf("doc$it"))) }
        runCurrent()
        assertTrue(phone.loads <= 3, "${phone.loads}")
        assertFalse(today.state.value.loading)
    }

    @Test
    fun `today says each kind of error, and keeps what it showed`() = runTest {
        for ((error, kind) in FakePhone.errors) {
            phone.today = { Samples.today() }
            val today = coreOf(phone).today()
            runCurrent()
            phone.today = { throw error }
            today.refresh()
            runCurrent()
            assertEquals(kind, today.state.value.notice?.kind)
            assertEquals(1, today.state.value.households.size)
            today.dismissNotice()
            assertNull(today.state.value.notice)
        }
    }

    @Test
    fun `a phone that was taken out says so`() = runTest {
        phone.today = { Samples.today(Samples.status(SyncState.REVOKED, "Taken out."), emptyList(), emptyList()) }
        val today = coreOf(phone).today()
        runCurrent()
        assertEquals(NoticeKind.ENROL, today.state.value.notice?.kind)
        assertEquals(Tone.ATTENTION, today.state.value.status.tone)
        assertFalse(today.state.value.enrolFirst)
    }

    @Test
    fun `a closed screen reads nothing any more`() = runTest {
        val today = coreOf(phone).today()
        runCurrent()
        val loads = phone.loads
        today.close()
        phone.changes.emit(Samples.changes(status = true))
        today.refresh()
        runCurrent()
        assertEquals(loads, phone.loads)
    }

    @Test
    fun `a household is a building and a unit, and the rest is as people like`() = runTest {
        val form = coreOf(phone).newHousehold()
        runCurrent()
        assertEquals(listOf("building", "unit", "name", "phone", "consent"), form.state.value.fields.map { it.key })
        assertEquals(EnglishWords.missingUnit, form.state.value.missing, "the only building is chosen already")
        form.write("unit", " 3-201 ")
        form.write("name", "  ")
        form.write("phone", "13800001234")
        form.choose("consent", "BY_APPOINTMENT")
        form.choose("consent", "BY_APPOINTMENT")
        form.saveForm()
        form.saveForm()
        runCurrent()
        val expected = NewHousehold(Samples.ACT, Samples.BUILDING, "3-201", null, "13800001234", null)
        assertEquals(expected, phone.households.single())
        assertEquals(EnglishWords.householdSaved, form.state.value.done?.text)
        assertEquals("", form.save())
    }

    @Test
    fun `a household form comes back with its act`() = runTest {
        val two = listOf(Samples.building(), Samples.building().copy(place = "0c02", name = "2栋"))
        phone.householdForm = { Samples.householdForm(two) }
        val core = coreOf(phone)
        val form = core.newHousehold()
        runCurrent()
        assertEquals(EnglishWords.missingBuilding, form.state.value.missing)
        form.choose("building", "0c02")
        form.write("unit", "4-1")
        val saved = form.save()
        form.close()
        phone.householdForm = { Samples.householdForm(two, act = "00000000000000ff") }
        val again = core.newHousehold(saved)
        runCurrent()
        again.saveForm()
        runCurrent()
        assertEquals(NewHousehold(Samples.ACT, "0c02", "4-1", null, null, null), phone.households.single())
        again.write("unit", "x".repeat(LINE_CHARS_MAX + 5))
        assertEquals(1, phone.households.size)
    }

    @Test
    fun `a line of a form has a bound`() = runTest {
        val form = coreOf(phone).newHousehold()
        runCurrent()
        form.write("unit", "x".repeat(LINE_CHARS_MAX + 5))
        val unit = form.state.value.fields.single { it.key == "unit" } as Field.Write
        assertEquals(LINE_CHARS_MAX, unit.text.length)
    }

    @Test
    fun `a grievance tells its story and offers one large step`() = runTest {
        phone.grievance = {
            Samples.record(listOf(Samples.story("e1", mine = false), Samples.story("e2", mine = true, arrived = false)))
        }
        val grievance = coreOf(phone).grievance(Samples.GRIEVANCE)
        runCurrent()
        val state = grievance.state.value
        assertEquals(1, phone.loads)
        assertEquals(StepButton(StepKind.ACCEPT, "Take it on"), state.main)
        assertEquals(listOf(StepButton(StepKind.NOTE, "Add a note")), state.steps)
        assertEquals(listOf("李强", "You"), state.story.map { it.who })
        assertEquals(listOf(null, "saved here"), state.story.map { it.mark })
        assertEquals("today 14:20", state.story.first().time)
        assertTrue(Fact("Answers for it", "nobody yet") in state.facts)
        assertNull(state.newCame)
    }

    @Test
    fun `what others wrote is pointed out, what I wrote is just there`() = runTest {
        val grievance = coreOf(phone).grievance(Samples.GRIEVANCE)
        runCurrent()
        phone.grievance = { Samples.record(listOf(Samples.story("e1", true), Samples.story("e2", true))) }
        phone.changes.emit(Samples.changes(saved = listOf(Samples.GRIEVANCE)))
        runCurrent()
        assertEquals(2, grievance.state.value.story.size)
        assertNull(grievance.state.value.newCame)
        phone.grievance = { Samples.record(listOf(Samples.story("e1", true), Samples.story("e3", false))) }
        phone.changes.emit(Samples.changes(arrived = listOf(Samples.GRIEVANCE)))
        runCurrent()
        assertEquals(EnglishWords.newCame, grievance.state.value.newCame)
        grievance.seenNew()
        assertNull(grievance.state.value.newCame)
        val loads = phone.loads
        phone.changes.emit(Samples.changes(arrived = listOf("another")))
        runCurrent()
        assertEquals(loads, phone.loads, "what does not concern it is not read")
        phone.grievance = { null }
        grievance.refresh()
        runCurrent()
        assertTrue(grievance.state.value.gone)
    }

    @Test
    fun `a grievance says each kind of error`() = runTest {
        for ((error, kind) in FakePhone.errors) {
            phone.grievance = { throw error }
            val grievance = coreOf(phone).grievance(Samples.GRIEVANCE)
            runCurrent()
            assertEquals(kind, grievance.state.value.notice?.kind)
            assertFalse(grievance.state.value.loading)
            grievance.dismissNotice()
            assertNull(grievance.state.value.notice)
        }
    }

    private fun TestScope.arrivalsOf(core: AppCore): ArrivalsPresenter = core.arrivals().also { runCurrent() }

    @Test
    fun `what has arrived says of each thing why it waits and what comes next`() = runTest {
        val arrivals = arrivalsOf(coreOf(phone))
        val state = arrivals.state.value
        assertEquals("41 delivered", state.delivered)
        val row = state.waiting.single()
        assertEquals("No signal since it was saved.", row.reason)
        assertEquals("It goes out at the next meeting.", row.next)
        assertFalse(row.needsPerson)
        assertEquals(Screen.Grievance(Samples.GRIEVANCE), row.opens)
        assertEquals(EnglishWords.neverUpToDate, state.upToDate)
    }

    @Test
    fun `try now runs and can be cancelled`() = runTest {
        phone.sync = FakePhone.endless
        val core = coreOf(phone, online = false)
        core.start()
        runCurrent()
        val arrivals = arrivalsOf(core)
        assertFalse(arrivals.state.value.sync.running)
        arrivals.tryNow()
        arrivals.tryNow()
        runCurrent()
        assertEquals(SyncView(true, EnglishWords.syncRunning), arrivals.state.value.sync)
        arrivals.cancel()
        runCurrent()
        assertEquals(SyncView(false, EnglishWords.syncEnd(SyncEnd.CANCELLED)), arrivals.state.value.sync)
        assertEquals(1, phone.syncs)
    }

    @Test
    fun `of all errors only no signal is none`() = runTest {
        for ((error, kind) in FakePhone.errors) {
            phone.sync = { throw error }
            val core = coreOf(phone)
            val arrivals = arrivalsOf(core)
            core.start()
            runCurrent()
            val shown = arrivals.state.value.notice?.kind
            assertEquals(kind.takeUnless { it == NoticeKind.WAIT }, shown)
            if (error is DoorstepException.Unreachable) {
                assertEquals(EnglishWords.syncEnd(SyncEnd.UNREACHABLE), arrivals.state.value.sync.text)
            }
            core.close()
        }
    }

    @Test
    fun `after a meeting it is read again, though nothing changed`() = runTest {
        val core = coreOf(phone)
        val arrivals = arrivalsOf(core)
        phone.arrivals = { Samples.arrivals(Samples.status().copy(upToDateS = Samples.nowS)) }
        core.start()
        runCurrent()
        assertEquals(EnglishWords.upToDate("today 14:20"), arrivals.state.value.upToDate)
    }

    @Test
    fun `what a meeting said goes when the next one is well`() = runTest {
        phone.sync = { throw DoorstepException.StorageFull("storage_full", "Full.") }
        val core = coreOf(phone)
        core.start()
        val arrivals = arrivalsOf(core)
        assertEquals(NoticeKind.FREE_SPACE, arrivals.state.value.notice?.kind)
        phone.sync = { Samples.report() }
        arrivals.tryNow()
        runCurrent()
        assertNull(arrivals.state.value.notice)
        assertEquals(EnglishWords.syncEnd(SyncEnd.COMPLETE), arrivals.state.value.sync.text)
    }

    @Test
    fun `a screen that was read again has nothing to complain of`() = runTest {
        phone.today = { throw DoorstepException.Damaged("storage", "It failed.") }
        val today = coreOf(phone).today()
        runCurrent()
        assertFalse(today.state.value.loading)
        assertEquals(NoticeKind.REPORT, today.state.value.notice?.kind)
        phone.today = { Samples.today() }
        today.refresh()
        runCurrent()
        assertNull(today.state.value.notice)
    }

    @Test
    fun `an alarm is loud until it was seen`() = runTest {
        val alarm = AlarmLine(7, "clock", "The clock of this phone is wrong.")
        phone.arrivals = {
            Samples.arrivals(Samples.status(alarms = listOf(alarm).filter { it.number !in phone.cleared }))
        }
        val arrivals = arrivalsOf(coreOf(phone))
        assertEquals(listOf(AlarmRow(7, alarm.text)), arrivals.state.value.alarms)
        assertEquals(Tone.ATTENTION, arrivals.state.value.status.tone)
        arrivals.alarmSeen(7)
        runCurrent()
        assertTrue(arrivals.state.value.alarms.isEmpty())
        assertEquals(Tone.CALM, arrivals.state.value.status.tone)
    }

    @Test
    fun `the app starts where the person left it, and with Enrol where it is nobody's`() = runTest {
        val saved = "today visit:${Samples.HOUSEHOLD}"
        for (state in SyncState.entries) {
            phone.status = { Samples.status(state) }
            val core = coreOf(phone)
            core.start(saved)
            val expected = when (state) {
                SyncState.NOT_INVITED, SyncState.ENROLLING -> Screen.Enrol
                else -> Screen.Visit(Samples.HOUSEHOLD)
            }
            assertEquals(expected, core.navigator.current)
            core.close()
        }
        phone.status = { Samples.status() }
        val enrolled = coreOf(phone)
        enrolled.start("enrol")
        assertEquals(Screen.Today, enrolled.navigator.current, "it was confirmed while the app was away")
    }

    @Test
    fun `an engine that fails at the start leads to Today, which says so`() = runTest {
        phone.status = { throw DoorstepException.Damaged("storage", "It failed.") }
        val core = coreOf(phone)
        core.start()
        assertEquals(Screen.Today, core.navigator.current)
    }
}
