package app.doorstep.screens

import app.doorstep.ffi.AlarmLine
import app.doorstep.ffi.Arrivals
import app.doorstep.ffi.BuildingLine
import app.doorstep.ffi.Changes
import app.doorstep.ffi.Choice
import app.doorstep.ffi.CodeLine
import app.doorstep.ffi.DocumentKind
import app.doorstep.ffi.Duty
import app.doorstep.ffi.FlagAsks
import app.doorstep.ffi.FlagLine
import app.doorstep.ffi.Grade
import app.doorstep.ffi.GrievanceLine
import app.doorstep.ffi.GrievanceRecord
import app.doorstep.ffi.GroupMemberLine
import app.doorstep.ffi.GroupRecord
import app.doorstep.ffi.HouseholdForm
import app.doorstep.ffi.HouseholdLine
import app.doorstep.ffi.Left
import app.doorstep.ffi.Level
import app.doorstep.ffi.LinkLine
import app.doorstep.ffi.MeetingChoice
import app.doorstep.ffi.MemberLine
import app.doorstep.ffi.ResolutionLine
import app.doorstep.ffi.SavedLine
import app.doorstep.ffi.Stage
import app.doorstep.ffi.StepForm
import app.doorstep.ffi.StepKind
import app.doorstep.ffi.StepOffer
import app.doorstep.ffi.StepRefusal
import app.doorstep.ffi.StoryLine
import app.doorstep.ffi.SyncReport
import app.doorstep.ffi.SyncState
import app.doorstep.ffi.SyncStatus
import app.doorstep.ffi.Today
import app.doorstep.ffi.VisitForm
import app.doorstep.ffi.WaitNext
import app.doorstep.ffi.WaitReason
import java.time.LocalDateTime
import java.time.ZoneId
import java.time.ZoneOffset

/** Records as the engine gives them, for tests of single screens. */
internal object Samples {
    const val HOUSEHOLD = "0a01"
    const val GRIEVANCE = "0b01"
    const val BUILDING = "0c01"
    const val ACT = "00000000000000a1"
    val me = MemberLine("m1", "王芳")
    val other = MemberLine("m2", "李强")
    val third = MemberLine("m3", "赵敏")
    val nowS: Long = LocalDateTime.of(2026, 3, 5, 14, 20).toEpochSecond(ZoneOffset.UTC)

    val clock = object : PhoneClock {
        override fun nowS(): Long = Samples.nowS

        override val zone: ZoneId = ZoneOffset.UTC
    }

    fun status(
        state: SyncState = SyncState.IN_STEP,
        text: String = "Everything that was saved here was delivered.",
        digits: String? = null,
        waiting: Int = 0,
        alarms: List<AlarmLine> = emptyList(),
    ) = SyncStatus(state, text, waiting, null, null, 0, digits, alarms)

    fun building(overdue: Int = 0) = BuildingLine(BUILDING, "1栋", Duty.OWNER, 12, 1, 3, overdue)

    fun household(priority: String? = null, lastMetS: Long? = null) = HouseholdLine(
        doc = HOUSEHOLD,
        place = BUILDING,
        placeName = "1栋",
        unit = "3-201",
        persons = 2,
        priority = priority,
        reviewDay = null,
        consent = null,
        lastMetS = lastMetS,
        flags = 0,
        waiting = 0,
    )

    fun grievance(dueS: Long? = null, overdue: Boolean = false, grade: Grade = Grade.C, waiting: Int = 0) =
        GrievanceLine(
            doc = GRIEVANCE,
            place = BUILDING,
            placeName = "1栋",
            what = "The lift is stuck",
            kind = "Property management",
            stage = Stage.DISCOVERED,
            stageText = "Found",
            over = false,
            round = 1,
            grade = grade,
            level = Level.GRID,
            owner = null,
            mine = false,
            dueS = dueS,
            overdue = overdue,
            discoveredS = nowS,
            updatedS = nowS,
            household = HOUSEHOLD,
            waiting = waiting,
            group = null,
        )

    fun today(
        status: SyncStatus = status(),
        due: List<GrievanceLine> = listOf(grievance()),
        households: List<HouseholdLine> = listOf(household()),
    ) = Today(me, status, nowS, listOf(building()), emptyList(), due, households)

