package app.doorstep.screens

import app.doorstep.ffi.Changes
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.SyncState
import app.doorstep.ffi.Today
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.onStart
import kotlinx.coroutines.launch

/** The first screen. */
data class TodayState(
    /** Nothing to show yet. */
    val loading: Boolean = true,
    /** Whose phone this is; empty where it is nobody's. */
    val member: String = "",
    /** Saved and delivered, in one sentence. */
    val status: StatusLine = StatusLine("", Tone.CALM),
    /** My buildings. */
    val buildings: List<BuildingRow> = emptyList(),
    /** Grievances that came back: the resident was not content. */
    val cameBack: List<GrievanceRow> = emptyList(),
    /** Other open grievances of mine, due first. */
    val due: List<GrievanceRow> = emptyList(),
    /** Households, those to be visited first first. */
    val households: List<HouseholdRow> = emptyList(),
    /** This member writes down meetings. */
    val meetings: Boolean = false,
    /** What to say where there is nothing at all. */
    val empty: String? = null,
    /** A message above the screen. */
    val notice: Notice? = null,
    /** Nobody's phone yet: lead to the enrolment. */
    val enrolFirst: Boolean = false,
)

private data class TodayModel(val today: Today? = null, val meetings: Boolean = false, val notice: Notice? = null)

/** Shows what there is to do. Rows lead to a visit or to a grievance. */
class TodayPresenter internal constructor(private val setting: Setting) : AutoCloseable {
    private val holder = Holder(setting, TodayModel()) { show(it) }

    /** For the view. */
    val state: StateFlow<TodayState> = holder.state

    init {
        // Every change concerns it: its lists are counts and orders over everything.
        holder.loading(
            concerns = { true },
            failed = { error -> holder.change { it.copy(notice = noticeOf(error)) } },
        ) {
            val today = setting.phone.today()
            holder.change { it.copy(today = today, notice = null) }
        }
        holder.scope.launch { setting.changes.filter { it.roster }.onStart { emit(NOTHING) }.collect { askMeetings() } }
    }

    /** Whether there are meetings for this member hangs on the roster alone. */
    private suspend fun askMeetings() {
        try {
            val blocks = setting.phone.meetingForm().blocks
            holder.change { it.copy(meetings = blocks.isNotEmpty()) }
        } catch (_: DoorstepException) {
            // The screen says what is wrong anyway; the next roster asks again.
        }
    }

    /** Reads it again: the screen came to the front, and "today" may be another day. */
    fun refresh() {
        holder.loadAgain()
    }

    /** The person pulled: meet the relay now. */
    fun syncNow() {
        setting.syncer.tryNow()
    }

    /** The message was read. */
    fun dismissNotice() {
        holder.change { it.copy(notice = null) }
    }

    override fun close() {
        holder.close()
    }

    private fun show(model: TodayModel): TodayState {
        val today = model.today ?: return TodayState(loading = model.notice == null, notice = model.notice)
        val words = setting.words
        val state = today.status.state
        val revoked = Notice(NoticeKind.ENROL, today.status.text, "revoked").takeIf { state == SyncState.REVOKED }
        val nothing = today.buildings.isEmpty() && today.cameBack.isEmpty() && today.due.isEmpty() &&
            today.households.isEmpty()
        return TodayState(
            loading = false,
            member = today.member?.name.orEmpty(),
            status = statusLine(today.status),
            buildings = today.buildings.map { buildingRow(it, words) },
            cameBack = today.cameBack.map { grievanceRow(it, words, setting.times) },
            due = today.due.map { grievanceRow(it, words, setting.times) },
            households = today.households.map { householdRow(it, words, setting.times) },
            meetings = model.meetings,
            empty = words.todayEmpty.takeIf { nothing },
            notice = model.notice ?: revoked,
            enrolFirst = state == SyncState.NOT_INVITED || state == SyncState.ENROLLING,
        )
    }

    private companion object {
        val NOTHING = Changes(emptyList(), emptyList(), emptyList(), roster = true, status = false)
    }
}
