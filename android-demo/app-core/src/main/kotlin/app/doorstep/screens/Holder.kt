package app.doorstep.screens

import app.doorstep.ffi.Changes
import app.doorstep.ffi.DoorstepException
import app.doorstep.screens.words.Words
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.SharedFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.job
import kotlinx.coroutines.launch

/** What every presenter works with. */
internal class Setting(
    val phone: Phone,
    val words: Words,
    val clock: PhoneClock,
    val scope: CoroutineScope,
    val changes: SharedFlow<Changes>,
    val syncer: Syncer,
) {
    val times: Times = Times(clock, words)
}

/**
 * The middle of a presenter: a model that changes one edit at a time from any thread, and the state that
 * a pure function makes of it.
 */
internal class Holder<M, S>(setting: Setting, first: M, private val render: (M) -> S) : AutoCloseable {
    private val lock = Any()
    private val shown = MutableStateFlow(render(first))

    /** As it stands. */
    @Volatile
    var model: M = first
        private set

    /** For the view. */
    val state: StateFlow<S> = shown.asStateFlow()

    /** Ends with the presenter. */
    val scope: CoroutineScope =
        CoroutineScope(setting.scope.coroutineContext + SupervisorJob(setting.scope.coroutineContext.job))

    private val changes = setting.changes
    private val loads = Channel<Unit>(Channel.CONFLATED)

    /** Changes the model and shows it. */
    fun change(edit: (M) -> M) {
        synchronized(lock) {
            model = edit(model)
            shown.value = render(model)
        }
    }

    /** Changes the model where [edit] gives one; whether it did. So of two taps just one begins something. */
    fun changeIf(edit: (M) -> M?): Boolean = synchronized(lock) {
        val next = edit(model) ?: return@synchronized false
        model = next
        shown.value = render(next)
        true
    }

    /** Runs in the presenter's scope; what the engine refuses goes to [failed]. */
    fun launch(failed: (DoorstepException) -> Unit, work: suspend () -> Unit): Job = scope.launch {
        try {
            work()
        } catch (error: DoorstepException) {
            failed(error)
        }
    }

    /** Loads now, when asked, and after each change that [concerns] it; never two at once. */
    fun loading(concerns: (Changes) -> Boolean, failed: (DoorstepException) -> Unit, load: suspend () -> Unit) {
        scope.launch(start = CoroutineStart.UNDISPATCHED) {
            changes.collect { if (concerns(it)) loadAgain() }
        }
        loadAgain()
        scope.launch {
            for (asked in loads) {
                try {
                    load()
                } catch (error: DoorstepException) {
                    failed(error)
                }
            }
        }
    }

    /** Asks for another load. */
    fun loadAgain() {
        loads.trySend(Unit)
    }

    override fun close() {
        scope.cancel()
    }
}
