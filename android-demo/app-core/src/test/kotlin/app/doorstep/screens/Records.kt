package app.doorstep.screens

import app.doorstep.ffi.AttendanceLine
import app.doorstep.ffi.By
import app.doorstep.ffi.CarriedItem
import app.doorstep.ffi.Channel
import app.doorstep.ffi.Choice
import app.doorstep.ffi.CodeLine
import app.doorstep.ffi.Consent
import app.doorstep.ffi.ConsentLine
import app.doorstep.ffi.ConsentRecord
import app.doorstep.ffi.DocumentKind
import app.doorstep.ffi.FieldLine
import app.doorstep.ffi.FlagAsks
import app.doorstep.ffi.Found
import app.doorstep.ffi.FoundLine
import app.doorstep.ffi.GrievanceAt
import app.doorstep.ffi.GroupMemberLine
import app.doorstep.ffi.GroupRecord
import app.doorstep.ffi.HouseholdRecord
import app.doorstep.ffi.HouseholdStepForm
import app.doorstep.ffi.HouseholdStory
import app.doorstep.ffi.HouseholdStoryLine
import app.doorstep.ffi.How
import app.doorstep.ffi.ItemAt
import app.doorstep.ffi.ItemGrievanceLine
import app.doorstep.ffi.ItemLine
import app.doorstep.ffi.ItemRecord
import app.doorstep.ffi.LinkLine
import app.doorstep.ffi.MeetingForm
import app.doorstep.ffi.MeetingLine
import app.doorstep.ffi.MeetingRecord
import app.doorstep.ffi.MeetingStepForm
import app.doorstep.ffi.NoticeLine
import app.doorstep.ffi.PersonLine
import app.doorstep.ffi.PhoneLine
import app.doorstep.ffi.PriorityRecord
import app.doorstep.ffi.Seat
import app.doorstep.ffi.SolvedLine
import app.doorstep.ffi.StepKind
import app.doorstep.ffi.Terms
import app.doorstep.ffi.VisitLine
import app.doorstep.ffi.VisitOutcome

/** Whole records as the engine gives them: a household, a group, a meeting. */
internal object Records {
    const val MEETING = "0e01"
    val today: Int = Samples.nowS.floorDiv(DAY_S).toInt()
    private val twin = Samples.grievance().copy(doc = "0b02", what = "No lift since noon")

    fun group(provisional: Boolean = true) = GroupRecord(
        face = "0b02",
        provisional = provisional,
        text = "One trouble in 3 grievances",
        members = listOf(
            GroupMemberLine(twin, "v2", listOf(StepKind.CONTACT, StepKind.PROGRESS, StepKind.RESOLVE)),
            GroupMemberLine(Samples.grievance(), "v1", listOf(StepKind.CONTACT, StepKind.RESOLVE)),
            GroupMemberLine(twin.copy(doc = "0b04", what = "Over"), "v4", emptyList()),
        ),
        notHere = 1,
        takeOver = listOf(SolvedLine("0b04", "r4", How.HELP, "Help, by Li", Samples.other, Samples.nowS)),
    )

    fun household(mayWrite: Boolean = true, view: String = "h1") = HouseholdRecord(
        view = view,
        line = Samples.household("Old and alone", Samples.nowS - 3 * DAY_S),
        mayWrite = mayWrite,
        persons = listOf(
            PersonLine("p1", listOf("p1"), "陈桂芳", "Head", 0, "1940s", 2, left = false),
            PersonLine("p2", listOf("p2"), "陈军", "Son", 3, null, 0, left = true),
        ),
        phones = listOf(PhoneLine("t1", "*** 1234", "p1", "陈桂芳")),
        consent = ConsentRecord(
            level = Consent.BY_APPOINTMENT,
            text = "by appointment",
            events = listOf("c1", "c2"),
            said = listOf(
                ConsentLine(
                    event = "c1",
                    level = Consent.BY_APPOINTMENT,
                    text = "by appointment",
                    untilDay = today + 30,
                    by = By.FAMILY,
                    byText = "Family",
                    author = Samples.other,
                    timeS = Samples.nowS,
                ),
            ),
        ),
        notices = listOf(
            NoticeLine("n1", 3, Channel.IN_PERSON, "in person", "Chinese", "Resident", Samples.me, Samples.nowS),
        ),
        priority = PriorityRecord(1, "Old and alone", today - 1, true, Samples.nowS),
        priorityEndedS = null,
        priorityEvents = listOf("q1"),
        fields = listOf(FieldLine(4, "Needs", "Meals", null, listOf("f1"))),
        sameAs = listOf(LinkLine("s1", "0a09", "3-202", here = true)),
        continues = emptyList(),
        flags = listOf(Samples.flag("consent", FlagAsks.SEEN)),
        visits = listOf(visit()),
        grievances = listOf(Samples.grievance()),
        story = listOf(Samples.story("e1", mine = true)),
        mayCorrect = listOf("e1"),
    )

