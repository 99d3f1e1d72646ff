package app.doorstep.sdk

import app.doorstep.ffi.ChangeListener
import app.doorstep.ffi.Changes
import kotlinx.coroutines.channels.Channel

/**
 * What one collector has not been told yet, as one [Changes]: the engine adds and goes on, the collector takes all.
 * It holds each document at most once for each reason, so the documents of the phone are its bound.
 */
internal class PendingChanges : ChangeListener {
    private val lock = Any()

    private val saved = LinkedHashSet<String>()
    private val arrived = LinkedHashSet<String>()
    private val answered = LinkedHashSet<String>()
    private var roster = false
    private var status = false
    private var isEmpty = true

    /** One signal is enough: whoever is woken takes everything. */
    private val signal = Channel<Unit>(Channel.CONFLATED)

    /** Nothing more will come. */
    @Volatile
    var isEnded: Boolean = false
        private set

    override fun changed(changes: Changes) {
        synchronized(lock) {
            saved += changes.saved
            arrived += changes.arrived
            answered += changes.answered
            roster = roster || changes.roster
            status = status || changes.status
            isEmpty = false
        }
        signal.trySend(Unit)
    }

    /** Lets the collector end when it has taken what is here. */
    fun end() {
        isEnded = true
        signal.close()
    }

    /** Everything since the last time, waited for; none = it has ended and nothing is left. */
    suspend fun take(): Changes? {
        while (true) {
            takeNow()?.let { return it }
            if (signal.receiveCatching().isClosed) return takeNow()
        }
    }

    private fun takeNow(): Changes? = synchronized(lock) {
        if (isEmpty) return null
        val merged = Changes(saved.toList(), arrived.toList(), answered.toList(), roster, status)
        saved.clear()
        arrived.clear()
        answered.clear()
        roster = false
        status = false
        isEmpty = true
        merged
    }
}