    fun visitForm(act: String = ACT) = VisitForm(
        act = act,
        household = household(),
        purposes = listOf(CodeLine(0, "Ordinary visit"), CodeLine(1, "Care")),
        kinds = listOf(CodeLine(0, "Dispute"), CodeLine(3, "Property management")),
        checklist = emptyList(),
        answers = emptyList(),
        people = listOf(other, third),
    )

    fun householdForm(buildings: List<BuildingLine> = listOf(building()), act: String = ACT) =
        HouseholdForm(act, buildings, emptyList())

    fun stepForm(
        kind: StepKind,
        view: String = "v1",
        act: String = ACT,
        line: GrievanceLine = grievance(),
        evidenceNeeded: Boolean = false,
        group: List<GroupMemberLine> = emptyList(),
    ) = StepForm(
        act = act,
        view = view,
        kind = kind,
        text = "Do: $kind",
        line = line,
        reasons = listOf(CodeLine(7, "Not solved"), CodeLine(99, "Other")),
        hows = listOf(Choice("help", "Helped"), Choice("peoples_mediation", "People's mediation")),
        resolutions = listOf(ResolutionLine("r2", "Helped, by Li", 2), ResolutionLine("r1", "Helped, by Wang", 1)),
        people = listOf(me, other),
        levels = listOf(Choice("block", "Block"), Choice("outside", "Outside")),
        helpers = listOf(other, third),
        teams = listOf(Choice("t1", "Lift team")),
        grievances = listOf(line.copy(doc = "0b02", what = "No lift since noon")),
        links = listOf(LinkLine("l1", "0b03", "The lift again", here = false)),
        meetings = listOf(MeetingChoice(Records.meetingLine(), listOf(Choice("i1", "The lifts")))),
        flags = listOf(flag("grade", FlagAsks.GRADE), flag("other_copy", FlagAsks.SEEN)),
        corrections = listOf(story("e1", mine = true)),
        group = group,
        evidenceNeeded = evidenceNeeded,
    )

    fun flag(word: String, asks: FlagAsks) = FlagLine(word, "About $word", false, listOf("e1", "e2"), asks)

    fun story(event: String, mine: Boolean, arrived: Boolean = true) = StoryLine(
        event = event,
        kind = "accept",
        author = if (mine) me else other,
        mine = mine,
        timeS = nowS,
        about = false,
        sentence = "Took it on",
        words = null,
        inForce = true,
        remark = null,
        arrived = arrived,
    )

    fun record(
        story: List<StoryLine> = listOf(story("e1", mine = true)),
        view: String = "v1",
        group: GroupRecord? = null,
    ) = GrievanceRecord(
        view = view,
        line = grievance(),
        spot = null,
        reporter = "A household",
        household = household(),
        helpers = emptyList(),
        dueLatestS = null,
        story = story,
        steps = listOf(
            StepOffer(StepKind.NOTE, "Add a note", false, false),
            StepOffer(StepKind.ACCEPT, "Take it on", true, false),
        ),
        notNow = listOf(StepRefusal(StepKind.CLOSE, "Close it", "The resident has not answered yet.")),
        flags = emptyList(),
        links = emptyList(),
        mayCorrect = emptyList(),
        group = group,
    )

    fun arrivals(status: SyncStatus = status()) = Arrivals(
        status = status,
        delivered = 41,
        waiting = listOf(
            SavedLine(
                doc = GRIEVANCE,
                document = DocumentKind.GRIEVANCE,
                title = "The lift is stuck",
                what = "Took it on",
                writtenS = nowS,
                arrived = false,
                reason = WaitReason.NO_SIGNAL_YET,
                reasonText = "No signal since it was saved.",
                next = WaitNext.NEXT_MEETING,
                nextText = "It goes out at the next meeting.",
            ),
        ),
        more = 0,
    )

    fun report(left: Left? = null, retryAfterS: Long? = null) =
        SyncReport(left == null, left, 0, 0, 0, 0, 0, 0, retryAfterS)

    fun changes(
        saved: List<String> = emptyList(),
        arrived: List<String> = emptyList(),
        answered: List<String> = emptyList(),
        roster: Boolean = false,
        status: Boolean = false,
    ) = Changes(saved, arrived, answered, roster, status)
}
