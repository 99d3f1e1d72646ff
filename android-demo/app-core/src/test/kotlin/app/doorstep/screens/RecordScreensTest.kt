package app.doorstep.screens

import app.doorstep.ffi.Found
import app.doorstep.ffi.ListFilter
import app.doorstep.screens.words.EnglishWords
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A household, lists, search, and meetings. */
@OptIn(ExperimentalCoroutinesApi::class)
class RecordScreensTest {
    private val phone = FakePhone()

    @Test
    fun `a household says who lives there and what they wish`() = runTest {
        val home = coreOf(phone).household(Samples.HOUSEHOLD)
        assertTrue(home.state.value.loading)
        runCurrent()
        val state = home.state.value
        assertEquals("1栋 · 3-201", state.title)
        assertEquals("Old and alone, until 4 March", state.priority)
        assertTrue(state.reviewDue)
        assertEquals(listOf("陈桂芳", "陈军"), state.persons.map { it.name })
        assertEquals("Son, ${EnglishWords.personLeft}", state.persons[1].detail)
        assertEquals(
            listOf("Visits", "Privacy notice", "Needs", "The same household as"),
            state.facts.map { it.label },
        )
        assertEquals("by appointment, Family, until 4 April, today 14:20, 李强", state.facts.first().text)
        assertEquals(listOf("About consent"), state.flags)
        assertEquals("3 days ago", state.visits.single().title)
        assertEquals("Met · Care · 李强", state.visits.single().detail)
        assertEquals(EnglishWords.more(2), state.more)
        // Its own entries lead nowhere, those of its grievances to these.
        assertEquals(listOf(Screen.Grievance(Samples.GRIEVANCE), null), state.story.map { it.opens })
        assertEquals(listOf("The lift is stuck", null), state.story.map { it.where })
    }

    @Test
    fun `a number is shown whole when it is asked for, and hidden again`() = runTest {
        val home = coreOf(phone).household(Samples.HOUSEHOLD)
        runCurrent()
        assertEquals("*** 1234", home.state.value.phones.single().number)
        home.openPhone("t1")
        runCurrent()
        assertEquals("138 0000 1234", home.state.value.phones.single().number)
        home.openPhone("t1")
        runCurrent()
        assertEquals("*** 1234", home.state.value.phones.single().number)
        assertFalse(home.state.value.phones.single().open)
    }

    @Test
    fun `what is written seldom is folded away, and who may not write is offered nothing`() = runTest {
        val home = coreOf(phone).household(Samples.HOUSEHOLD)
        runCurrent()
        val usual = home.state.value.tasks.map { it.task }
        assertTrue(HouseholdTask.CONSENT in usual && HouseholdTask.END_PRIORITY in usual)
        assertTrue(home.state.value.unfolded.isEmpty())
        home.toggleTasks()
        val all = usual + home.state.value.unfolded.map { it.task }
        assertEquals(HouseholdTask.entries.toSet(), all.toSet())
        phone.household = { Records.household(mayWrite = false) }
        home.refresh()
        runCurrent()
        assertTrue(home.state.value.tasks.isEmpty() && home.state.value.unfolded.isEmpty())
        assertFalse(home.state.value.mayVisit)
        phone.household = { null }
        home.refresh()
        runCurrent()
        assertTrue(home.state.value.gone)
    }

    @Test
    fun `a grievance leads to its household`() = runTest {
        val grievance = coreOf(phone).grievance(Samples.GRIEVANCE)
        runCurrent()
        assertEquals(Samples.HOUSEHOLD, grievance.state.value.household)
    }

    @Test
    fun `search groups by kind, and says when there is more or nothing`() = runTest {
        val search = coreOf(phone).search()
        runCurrent()
        assertEquals(EnglishWords.searchHint, search.state.value.empty)
        assertTrue(phone.searched.isEmpty(), "of nothing nothing is asked")
        phone.found = { Records.found(more = true) }
        search.write("电梯")
        runCurrent()
        val state = search.state.value
        assertEquals(listOf("电梯"), phone.searched)
        assertEquals(FoundKind.entries.map(EnglishWords::foundKind), state.groups.map { it.title })
        val opens = state.groups.map { it.rows.single().opens }
        assertEquals(
            listOf(
                Screen.Household(Samples.HOUSEHOLD),
                Screen.Grievance(Samples.GRIEVANCE),
                Screen.Household(Samples.HOUSEHOLD),
                Screen.Meeting(Records.MEETING),
            ),
            opens,
        )
        assertEquals(EnglishWords.searchMore, state.more)
        phone.found = { Found(emptyList(), false) }
        search.write("xyz")
        runCurrent()
        assertEquals(EnglishWords.searchNothing, search.state.value.empty)
        val again = coreOf(phone).search(search.save())
        runCurrent()
        assertEquals("xyz", again.state.value.text)
        assertEquals("xyz", phone.searched.last())
    }

    @Test
    fun `letters typed while it searches are one more search`() = runTest {
        val search = coreOf(phone).search()
        runCurrent()
        for (at in 1..20) search.write("a".repeat(at))
        runCurrent()
        assertTrue(phone.searched.size <= 2, "${phone.searched}")
        assertEquals("a".repeat(20), phone.searched.last())
    }

