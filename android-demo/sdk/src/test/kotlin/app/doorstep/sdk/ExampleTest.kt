package app.doorstep.sdk

import app.doorstep.ffi.HouseholdRecord
import app.doorstep.ffi.Language
import app.doorstep.ffi.NewHousehold
import app.doorstep.ffi.Settings
import app.doorstep.sdk.testing.Built
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.bounded
import kotlinx.coroutines.flow.take
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

/** The example on the page of [DoorstepClient] runs. */
class ExampleTest {
    @TempDir
    lateinit var phone: Path

    @Test
    fun `the example runs`() = bounded {
        Built.library
        RelayProcess.start().use { relay ->
            val folder = "${phone.resolve("store")}"
            val keyFile = phone.resolve("device-key.pem")
            val scanned = relay.invite(SampleRoster.OWNER)
            val shown = mutableListOf<HouseholdRecord?>()

            DoorstepClient.open(Settings(folder, Language.ENGLISH), SoftwareDeviceKey.inFile(keyFile)).use { client ->
                client.acceptInvitation(scanned)
                client.sync()

                val form = client.householdForm()
                val home = client.foundHousehold(NewHousehold(form.act, form.buildings.first().place, "3-201"))
                client.changes.take(1).collect { shown += client.household(home.doc) }
            }

            assertEquals("3-201", shown.single()?.line?.unit)
        }
    }
}
