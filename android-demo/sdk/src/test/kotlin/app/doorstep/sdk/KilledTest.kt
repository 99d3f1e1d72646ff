package app.doorstep.sdk

import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.ListFilter
import app.doorstep.ffi.NewHousehold
import app.doorstep.ffi.PageRequest
import app.doorstep.sdk.testing.PhoneProcess
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import app.doorstep.sdk.testing.bounded
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

/** `kill -9` in the middle of writing. */
class KilledTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `everything that was answered is there, and the same act sent again is the same`() = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder, relay, SampleRoster.OWNER).close()
            val saved = PhoneProcess.start(folder).use { child ->
                val first = child.awaitSaved(FIRST)
                assertCode<DoorstepException.Rejected>("in_use") { TestPhone.open(folder) }
                first + child.kill()
            }
            TestPhone.open(folder).use { phone ->
                for (one in saved) assertEquals(one.unit, phone.client.household(one.doc)?.line?.unit)
                val last = saved.last()
                val again = phone.client.foundHousehold(NewHousehold(last.act, last.place, last.unit))
                assertTrue(again.repeated)
                assertEquals(last.doc, again.doc)

                val here = phone.client.today().buildings.single().households
                // One may have been saved whose answer was killed.
                assertTrue(here in saved.size..saved.size + 1, "$here households, ${saved.size} answered")

                val report = phone.sync()
                assertTrue(report.complete, "$report")
                assertEquals(0, report.unsent)
                val undelivered = ListFilter(undelivered = true)
                assertEquals(0, phone.client.households(undelivered, PageRequest()).lines.size)
            }
        }
    }

    private companion object {
        const val FIRST = 25
    }
}
