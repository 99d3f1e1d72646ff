package app.doorstep.screens

import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.Left
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.job
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.random.Random

/** Time here is the test's own: nothing waits. */
@OptIn(ExperimentalCoroutinesApi::class)
class SyncerTest {
    private val phone = FakePhone()
    private val online = MutableStateFlow(true)
    private val unreachable: suspend () -> Nothing = { throw DoorstepException.Unreachable("unreachable", "None.") }

    private fun TestScope.started(): Syncer =
        Syncer(phone, backgroundScope, online, Rests(Random(1))).also {
            it.start(phone.changes)
            runCurrent()
        }

    @Test
    fun `it syncs on start, and again when something was saved`() = runTest {
        val syncer = started()
        assertEquals(1, phone.syncs)
        assertEquals(SyncEnd.COMPLETE, syncer.state.value.last)
        phone.changes.emit(Samples.changes(saved = listOf(Samples.GRIEVANCE)))
        runCurrent()
        assertEquals(2, phone.syncs)
        phone.changes.emit(Samples.changes(arrived = listOf(Samples.GRIEVANCE), status = true))
        runCurrent()
        assertEquals(2, phone.syncs, "what came is no reason to go out")
    }

    @Test
    fun `what is saved while it runs makes one more, not two at once`() = runTest {
        var going = true
        phone.sync = { if (going) FakePhone.endless() else Samples.report() }
        val syncer = started()
        repeat(3) { syncer.nudge() }
        repeat(3) { syncer.tryNow() }
        runCurrent()
        assertEquals(1, phone.syncs)
        going = false
        syncer.cancel()
        runCurrent()
        assertEquals(2, phone.syncs)
        assertEquals(1, phone.syncingMax)
    }

    @Test
    fun `pauses grow while no relay is reached, up to the bound`() = runTest {
        phone.sync = unreachable
        val syncer = started()
        assertEquals(SyncEnd.UNREACHABLE, syncer.state.value.last)
        assertNull(syncer.state.value.notice, "no signal is no trouble")
        var before = testScheduler.currentTime
        val pauses = (1..14).map {
            val count = phone.syncs
            while (phone.syncs == count) {
                advanceTimeBy(100)
                runCurrent()
            }
            (testScheduler.currentTime - before).also { before = testScheduler.currentTime }
        }
        assertTrue(pauses.first() in 4_000..6_100, "${pauses.first()}")
        assertTrue(pauses[3] > 3 * pauses.first(), "$pauses")
        assertTrue(pauses.all { it <= Rests.LONGEST_MS * 6 / 5 + 100 }, "$pauses")
        assertTrue(pauses.last() >= Rests.LONGEST_MS * 4 / 5, "$pauses")
    }

    @Test
    fun `a rest after a miss is not ended by saving, but by the person and by the network`() = runTest {
        phone.sync = unreachable
        val syncer = started()
        syncer.nudge()
        runCurrent()
        assertEquals(1, phone.syncs)
        syncer.tryNow()
        runCurrent()
        assertEquals(2, phone.syncs)
        online.value = false
        runCurrent()
        online.value = true
        runCurrent()
        assertEquals(3, phone.syncs)
    }

    @Test
    fun `without a network it waits, unless the person asks`() = runTest {
        online.value = false
        val syncer = started()
        assertEquals(0, phone.syncs)
        syncer.nudge()
        advanceTimeBy(Rests.LONGEST_MS * 2)
        assertEquals(0, phone.syncs)
        syncer.tryNow()
        runCurrent()
        assertEquals(1, phone.syncs)
        advanceTimeBy(Rests.LONGEST_MS * 2)
        assertEquals(1, phone.syncs)
        online.value = true
        runCurrent()
        assertEquals(2, phone.syncs)
    }

