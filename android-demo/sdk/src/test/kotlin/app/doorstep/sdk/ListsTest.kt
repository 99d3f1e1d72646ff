package app.doorstep.sdk

import app.doorstep.ffi.ListFilter
import app.doorstep.ffi.NewHousehold
import app.doorstep.ffi.PageRequest
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import app.doorstep.sdk.testing.bounded
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

/** Long lists. */
class ListsTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `a thousand households come page by page, each once`() = bounded(LONG_S) {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder, relay, SampleRoster.OWNER).use { phone ->
                val client = phone.client
                val place = client.householdForm().buildings.single().place
                val units = (1..HOUSEHOLDS).map { "%02d-%02d".format(it / 50, it % 50) }
                val docs = units.map { client.foundHousehold(NewHousehold(client.newAct(), place, it)).doc }

                for (limit in listOf(50, 200)) {
                    val lines = buildList {
                        var after: String? = null
                        do {
                            val page = client.households(page = PageRequest(after, limit))
                            assertTrue(page.lines.size <= limit)
                            addAll(page.lines)
                            after = page.after
                        } while (after != null)
                    }
                    assertEquals(units, lines.map { it.unit })
                    assertEquals(docs.toSet(), lines.map { it.doc }.toSet())
                }
                for (limit in listOf(0, 201, HOUSEHOLDS)) {
                    assertEquals(200, client.households(page = PageRequest(limit = limit)).lines.size)
                }

                val found = client.households(ListFilter(text = "07-31"))
                assertEquals(listOf("07-31"), found.lines.map { it.unit })
                val today = client.today()
                assertEquals(HOUSEHOLDS, today.buildings.single().households)
                assertEquals(50, today.households.size)
            }
        }
    }

    private companion object {
        const val HOUSEHOLDS = 1_000
        const val LONG_S = 150L
    }
}
