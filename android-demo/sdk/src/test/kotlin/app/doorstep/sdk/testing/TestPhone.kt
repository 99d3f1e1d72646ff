package app.doorstep.sdk.testing

import app.doorstep.ffi.FoundGrievance
import app.doorstep.ffi.GrievanceRecord
import app.doorstep.ffi.Language
import app.doorstep.ffi.NewHousehold
import app.doorstep.ffi.NewReporter
import app.doorstep.ffi.NewStep
import app.doorstep.ffi.NewVisit
import app.doorstep.ffi.Settings
import app.doorstep.ffi.Step
import app.doorstep.ffi.SyncBudget
import app.doorstep.ffi.SyncReport
import app.doorstep.ffi.VisitOutcome
import app.doorstep.ffi.Written
import app.doorstep.sdk.DoorstepClient
import app.doorstep.sdk.SoftwareDeviceKey
import java.nio.file.Path

/**
 * A phone: a folder with a store and a key, and the client on them. Opened again in the same folder it is the same
 * phone.
 */
class TestPhone private constructor(
    /** Where everything of it is. */
    val folder: Path,
    /** Its key. */
    val key: SoftwareDeviceKey,
    /** The client on its store. */
    val client: DoorstepClient,
) : AutoCloseable {
    /** Takes the invitation and meets the relay, which enrols it where the invitation is unattended. */
    suspend fun enrol(invitation: String) {
        client.acceptInvitation(invitation)
        sync()
    }

    /** Meets the relay until everything is exchanged, or as long as the budget lasts. */
    suspend fun sync(): SyncReport = client.sync(SyncBudget(seconds = SYNC_S))

    /** Founds a household in the first of its buildings. */
    suspend fun foundHousehold(unit: String): Written {
        val form = client.householdForm()
        return client.foundHousehold(NewHousehold(form.act, form.buildings.first().place, unit))
    }

    /** Visits a household, and finds these grievances. */
    suspend fun visit(household: String, vararg found: String): Written {
        val form = client.visitForm(household)
        val kind = form.kinds.first().code
        val reporter = NewReporter.Household(household)
        return client.recordVisit(
            NewVisit(
                act = form.act,
                household = household,
                purpose = form.purposes.first().code,
                outcome = VisitOutcome.MET,
                personsMet = 1,
                found = found.map { FoundGrievance(what = it, kind = kind, reporter = reporter) },
            ),
        )
    }

    /** Takes a step on a grievance, as it stands on this phone. */
    suspend fun take(grievance: String, step: Step): Written =
        client.takeStep(NewStep(client.newAct(), grievance(grievance).view, step))

    /** A grievance that must be on this phone. */
    suspend fun grievance(doc: String): GrievanceRecord =
        checkNotNull(client.grievance(doc)) { "the grievance is not on this phone" }

    override fun close() {
        client.close()
    }

    companion object {
        /** For one sync, in s: far more than it needs. */
        const val SYNC_S: Int = 30

        /** Where the store is in a phone's folder. */
        fun storeFolder(folder: Path): Path = folder.resolve("store")

        /** The phone in this folder, made where there is none. */
        suspend fun open(folder: Path, language: Language = Language.ENGLISH): TestPhone {
            Built.library
            val key = SoftwareDeviceKey.inFile(folder.resolve("device-key.pem"))
            return TestPhone(folder, key, DoorstepClient.open(Settings("${storeFolder(folder)}", language), key))
        }

        /** A phone that this relay has enrolled for a member of its roster. */
        suspend fun enrolled(
            folder: Path,
            relay: RelayProcess,
            member: String,
            language: Language = Language.ENGLISH,
        ): TestPhone {
            val phone = open(folder, language)
            try {
                phone.enrol(relay.invite(member))
            } catch (failed: Throwable) {
                phone.close()
                throw failed
            }
            return phone
        }
    }
}
