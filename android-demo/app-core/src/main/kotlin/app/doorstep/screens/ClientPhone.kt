package app.doorstep.screens

import app.doorstep.ffi.Arrivals
import app.doorstep.ffi.Changes
import app.doorstep.ffi.Found
import app.doorstep.ffi.GrievanceLine
import app.doorstep.ffi.GrievanceRecord
import app.doorstep.ffi.HouseholdForm
import app.doorstep.ffi.HouseholdRecord
import app.doorstep.ffi.HouseholdStepForm
import app.doorstep.ffi.HouseholdStory
import app.doorstep.ffi.ItemRecord
import app.doorstep.ffi.ItemSettled
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
import app.doorstep.sdk.DoorstepClient
import app.doorstep.sdk.liveGrievances
import kotlinx.coroutines.flow.Flow

/** The engine, as the screens ask it. */
fun DoorstepClient.asPhone(): Phone = ClientPhone(this)

private class ClientPhone(private val client: DoorstepClient) : Phone {
    override val changes: Flow<Changes>
        get() = client.changes

    override suspend fun acceptInvitation(text: String) = client.acceptInvitation(text)

    override suspend fun sync(budget: SyncBudget): SyncReport = client.sync(budget)

    override suspend fun clearAlarm(number: Long) = client.clearAlarm(number)

    override suspend fun status(): SyncStatus = client.status()

    override suspend fun today(): Today = client.today()

    override suspend fun arrivals(): Arrivals = client.arrivals()

    override suspend fun grievance(doc: String): GrievanceRecord? = client.grievance(doc)

    override suspend fun householdForm(): HouseholdForm = client.householdForm()

    override suspend fun visitForm(household: String): VisitForm = client.visitForm(household)

    override suspend fun stepForm(doc: String, kind: StepKind): StepForm = client.stepForm(doc, kind)

    override suspend fun foundHousehold(household: NewHousehold): Written = client.foundHousehold(household)

    override suspend fun recordVisit(visit: NewVisit): Written = client.recordVisit(visit)

    override suspend fun takeStep(step: NewStep): Written = client.takeStep(step)

    override suspend fun household(doc: String): HouseholdRecord? = client.household(doc)

    override suspend fun householdStory(doc: String): HouseholdStory? = client.householdStory(doc)

    override suspend fun openPhone(doc: String, event: String): String = client.openPhone(doc, event)

    override suspend fun search(text: String): Found = client.search(text)

    override fun liveGrievances(filter: ListFilter, limit: Int): Flow<List<GrievanceLine>> =
        client.liveGrievances(filter, limit)

    override suspend fun meetings(): List<MeetingLine> = client.meetings().lines

    override suspend fun meeting(doc: String): MeetingRecord? = client.meeting(doc)

    override suspend fun item(meeting: String, item: String): ItemRecord? = client.councilItem(meeting, item)

    override suspend fun terms(): Terms = client.terms()

    override suspend fun newAct(): String = client.newAct()

    override suspend fun householdStepForm(doc: String): HouseholdStepForm = client.householdStepForm(doc)

    override suspend fun meetingForm(): MeetingForm = client.meetingForm()

    override suspend fun meetingStepForm(doc: String): MeetingStepForm = client.meetingStepForm(doc)

    override suspend fun takeResolutionOver(new: NewTakeOver): Written = client.takeResolutionOver(new)

    override suspend fun householdStep(new: NewHouseholdStep): Written = client.householdStep(new)

    override suspend fun holdMeeting(new: NewMeeting): Written = client.holdMeeting(new)

    override suspend fun meetingStep(new: NewMeetingStep): Written = client.meetingStep(new)

    override suspend fun settleItem(new: NewItemOutcome): ItemSettled = client.settleItem(new)
}
