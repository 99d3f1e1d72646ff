package app.doorstep.screens

import app.doorstep.ffi.Arrivals
import app.doorstep.ffi.Changes
import app.doorstep.ffi.GrievanceRecord
import app.doorstep.ffi.HouseholdForm
import app.doorstep.ffi.NewHousehold
import app.doorstep.ffi.NewStep
import app.doorstep.ffi.NewVisit
import app.doorstep.ffi.StepForm
import app.doorstep.ffi.StepKind
import app.doorstep.ffi.SyncBudget
import app.doorstep.ffi.SyncReport
import app.doorstep.ffi.SyncStatus
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

    /** The form for a new household. */
    suspend fun householdForm(): HouseholdForm

    /** The form for a visit to this household. */
    suspend fun visitForm(household: String): VisitForm

    /** The form for one step on a grievance. */
    suspend fun stepForm(doc: String, kind: StepKind): StepForm

    /** Saves a household. */
    suspend fun foundHousehold(household: NewHousehold): Written

    /** Saves a visit with the grievances that were found on it. */
    suspend fun recordVisit(visit: NewVisit): Written

    /** Saves a step on a grievance. */
    suspend fun takeStep(step: NewStep): Written
}
