package app.doorstep.sdk

import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.Left
import app.doorstep.ffi.SyncBudget
import app.doorstep.ffi.SyncReport
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import app.doorstep.sdk.testing.UdpPath
import app.doorstep.sdk.testing.bounded
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

/** Meetings that do not go to their end. */
class SyncTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `cancelled half way it ends at once, and the next one completes`() = halfWay { _, path, phone ->
        val cut = path.cutAfter(DATAGRAMS)
        val sync = async(Dispatchers.Default) { phone.client.sync(SyncBudget(seconds = LONG_S)) }
        cut.await()
        withTimeout(AT_ONCE_MS) { sync.cancelAndJoin() }
        assertTrue(sync.isCancelled)

        // The engine's meeting has ended too: another one begins, and the phone can be closed.
        path.mend()
        assertDelivered(phone)
    }

    @Test
    fun `with the relay killed half way nothing is lost, and the next one completes`() = halfWay { relay, path, phone ->
        val cut = path.cutAfter(DATAGRAMS)
        val sync = async(Dispatchers.Default) {
            try {
                phone.client.sync(SyncBudget(seconds = SHORT_S))
            } catch (gone: DoorstepException.Unreachable) {
                null
            }
        }
        cut.await()
        relay.kill()
        val report: SyncReport? = sync.await()
        assertFalse(report?.complete ?: false, "$report")

        relay.start()
        path.mend()
        assertDelivered(phone)
    }

    @Test
    fun `a relay that stands still costs no more than the budget`() = halfWay { relay, _, phone ->
        relay.suspend()
        assertCode<DoorstepException.Unreachable>("unreachable") { phone.client.sync(SyncBudget(seconds = SHORT_S)) }
        relay.resume()
        assertDelivered(phone)
    }

    @Test
    fun `closing the phone ends the meeting at once`() = halfWay { _, path, phone ->
        val cut = path.cutAfter(DATAGRAMS)
        val sync = async(Dispatchers.Default) {
            try {
                phone.client.sync(SyncBudget(seconds = LONG_S)).left
            } catch (closed: DoorstepException.Rejected) {
                assertEquals("closed", closed.code)
                Left.CANCELLED
            }
        }
        cut.await()
        withTimeout(AT_ONCE_MS) {
            phone.close()
            assertEquals(Left.CANCELLED, sync.await())
        }
        path.mend()
        TestPhone.open(phone.folder).use { assertDelivered(it) }
    }

    @Test
    fun `with no relay at all it says so, and what is saved stays`() = halfWay { relay, _, phone ->
        relay.stop()
        val error = assertCode<DoorstepException.Unreachable>("unreachable") {
            phone.client.sync(SyncBudget(seconds = SHORT_S))
        }
        assertFalse(error.sentence.contains("127.0.0.1"), error.sentence)
        assertEquals(HOUSEHOLDS, phone.client.status().waiting)
        relay.start()
        assertDelivered(phone)
    }

    /** A phone with much to send, and a path that can be cut. */
    private fun halfWay(
        test: suspend CoroutineScope.(RelayProcess, UdpPath, TestPhone) -> Unit,
    ) = bounded {
        RelayProcess.start().use { relay ->
            UdpPath(relay.address).use { path ->
                TestPhone.open(folder).use { phone ->
                    phone.enrol(relay.invite(SampleRoster.OWNER, path.address))
                    repeat(HOUSEHOLDS) { phone.foundHousehold("1-$it") }
                    test(relay, path, phone)
                }
            }
        }
    }

    private suspend fun assertDelivered(phone: TestPhone) {
        val report = phone.sync()
        assertTrue(report.complete, "$report")
        assertEquals(0, phone.client.status().waiting)
        assertEquals(HOUSEHOLDS, phone.client.today().buildings.single().households)
    }

    private companion object {
        /** Enough that a meeting takes many datagrams. */
        const val HOUSEHOLDS = 150

        /** Of the handshake and the first seals; the meeting is under way and not over. */
        const val DATAGRAMS = 12L

        const val LONG_S = 600

        const val SHORT_S = 3

        /** No budget ends by then, and no idle link. */
        const val AT_ONCE_MS = 5_000L
    }
}
