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
import app.doorstep.sdk.DoorstepClient
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
}
