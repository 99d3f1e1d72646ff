package app.doorstep.screens

import kotlin.random.Random

/**
 * How long the syncer rests. After a miss 5 s, then twice as long each time, at most 15 minutes; a
 * fifth more or less by chance, so that the phones of a whole stairwell do not come back at once.
 */
internal class Rests(private val random: Random = Random.Default) {
    /** In ms; null = until the person asks or the network comes. [misses] counts this one. */
    fun afterMs(end: SyncEnd, misses: Int, retryAfterS: Long?): Long? = when (end) {
        SyncEnd.COMPLETE, SyncEnd.CANCELLED -> spread(LONGEST_MS)
        SyncEnd.PARTLY -> SHORT_MS
        // Never before the relay asked for; and a little later than it asked for, by chance.
        SyncEnd.BUSY -> {
            val askedMs = (retryAfterS ?: 0).coerceIn(0, BUSY_S_MAX) * MS
            askedMs + spread(grown(misses, LONGEST_MS))
        }
        SyncEnd.WAITING_FOR_CONFIRMATION -> spread(grown(misses, CONFIRMATION_LONGEST_MS))
        SyncEnd.UNREACHABLE, SyncEnd.STORAGE_FULL, SyncEnd.TROUBLE -> spread(grown(misses, LONGEST_MS))
        SyncEnd.NOT_ADMITTED, SyncEnd.OUTDATED -> null
    }

    private fun grown(misses: Int, longestMs: Long): Long {
        val doublings = (misses - 1).coerceIn(0, DOUBLINGS_MAX)
        return (FIRST_MS shl doublings).coerceAtMost(longestMs)
    }

    private fun spread(restMs: Long): Long = restMs + random.nextLong(-restMs / SPREAD, restMs / SPREAD + 1)

    internal companion object {
        const val FIRST_MS: Long = 5_000
        const val SHORT_MS: Long = 1_000
        const val LONGEST_MS: Long = 15 * 60 * 1_000
        const val CONFIRMATION_LONGEST_MS: Long = 30_000
        const val BUSY_S_MAX: Long = 60 * 60
        const val SPREAD: Long = 5
        private const val DOUBLINGS_MAX = 16
        private const val MS: Long = 1_000
    }
}
