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
import kotlinx.coroutines.flow.Flow

/**
 * What the screens ask of the engine, and nothing else of it: `DoorstepClient.asPhone()` is the real
 * one, a test may bring one that fails as it likes.
 *
 * Each function may be called from the main thread; what it throws is a
 * [DoorstepException][app.doorstep.ffi.DoorstepException]. What a write function has returned is durable.
 */
interface Phone {
    /** One value a transaction: what changed. It never ends by itself. */
    val changes: Flow<Changes>

    /** Takes an invitation, as text. */
    suspend fun acceptInvitation(text: String)

    /** Meets the relay once. Cancelling the coroutine cancels the meeting. */
    suspend fun sync(budget: SyncBudget): SyncReport

    /** The person has seen this alarm. */
    suspend fun clearAlarm(number: Long)

    /** How things stand with the relay. */
    suspend fun status(): SyncStatus

    /** The first screen. */
    suspend fun today(): Today

    /** What was delivered, and what was not. */
    suspend fun arrivals(): Arrivals

    /** A grievance; null where it is not on this phone. */
    suspend fun grievance(doc: String): GrievanceRecord?

    /** A household; null where it is not on this phone. */
    suspend fun household(doc: String): HouseholdRecord?

    /** What was written in a household, on visits to it and in its grievances; null where it is not on this phone. */
    suspend fun householdStory(doc: String): HouseholdStory?

    /** A telephone number of a household, whole. */
    suspend fun openPhone(doc: String, event: String): String

    /** What is found under these words. */
    suspend fun search(text: String): Found

    /** The first [limit] grievances of this filter, now and whenever they change. It never ends by itself. */
    fun liveGrievances(filter: ListFilter, limit: Int): Flow<List<GrievanceLine>>

    /** The newest meetings. */
    suspend fun meetings(): List<MeetingLine>

    /** A meeting; null where it is not on this phone. */
    suspend fun meeting(doc: String): MeetingRecord?

    /** An item of a meeting; null where it is not on this phone. */
    suspend fun item(meeting: String, item: String): ItemRecord?

    /** What the values of enumerations are called. */
    suspend fun terms(): Terms

    /** An id for an act that no form was asked for. */
    suspend fun newAct(): String

    /** The form for a new household. */
    suspend fun householdForm(): HouseholdForm

    /** The form for a visit to this household. */
    suspend fun visitForm(household: String): VisitForm

    /** The form for one step on a grievance. */
    suspend fun stepForm(doc: String, kind: StepKind): StepForm

    /** The form for entries in a household. */
    suspend fun householdStepForm(doc: String): HouseholdStepForm

    /** The form for a new meeting; without a block where this member may hold none. */
    suspend fun meetingForm(): MeetingForm

    /** The form for entries in a meeting. */
    suspend fun meetingStepForm(doc: String): MeetingStepForm

    /** Saves a household. */
    suspend fun foundHousehold(household: NewHousehold): Written

    /** Saves a visit with the grievances that were found on it. */
    suspend fun recordVisit(visit: NewVisit): Written

    /** Saves a step on a grievance. */
    suspend fun takeStep(step: NewStep): Written

    /** Saves that a grievance was solved with another of its group. */
    suspend fun takeResolutionOver(new: NewTakeOver): Written

    /** Saves an entry in a household. */
    suspend fun householdStep(new: NewHouseholdStep): Written

    /** Saves a meeting. */
    suspend fun holdMeeting(new: NewMeeting): Written

    /** Saves an entry in a meeting. */
    suspend fun meetingStep(new: NewMeetingStep): Written

    /** Saves what came of an item, there and in the grievances that it names. */
    suspend fun settleItem(new: NewItemOutcome): ItemSettled
}
