package app.doorstep.screens

import app.doorstep.ffi.Changes
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.Left
import app.doorstep.ffi.SyncBudget
import app.doorstep.ffi.SyncReport
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.withTimeoutOrNull

/** How a sync ended. */
enum class SyncEnd {
    /** Everything was exchanged. */
    COMPLETE,

    /** Some was; it goes on by itself. */
    PARTLY,

    /** The relay asked to come later. */
    BUSY,

    /** No relay: nothing is wrong, everything goes out later. */
    UNREACHABLE,

    /** The organiser has not confirmed this phone yet. */
    WAITING_FOR_CONFIRMATION,

    /** The phone is no device of a member. */
    NOT_ADMITTED,

    /** The relay is newer than this app. */
    OUTDATED,

    /** There is no space left. */
    STORAGE_FULL,

    /** Something else. */
    TROUBLE,

    /** The person cancelled it; what had been exchanged by then stays. */
    CANCELLED,
}

/** What the syncer does. */
data class SyncerState(
    /** A sync runs. */
    val running: Boolean = false,
    /** How the last one ended; null = there was none. */
    val last: SyncEnd? = null,
    /** How many have ended. */
    val ended: Int = 0,
    /** What the last one said, where a person must know it. */
    val notice: Notice? = null,
)

/**
 * Meets the relay, one meeting at a time: when the app starts, when something was saved and there is a
 * network, when the network comes, and after a rest that grows while no relay is reached. There is one
 * for the app.
 */
class Syncer internal constructor(
    private val phone: Phone,
    private val scope: CoroutineScope,
    private val online: StateFlow<Boolean>,
    private val rests: Rests = Rests(),
) {
    private class Run(val job: Job, val end: CompletableDeferred<SyncEnd>)

    private enum class Wake { PERSON, NETWORK, SAVED, TIME }

    private val shown = MutableStateFlow(SyncerState())
    private val lock = Any()
    private var run: Run? = null
    private val saved = Channel<Unit>(Channel.CONFLATED)
    private val asked = Channel<Unit>(Channel.CONFLATED)
    private val network = Channel<Unit>(Channel.CONFLATED)

    @Volatile
    private var retryAfterS: Long? = null

    /** What it does. */
    val state: StateFlow<SyncerState> = shown.asStateFlow()

    /** Begins to sync by itself, until the scope ends. */
    internal fun start(changes: Flow<Changes>) {
        scope.launch(start = CoroutineStart.UNDISPATCHED) {
            changes.collect { if (it.saved.isNotEmpty()) nudge() }
        }
        scope.launch {
            var before = online.value
            online.collect { now ->
                if (now && !before) network.trySend(Unit)
                before = now
            }
        }
        scope.launch { keepGoing() }
    }

    /** Something was saved: sync soon, unless the syncer rests because no relay was reached. */
    fun nudge() {
        saved.trySend(Unit)
    }

    /** The person asked: sync now, whatever is known of the network. A running sync is the answer, too. */
    fun tryNow() {
        if (!shown.value.running) asked.trySend(Unit)
    }

    /** Ends the running sync. */
    fun cancel() {
        synchronized(lock) { run }?.job?.cancel()
    }

    /** Joins the running sync, or runs one; how it ended. For a job of the system. */
    suspend fun once(): SyncEnd = begin().end.await()

    private fun begin(): Run = synchronized(lock) { run ?: start() }

    private fun start(): Run {
        val end = CompletableDeferred<SyncEnd>()
        val job = scope.launch(start = CoroutineStart.LAZY) { finish(attempt(), end) }
        val started = Run(job, end)
        run = started
        shown.update { it.copy(running = true, notice = null) }
        // One that is cancelled before it began ends, too.
        job.invokeOnCompletion { finish(SyncEnd.CANCELLED to null, end) }
        job.start()
        return started
    }

    private fun finish(how: Pair<SyncEnd, Notice?>, end: CompletableDeferred<SyncEnd>) {
        synchronized(lock) {
            if (run?.end !== end) return
            run = null
            shown.update { SyncerState(running = false, last = how.first, ended = it.ended + 1, notice = how.second) }
        }
        end.complete(how.first)
    }

    private suspend fun attempt(): Pair<SyncEnd, Notice?> = try {
        val report = phone.sync(SyncBudget(BUDGET_S, null))
        retryAfterS = report.retryAfterS
        endOf(report) to null
    } catch (error: DoorstepException) {
        endOf(error) to noticeOf(error).takeUnless { error is DoorstepException.Unreachable }
    } catch (_: CancellationException) {
        SyncEnd.CANCELLED to null
    }

    private suspend fun keepGoing() {
        var misses = 0
        if (!online.value) waitForNetwork()
        while (true) {
            // What asked for a sync by now gets this one; what is saved while it runs makes another.
            listOf(saved, network, asked).forEach { it.tryReceive() }
            val end = once()
            misses = if (end.isMiss) misses + 1 else 0
            val wake = rest(end, rests.afterMs(end, misses, retryAfterS))
            // What failed before says nothing any more.
            if (wake == Wake.PERSON || wake == Wake.NETWORK) misses = 0
            if (!online.value && wake != Wake.PERSON) waitForNetwork()
        }
    }

    private suspend fun rest(end: SyncEnd, restMs: Long?): Wake {
        val woken: suspend () -> Wake = {
            select {
                asked.onReceive { Wake.PERSON }
                network.onReceive { Wake.NETWORK }
                if (end.endsOnSave) saved.onReceive { Wake.SAVED }
            }
        }
        return if (restMs == null) woken() else withTimeoutOrNull(restMs) { woken() } ?: Wake.TIME
    }

    private suspend fun waitForNetwork() {
        select {
            asked.onReceive { }
            network.onReceive { }
        }
    }

    private val SyncEnd.isMiss: Boolean
        get() = this != SyncEnd.COMPLETE && this != SyncEnd.PARTLY && this != SyncEnd.CANCELLED

    private val SyncEnd.endsOnSave: Boolean
        get() = this == SyncEnd.COMPLETE || this == SyncEnd.PARTLY || this == SyncEnd.CANCELLED

    private fun endOf(report: SyncReport): SyncEnd = when (report.left) {
        null -> SyncEnd.COMPLETE
        Left.TIME, Left.BYTES -> SyncEnd.PARTLY
        Left.RELAY_BUSY -> SyncEnd.BUSY
        Left.LINK_LOST -> SyncEnd.UNREACHABLE
        Left.BROKEN_OFF -> SyncEnd.TROUBLE
        Left.CANCELLED -> SyncEnd.CANCELLED
    }

    private fun endOf(error: DoorstepException): SyncEnd = when (error) {
        is DoorstepException.Unreachable -> SyncEnd.UNREACHABLE
        is DoorstepException.NotAdmitted ->
            if (error.code == CODE_WAITING) SyncEnd.WAITING_FOR_CONFIRMATION else SyncEnd.NOT_ADMITTED
        is DoorstepException.Outdated -> SyncEnd.OUTDATED
        is DoorstepException.StorageFull -> SyncEnd.STORAGE_FULL
        is DoorstepException.Rejected, is DoorstepException.Damaged -> SyncEnd.TROUBLE
    }

    private companion object {
        const val BUDGET_S = 60
        const val CODE_WAITING = "waiting_for_confirmation"
    }
}
