package app.doorstep.sdk

import app.doorstep.ffi.GrievanceLine
import app.doorstep.ffi.ListFilter
import app.doorstep.ffi.Step
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import app.doorstep.sdk.testing.bounded
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path
import java.util.concurrent.CopyOnWriteArrayList

/** Lists that follow what changes. */
class LiveListsTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `a list follows every change and is the same as one that is read again`() = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder, relay, SampleRoster.OWNER).use { phone ->
                val client = phone.client
                val home = phone.foundHousehold("3-201").doc
                val open = ListFilter(open = true)
                val seen = CopyOnWriteArrayList<List<GrievanceLine>>()
                val following = launch { client.liveGrievances(open, limit = 3).collect(seen::add) }

                val found = phone.visit(home, "a", "b", "c", "d").grievances
                // The list holds three; where one of these goes the fourth moves up.
                for (doc in found) {
                    phone.take(doc, Step.Accept)
                    val expected = client.grievances(open).lines.take(3)
                    while (seen.lastOrNull() != expected) delay(TURN_MS)
                }
                following.cancel()
                assertTrue(seen.all { it.size <= 3 })
            }
        }
    }

    @Test
    fun `far more lists than the engine holds at once may be opened one after the other`() = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder, relay, SampleRoster.OWNER).use { phone ->
                phone.foundHousehold("3-201")
                repeat(LISTS) {
                    assertEquals(1, phone.client.liveHouseholds(limit = 5).first().size)
                }
            }
        }
    }

    @Test
    fun `a list completes when the client is closed`() = bounded {
        RelayProcess.start().use { relay ->
            val phone = TestPhone.enrolled(folder, relay, SampleRoster.OWNER)
            val seen = async(start = CoroutineStart.UNDISPATCHED) {
                phone.client.liveHouseholds(limit = 5).toList()
            }
            phone.client.liveHouseholds(limit = 5).first()
            phone.close()
            assertEquals(emptyList<Any>(), seen.await().flatten())
        }
    }

    private companion object {
        const val TURN_MS = 5L

        /** The engine holds 16. */
        const val LISTS = 60
    }
}