    @Test
    fun `a list follows what changes, and shows more when asked`() = runTest {
        val list = coreOf(phone).grievances()
        runCurrent()
        assertEquals(ListFilter(open = true, owner = null, faces = true) to 51, phone.listed.single())
        assertEquals(EnglishWords.grievancesNone, list.state.value.empty)
        phone.lines.value = List(120) { Samples.grievance().copy(doc = "$it") }
        runCurrent()
        assertEquals(50, list.state.value.rows.size)
        assertTrue(list.state.value.more)
        list.more()
        runCurrent()
        assertEquals(100, list.state.value.rows.size)
        list.more()
        runCurrent()
        assertEquals(120, list.state.value.rows.size)
        assertFalse(list.state.value.more)
        phone.lines.value = phone.lines.value.drop(1)
        runCurrent()
        assertEquals(119, list.state.value.rows.size)
        val kept = list.save()
        list.close()
        val again = coreOf(phone).grievances(kept)
        runCurrent()
        assertEquals(119, again.state.value.rows.size)
        phone.lines.value = List(300) { Samples.grievance().copy(doc = "$it") }
        again.more()
        runCurrent()
        assertEquals(199, again.state.value.rows.size)
        assertEquals(EnglishWords.listTooLong, again.state.value.tooMany)
        assertFalse(again.state.value.more)
    }

    @Test
    fun `mine are mine, and what is over is not open`() = runTest {
        val list = coreOf(phone).grievances()
        runCurrent()
        list.choose("MINE")
        runCurrent()
        assertEquals(ListFilter(open = true, owner = "m1", faces = true), phone.listed.last().first)
        list.choose("OVER")
        runCurrent()
        assertEquals(ListFilter(open = false, owner = null, faces = true), phone.listed.last().first)
        assertEquals(listOf("OVER"), list.state.value.choices.filter { it.chosen }.map { it.value })
    }

    @Test
    fun `a closed list follows nothing any more`() = runTest {
        val list = coreOf(phone).grievances()
        runCurrent()
        assertEquals(1, phone.lines.subscriptionCount.value)
        list.close()
        runCurrent()
        assertEquals(0, phone.lines.subscriptionCount.value)
    }

    @Test
    fun `meetings are for those who have a block`() = runTest {
        val today = coreOf(phone).today()
        runCurrent()
        assertFalse(today.state.value.meetings)
        phone.meetingForm = { Records.meetingForm() }
        phone.changes.emit(Samples.changes(roster = true))
        runCurrent()
        assertTrue(today.state.value.meetings)
        val meetings = coreOf(phone).meetings()
        runCurrent()
        assertEquals("陂老街区 · 5 March", meetings.state.value.rows.single().title)
        assertTrue(meetings.state.value.canHold)
    }

    @Test
    fun `a meeting says what came of each item, and which grievance is not here`() = runTest {
        val meeting = coreOf(phone).meeting(Records.MEETING)
        runCurrent()
        val state = meeting.state.value
        val item = state.items.single()
        assertEquals(EnglishWords.itemOpen, item.outcome)
        assertFalse(item.settled)
        assertEquals(listOf("The lift is stuck", EnglishWords.notOnThisPhone), item.grievances.map { it.title })
        assertEquals("floating seat, was not there", state.people[1].detail)
        assertTrue(state.maySettle)
        assertEquals(MeetingTask.entries - MeetingTask.SETTLE, state.tasks.map { it.task })
        phone.meeting = { null }
        meeting.refresh()
        runCurrent()
        assertTrue(meeting.state.value.gone)
    }

    @Test
    fun `every screen says each kind of error`() = runTest {
        for ((error, kind) in FakePhone.errors) {
            phone.household = { throw error }
            phone.meeting = { throw error }
            phone.meetings = { throw error }
            phone.found = { throw error }
            val core = coreOf(phone)
            val search = core.search("x")
            val home = core.household(Samples.HOUSEHOLD)
            val meeting = core.meeting(Records.MEETING)
            val meetings = core.meetings()
            runCurrent()
            val notices = listOf(
                search.state.value.notice,
                home.state.value.notice,
                meeting.state.value.notice,
                meetings.state.value.notice,
            )
            assertEquals(List(notices.size) { kind }, notices.map { it?.kind })
            core.close()
        }
    }

    @Test
    fun `a screen as text comes back`() {
        val screens = listOf(
            Screen.Enrol,
            Screen.Today,
            Screen.NewHousehold,
            Screen.Arrivals,
            Screen.Grievances,
            Screen.Search,
            Screen.Meetings,
            Screen.NewMeeting,
            Screen.Visit("a"),
            Screen.Grievance("a"),
            Screen.Household("a"),
            Screen.Meeting("a"),
            Screen.Item("a", "b"),
        ) + HouseholdTask.entries.map { Screen.HouseholdEntry("a", it) } +
            MeetingTask.entries.map { Screen.MeetingEntry("a", it) }
        assertEquals(screens, screens.map { Screen.of(it.asText()) })
        for (bad in listOf("", "home", "home:", "item:a", "item:a:", "home-entry:a:NOTHING", "what")) {
            assertNull(Screen.of(bad), bad)
        }
    }

    @Test
    fun `who came along and whether they had asked goes with the visit`() = runTest {
        val visit = coreOf(phone).visit(Samples.HOUSEHOLD)
        runCurrent()
        assertEquals(listOf("m2", "m3"), visit.state.value.companions.map { it.value })
        visit.outcome("MET")
        visit.companion("m2")
        visit.companion("m3")
        visit.companion("m2")
        visit.askedFor("yes")
        visit.askedFor("yes")
        visit.askedFor("no")
        val saved = visit.save()
        visit.close()
        val again = coreOf(phone).visit(Samples.HOUSEHOLD, saved)
        runCurrent()
        again.saveVisit()
        runCurrent()
        assertEquals(listOf("m3"), phone.visits.single().companions)
        assertEquals(false, phone.visits.single().askedFor)
    }
}
