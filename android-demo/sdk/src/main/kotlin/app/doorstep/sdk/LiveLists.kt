package app.doorstep.sdk

import app.doorstep.ffi.Doorstep
import app.doorstep.ffi.GrievanceLine
import app.doorstep.ffi.GrievanceRowChange
import app.doorstep.ffi.HouseholdLine
import app.doorstep.ffi.HouseholdRowChange
import app.doorstep.ffi.ListFilter
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * The first [limit] grievances of this filter, now and whenever some of them changed; at most 200. The engine's list
 * is let go when the collector ends, and the flow completes when the client is closed.
 */
fun DoorstepClient.liveGrievances(filter: ListFilter = ListFilter(), limit: Int): Flow<List<GrievanceLine>> = live(
    open = { it.liveGrievances(filter, limit) },
    lines = { it.lines() },
    refresh = { list, rows -> list.refresh().onEach { rows.follow(it) }.isNotEmpty() },
    stop = { it.stop() },
)

/** The first [limit] households of this filter, as [liveGrievances]. */
fun DoorstepClient.liveHouseholds(filter: ListFilter = ListFilter(), limit: Int): Flow<List<HouseholdLine>> = live(
    open = { it.liveHouseholds(filter, limit) },
    lines = { it.lines() },
    refresh = { list, rows -> list.refresh().onEach { rows.follow(it) }.isNotEmpty() },
    stop = { it.stop() },
)

private fun <O : AutoCloseable, L> DoorstepClient.live(
    open: (Doorstep) -> O,
    lines: (O) -> List<L>,
    refresh: (O, MutableList<L>) -> Boolean,
    stop: (O) -> Unit,
): Flow<List<L>> = flow {
    var kept: O? = null
    try {
        // Kept at once, so that it is let go even where this was cancelled while it was opened.
        var rows = callUnlessEnded { engine -> lines(open(engine).also { kept = it }).toMutableList() } ?: return@flow
        emit(rows.toList())
        changes.collect { change ->
            val list = kept ?: return@collect
            val other = callUnlessEnded {
                val other = refresh(list, rows)
                // Names are those of the moment in which a row was read.
                if (change.roster) rows = lines(list).toMutableList()
                other || change.roster
            }
            if (other == true) emit(rows.toList())
        }
    } finally {
        kept?.use(stop)
    }
}

private fun MutableList<GrievanceLine>.follow(change: GrievanceRowChange) {
    when (change) {
        is GrievanceRowChange.Removed -> removeAt(change.at)
        is GrievanceRowChange.Inserted -> add(change.at, change.line)
        is GrievanceRowChange.Changed -> set(change.at, change.line)
    }
}

private fun MutableList<HouseholdLine>.follow(change: HouseholdRowChange) {
    when (change) {
        is HouseholdRowChange.Removed -> removeAt(change.at)
        is HouseholdRowChange.Inserted -> add(change.at, change.line)
        is HouseholdRowChange.Changed -> set(change.at, change.line)
    }
}
