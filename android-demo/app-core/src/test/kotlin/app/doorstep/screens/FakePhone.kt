package app.doorstep.screens

import app.doorstep.ffi.Arrivals
import app.doorstep.ffi.Changes
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.Found
import app.doorstep.ffi.GrievanceLine
import app.doorstep.ffi.GrievanceRecord
import app.doorstep.ffi.HouseholdForm
import app.doorstep.ffi.HouseholdRecord
import app.doorstep.ffi.HouseholdStepForm
import app.doorstep.ffi.HouseholdStory
import app.doorstep.ffi.ItemRecord
import app.doorstep.ffi.ItemSettled
import app.doorstep.ffi.LeftOutLine
import app.doorstep.ffi.ListFilter
import app.doorstep.ffi.MeetingForm
import app.doorstep.ffi.MeetingLine
import app.doorstep.ffi.MeetingRecord
import app.doorstep.ffi.MeetingStepForm
import app.doorstep.ffi.NewHousehold
import app.doorstep.ffi.NewHouseholdStep
import app.doorstep.ffi.NewItemOutcome
import app.doorstep.ffi.NewMeeting
import app.doorstep.ffi.NewMeetingStep
import app.doorstep.ffi.NewStep
import app.doorstep.ffi.NewTakeOver
import app.doorstep.ffi.NewVisit
import app.doorstep.ffi.StepForm
import app.doorstep.ffi.StepKind
import app.doorstep.ffi.SyncBudget
import app.doorstep.ffi.SyncReport
import app.doorstep.ffi.SyncStatus
import app.doorstep.ffi.Terms
import app.doorstep.ffi.Today
import app.doorstep.ffi.VisitForm
import app.doorstep.ffi.Written
import app.doorstep.screens.words.EnglishWords
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.test.TestScope

/** A phone that does what a test says, and counts what it was asked. */
internal class FakePhone : Phone {
    override val changes = MutableSharedFlow<Changes>(extraBufferCapacity = 64)

    var status: () -> SyncStatus = { Samples.status() }
    var today: () -> Today = { Samples.today() }
    var arrivals: () -> Arrivals = { Samples.arrivals() }
    var grievance: () -> GrievanceRecord? = { Samples.record() }
    var householdForm: () -> HouseholdForm = { Samples.householdForm() }
    var visitForm: () -> VisitForm = { Samples.visitForm() }
    var stepForm: (StepKind) -> StepForm = { Samples.stepForm(it) }
    var household: () -> HouseholdRecord? = { Records.household() }
    var householdStepForm: () -> HouseholdStepForm = { Records.householdStepForm() }
    var found: (String) -> Found = { Records.found() }
    var meetings: () -> List<MeetingLine> = { listOf(Records.meetingLine()) }
    var meeting: () -> MeetingRecord? = { Records.meeting() }
    var meetingForm: () -> MeetingForm = { Records.meetingForm(blocks = emptyList()) }
    var itemRecord: () -> ItemRecord? = { Records.item() }
    var leftOut: List<LeftOutLine> = emptyList()
    var accept: () -> Unit = { }
    var sync: suspend () -> SyncReport = { Samples.report() }
    var write: suspend () -> Unit = { }

    val invitations = mutableListOf<String>()
    val visits = mutableListOf<NewVisit>()
    val steps = mutableListOf<NewStep>()
    val households = mutableListOf<NewHousehold>()
    val householdSteps = mutableListOf<NewHouseholdStep>()
    val meetingSteps = mutableListOf<NewMeetingStep>()
    val held = mutableListOf<NewMeeting>()
    val settled = mutableListOf<NewItemOutcome>()
    val takenOver = mutableListOf<NewTakeOver>()
    val searched = mutableListOf<String>()

    /** Every list that is followed: what for, and how many; its lines are set by a test. */
    val listed = mutableListOf<Pair<ListFilter, Int>>()
    val lines = MutableStateFlow<List<GrievanceLine>>(emptyList())
    val cleared = mutableListOf<Long>()
    var loads = 0
    var syncs = 0
    var syncing = 0
    var syncingMax = 0

    override suspend fun acceptInvitation(text: String) {
        accept()
        invitations += text
    }

    override suspend fun sync(budget: SyncBudget): SyncReport {
        syncs += 1
        syncing += 1
        syncingMax = maxOf(syncingMax, syncing)
        try {
            return sync()
        } finally {
            syncing -= 1
        }
    }

    override suspend fun clearAlarm(number: Long) {
        cleared += number
    }

    override suspend fun status(): SyncStatus = loaded(status)

    override suspend fun today(): Today = loaded(today)