    private fun visit() = VisitLine(
        doc = "0d01",
        place = Samples.BUILDING,
        placeName = "1栋",
        household = Samples.HOUSEHOLD,
        unit = "3-201",
        purpose = "Care",
        visitor = "李强",
        startedS = Samples.nowS - 3 * DAY_S,
        outcome = VisitOutcome.MET,
        outcomeText = "Met",
        flags = 0,
        waiting = 0,
    )

    fun householdStepForm(record: HouseholdRecord = household(), act: String = Samples.ACT) = HouseholdStepForm(
        act = act,
        record = record,
        relations = listOf(CodeLine(0, "Head"), CodeLine(3, "Son")),
        birthBands = listOf(CodeLine(2, "1940s")),
        fields = listOf(CodeLine(4, "Needs"), CodeLine(5, "Pets")),
        priorities = listOf(CodeLine(1, "Old and alone")),
        languages = listOf(CodeLine(0, "Chinese"), CodeLine(1, "English")),
        reasons = listOf(CodeLine(7, "No longer so")),
        households = listOf(Samples.household().copy(doc = "0a02", unit = "3-202")),
    )

    fun householdStory() = HouseholdStory(
        lines = listOf(
            storyLine(Samples.GRIEVANCE, DocumentKind.GRIEVANCE, "The lift is stuck", mine = false),
            storyLine(Samples.HOUSEHOLD, DocumentKind.HOUSEHOLD, "3-201", mine = true),
        ),
        more = 2,
    )

    private fun storyLine(doc: String, kind: DocumentKind, title: String, mine: Boolean) =
        HouseholdStoryLine(doc, kind, title, Samples.story("e-$doc", mine))

    fun found(more: Boolean = false) = Found(
        lines = listOf(
            FoundLine.Household(Samples.household()),
            FoundLine.Grievance(Samples.grievance()),
            FoundLine.Visit(visit()),
            FoundLine.Meeting(meetingLine()),
        ),
        more = more,
    )

    fun meetingLine() = MeetingLine(
        doc = MEETING,
        place = "0f01",
        placeName = "陂老街区",
        day = today,
        venue = "Room 2",
        present = 2,
        updatedS = Samples.nowS,
        flags = 0,
        waiting = 0,
    )

    fun meeting() = MeetingRecord(
        view = "m1",
        line = meetingLine(),
        mayWrite = true,
        attendance = listOf(
            AttendanceLine(listOf("a1"), Samples.me, Samples.me.name, Seat.FIXED, "fixed seat", true),
            AttendanceLine(listOf("a2"), null, "Mrs Carter", Seat.FLOATING, "floating seat", false),
        ),
        items = listOf(itemLine()),
        flags = emptyList(),
        story = listOf(Samples.story("e1", mine = true)),
        mayCorrect = listOf("e1"),
    )

    private fun itemLine() = ItemLine(
        item = "i1",
        title = "The lifts",
        outcome = null,
        outcomeText = "",
        events = emptyList(),
        grievances = listOf(GrievanceAt(Samples.GRIEVANCE, Samples.grievance()), GrievanceAt("0b09", null)),
        carries = null,
    )

    fun meetingForm(blocks: List<Choice> = listOf(Choice("0f01", "陂老街区"))) = MeetingForm(
        act = Samples.ACT,
        blocks = blocks,
        people = listOf(Samples.me, Samples.other),
        grievances = listOf(Samples.grievance()),
        carried = listOf(carried()),
    )

    private fun carried() = CarriedItem(ItemAt("0e00", "i9"), "The bins", today - 30, listOf(Samples.GRIEVANCE))

    fun meetingStepForm(record: MeetingRecord = meeting()) = MeetingStepForm(
        act = Samples.ACT,
        record = record,
        people = listOf(Samples.me, Samples.other),
        grievances = listOf(Samples.grievance()),
        carried = listOf(carried()),
        reasons = listOf(CodeLine(7, "Mistake")),
    )

    fun item() = ItemRecord(
        act = Samples.ACT,
        meeting = MEETING,
        view = "m1",
        item = itemLine(),
        grievances = listOf(
            ItemGrievanceLine(Samples.GRIEVANCE, "The lift is stuck", Samples.grievance(), "v1", null),
            ItemGrievanceLine("0b02", "No lift since noon", twin, "v2", null),
            ItemGrievanceLine("0b09", "Another", null, null, "It is not on this phone."),
        ),
    )

    fun terms(): Terms {
        val none = emptyList<Choice>()
        return Terms(
            grades = none,
            levels = none,
            hows = none,
            bys = none,
            channels = none,
            consents = none,
            outcomes = none,
            seats = none,
            itemOutcomes = listOf(Choice("resolved", "Resolved"), Choice("deferred", "Put off")),
            evidence = none,
            stages = none,
            steps = none,
        )
    }
}