    @Test
    fun `cancelling ends the meeting, and it is said so`() = runTest {
        phone.sync = FakePhone.endless
        val syncer = started()
        assertTrue(syncer.state.value.running)
        syncer.cancel()
        runCurrent()
        assertFalse(syncer.state.value.running)
        assertEquals(SyncEnd.CANCELLED, syncer.state.value.last)
        assertEquals(0, phone.syncing)
        syncer.cancel()
        assertEquals(1, syncer.state.value.ended, "nothing runs: nothing to cancel")
    }

    @Test
    fun `a job of the system joins the running one`() = runTest {
        phone.sync = FakePhone.endless
        val syncer = started()
        val joined = async { syncer.once() }
        runCurrent()
        syncer.cancel()
        runCurrent()
        assertEquals(SyncEnd.CANCELLED, joined.await())
        assertEquals(1, phone.syncs)
    }

    @Test
    fun `in a scope that has ended a sync ends, too`() = runTest {
        val scope = CoroutineScope(coroutineContext + SupervisorJob(coroutineContext.job))
        val syncer = Syncer(phone, scope, online)
        scope.cancel()
        assertEquals(SyncEnd.CANCELLED, syncer.once())
        assertFalse(syncer.state.value.running)
        assertEquals(0, phone.syncs)
    }

    @Test
    fun `every error has its end, and only no signal has nothing to say`() = runTest {
        val ends = FakePhone.errors.keys.associate { error ->
            phone.sync = { throw error }
            val syncer = Syncer(phone, backgroundScope, online)
            val end = syncer.once()
            val notice = syncer.state.value.notice
            if (error is DoorstepException.Unreachable) assertNull(notice) else assertNotNull(notice)
            error::class to end
        }
        assertEquals(SyncEnd.TROUBLE, ends[DoorstepException.Rejected::class])
        assertEquals(SyncEnd.UNREACHABLE, ends[DoorstepException.Unreachable::class])
        assertEquals(SyncEnd.NOT_ADMITTED, ends[DoorstepException.NotAdmitted::class])
        assertEquals(SyncEnd.OUTDATED, ends[DoorstepException.Outdated::class])
        assertEquals(SyncEnd.STORAGE_FULL, ends[DoorstepException.StorageFull::class])
        assertEquals(SyncEnd.TROUBLE, ends[DoorstepException.Damaged::class])
    }

    @Test
    fun `what is left says how it ended`() = runTest {
        val ends = Left.entries.associateWith { left ->
            phone.sync = { Samples.report(left) }
            Syncer(phone, backgroundScope, online).once()
        }
        assertEquals(SyncEnd.PARTLY, ends[Left.TIME])
        assertEquals(SyncEnd.PARTLY, ends[Left.BYTES])
        assertEquals(SyncEnd.BUSY, ends[Left.RELAY_BUSY])
        assertEquals(SyncEnd.UNREACHABLE, ends[Left.LINK_LOST])
        assertEquals(SyncEnd.TROUBLE, ends[Left.BROKEN_OFF])
        assertEquals(SyncEnd.CANCELLED, ends[Left.CANCELLED])
    }

    @Test
    fun `a busy relay is not asked before it said, and a newer one not at all`() {
        val rests = Rests(Random(3))
        repeat(100) {
            assertTrue(checkNotNull(rests.afterMs(SyncEnd.BUSY, 1, 90)) >= 90_000)
        }
        assertTrue(checkNotNull(rests.afterMs(SyncEnd.BUSY, 1, Long.MAX_VALUE)) <= Rests.BUSY_S_MAX * 1_000 + 6_000)
        assertNull(rests.afterMs(SyncEnd.OUTDATED, 1, null))
        assertNull(rests.afterMs(SyncEnd.NOT_ADMITTED, 1, null))
    }

    @Test
    fun `a phone that waits to be confirmed asks every half minute at least`() = runTest {
        phone.sync = { throw DoorstepException.NotAdmitted("waiting_for_confirmation", "Compare.", "123456") }
        started()
        advanceTimeBy(10 * 60_000)
        assertTrue(phone.syncs >= 15, "${phone.syncs}")
        assertTrue(phone.syncs <= 40, "${phone.syncs}")
    }
}
