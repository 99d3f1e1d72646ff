package app.doorstep.sdk

import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.SyncState
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import app.doorstep.sdk.testing.bounded
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

/** How a phone becomes one of a member. */
class EnrolTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `six digits are compared, then the phone is enrolled`() = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.open(folder).use { phone ->
                assertEquals(SyncState.NOT_INVITED, phone.client.status().state)
                phone.client.acceptInvitation(relay.inviteAttended(SampleRoster.OWNER))
                val waiting = assertCode<DoorstepException.NotAdmitted>("waiting_for_confirmation") { phone.sync() }
                val digits = checkNotNull(waiting.digits)
                assertTrue(Regex("[0-9]{6}").matches(digits), digits)
                assertEquals(digits, phone.client.status().digits)
                assertEquals(SyncState.ENROLLING, phone.client.status().state)
                // Asked again, they are the same: the organiser may take a while.
                val still = assertCode<DoorstepException.NotAdmitted>("waiting_for_confirmation") { phone.sync() }
                assertEquals(digits, still.digits)

                relay.confirm(SampleRoster.OWNER, digits)
                assertTrue(phone.sync().complete)
                assertEquals(null, phone.client.status().digits)
                assertEquals(SyncState.IN_STEP, phone.client.status().state)
                val today = phone.client.today()
                assertEquals(SampleRoster.OWNER, today.member?.name)
                assertEquals(SampleRoster.BUILDING_NAME, today.buildings.single().name)
            }
        }
    }

    @Test
    fun `enrolled it stays enrolled when it is opened again`() = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder, relay, SampleRoster.OWNER).close()
            TestPhone.open(folder).use { phone ->
                assertEquals(SampleRoster.OWNER, phone.client.today().member?.name)
                assertTrue(phone.sync().complete)
            }
        }
    }

    @Test
    fun `a phone that was taken out hides what it has, and says so`() = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder, relay, SampleRoster.OWNER).use { phone ->
                val home = phone.foundHousehold("1-1")
                phone.sync()
                relay.revokeAll()
                runCatching { phone.sync() }
                assertEquals(SyncState.REVOKED, phone.client.status().state)
                assertEquals(null, phone.client.today().member)
                assertEquals(null, phone.client.household(home.doc))
            }
        }
    }
}