    override suspend fun arrivals(): Arrivals = loaded(arrivals)

    override suspend fun grievance(doc: String): GrievanceRecord? = loaded(grievance)

    override suspend fun householdForm(): HouseholdForm = loaded(householdForm)

    override suspend fun visitForm(household: String): VisitForm = loaded(visitForm)

    override suspend fun stepForm(doc: String, kind: StepKind): StepForm = loaded { stepForm(kind) }

    override suspend fun foundHousehold(household: NewHousehold): Written {
        households += household
        return written(Samples.HOUSEHOLD, households.count { it.act == household.act } > 1)
    }

    override suspend fun recordVisit(visit: NewVisit): Written {
        visits += visit
        return written("0d01", visits.count { it.act == visit.act } > 1)
    }

    override suspend fun takeStep(step: NewStep): Written {
        steps += step
        val written = written(Samples.GRIEVANCE, steps.count { it.act == step.act } > 1)
        return written.copy(also = step.also.map { "doc of $it" }, leftOut = leftOut)
    }

    override suspend fun household(doc: String): HouseholdRecord? = loaded(household)

    override suspend fun householdStory(doc: String): HouseholdStory = Records.householdStory()

    override suspend fun openPhone(doc: String, event: String): String = "138 0000 1234"

    override suspend fun search(text: String): Found {
        searched += text
        return loaded { found(text) }
    }

    override fun liveGrievances(filter: ListFilter, limit: Int): Flow<List<GrievanceLine>> {
        listed += filter to limit
        return lines.map { it.take(limit) }
    }

    override suspend fun meetings(): List<MeetingLine> = loaded(meetings)

    override suspend fun meeting(doc: String): MeetingRecord? = loaded(meeting)

    override suspend fun item(meeting: String, item: String): ItemRecord? = loaded(itemRecord)

    override suspend fun terms(): Terms = Records.terms()

    override suspend fun newAct(): String = Samples.ACT

    override suspend fun householdStepForm(doc: String): HouseholdStepForm = loaded(householdStepForm)

    // Not counted: Today asks it beside its one call.
    override suspend fun meetingForm(): MeetingForm = meetingForm.invoke()

    override suspend fun meetingStepForm(doc: String): MeetingStepForm = loaded { Records.meetingStepForm() }

    override suspend fun takeResolutionOver(new: NewTakeOver): Written {
        takenOver += new
        return written(Samples.GRIEVANCE, takenOver.count { it.act == new.act } > 1)
    }

    override suspend fun householdStep(new: NewHouseholdStep): Written {
        householdSteps += new
        return written(Samples.HOUSEHOLD, householdSteps.count { it.act == new.act } > 1)
    }

    override suspend fun holdMeeting(new: NewMeeting): Written {
        held += new
        return written(Records.MEETING, held.count { it.act == new.act } > 1)
    }

    override suspend fun meetingStep(new: NewMeetingStep): Written {
        meetingSteps += new
        return written(Records.MEETING, meetingSteps.count { it.act == new.act } > 1)
    }

    override suspend fun settleItem(new: NewItemOutcome): ItemSettled {
        settled += new
        return ItemSettled(written(Records.MEETING, settled.count { it.act == new.act } > 1), leftOut)
    }

    private suspend fun written(doc: String, repeated: Boolean): Written {
        write()
        return Written(doc, emptyList(), repeated, emptyList(), emptyList())
    }

    private fun <T> loaded(answer: () -> T): T {
        loads += 1
        return answer()
    }

    companion object {
        /** A meeting that lasts until it is cancelled. */
        val endless: suspend () -> SyncReport = { awaitCancellation() }

        /** One error of each kind, and what the screen does about it. */
        val errors: Map<DoorstepException, NoticeKind> = mapOf(
            DoorstepException.Rejected("text_too_long", "Too long.") to NoticeKind.SHOW,
            DoorstepException.Unreachable("unreachable", "No relay.") to NoticeKind.WAIT,
            DoorstepException.NotAdmitted("not_enrolled", "Not a member's.", null) to NoticeKind.ENROL,
            DoorstepException.Outdated("store_newer", "Newer.") to NoticeKind.UPDATE,
            DoorstepException.StorageFull("storage_full", "Full.") to NoticeKind.FREE_SPACE,
            DoorstepException.Damaged("bug", "A bug.") to NoticeKind.REPORT,
        )
    }
}

/** The app around a fake phone, on the test's own clock. */
internal fun TestScope.coreOf(phone: Phone, online: Boolean = true): AppCore =
    AppCore(phone, backgroundScope, EnglishWords, MutableStateFlow(online), Samples.clock)
