package app.doorstep.screens

import app.doorstep.ffi.Arrivals
import app.doorstep.ffi.DocumentKind
import app.doorstep.ffi.SavedLine
import app.doorstep.ffi.WaitNext
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.launch

/** Something of one's own that is not delivered, with its one reason. */
data class WaitingRow(
    /** The document. */
    val doc: String,
    /** Where a tap leads; null = nowhere. */
    val opens: Screen?,
    /** What it is about. */
    val title: String,
    /** What was saved. */
    val what: String,
    /** When. */
    val time: String,
    /** Why it is not delivered. */
    val reason: String,
    /** What comes next. */
    val next: String,
    /** A person must do something. */
    val needsPerson: Boolean,
    /** The row for a screen reader. */
    val spoken: String,
)

/** Something that a person must look at. */
data class AlarmRow(
    /** Given back when it was seen. */
    val number: Long,
    /** That as a sentence. */
    val text: String,
)

/** The meeting with the relay. */
data class SyncView(
    /** One is under way. */
    val running: Boolean = false,
    /** That, or how the last one ended, as a sentence. */
    val text: String? = null,
)

/** The screen "What has arrived". */
data class ArrivalsState(
    /** Nothing to show yet. */
    val loading: Boolean = true,
    /** Saved and delivered, in one sentence. */
    val status: StatusLine = StatusLine("", Tone.CALM),
    /** How much waits, as a sentence. */
    val saved: String = "",
    /** How much was delivered, ever, as a sentence. */
    val delivered: String = "",
    /** When everything of the relay was last here. */
    val upToDate: String = "",
    /** What waits, oldest first. */
    val waiting: List<WaitingRow> = emptyList(),
    /** How many more there are, as a sentence. */
    val more: String? = null,
    /** What a person must look at. */
    val alarms: List<AlarmRow> = emptyList(),
    /** The meeting with the relay. */
    val sync: SyncView = SyncView(),
    /** A message above the screen. */
    val notice: Notice? = null,
)

private data class ArrivalsModel(
    val arrivals: Arrivals? = null,
    val syncer: SyncerState = SyncerState(),
    val notice: Notice? = null,
    /** What the last meeting said; the next one takes it back. */
    val syncNotice: Notice? = null,
)

/** Says of everything that was saved here whether the relay has it, and why not. */
class ArrivalsPresenter internal constructor(private val setting: Setting) : AutoCloseable {
    private val holder = Holder(setting, ArrivalsModel(syncer = setting.syncer.state.value)) { show(it) }

    /** For the view. */
    val state: StateFlow<ArrivalsState> = holder.state

    init {
        holder.loading(
            concerns = { it.status || it.roster || it.saved.isNotEmpty() || it.answered.isNotEmpty() },
            failed = { error -> holder.change { it.copy(notice = noticeOf(error)) } },
        ) {
            val arrivals = setting.phone.arrivals()
            holder.change { it.copy(arrivals = arrivals, notice = null) }
        }
        holder.scope.launch {
            setting.syncer.state.collect { syncer ->
                val ended = !syncer.running && syncer.ended != holder.model.syncer.ended
                holder.change { it.copy(syncer = syncer, syncNotice = syncer.notice) }
                if (ended) holder.loadAgain()
            }
        }
    }

    /** Meets the relay now. */
    fun tryNow() {
        dismissNotice()
        setting.syncer.tryNow()
    }

    /** Ends the meeting; what had been exchanged by then stays. */
    fun cancel() {
        setting.syncer.cancel()
    }

    /** The person has seen this alarm. */
    fun alarmSeen(number: Long) {
        holder.launch({ error -> holder.change { it.copy(notice = noticeOf(error)) } }) {
            setting.phone.clearAlarm(number)
            holder.loadAgain()
        }
    }

    /** The message was read. */
    fun dismissNotice() {
        holder.change { it.copy(notice = null, syncNotice = null) }
    }

    override fun close() {
        holder.close()
    }

    private fun show(model: ArrivalsModel): ArrivalsState {
        val words = setting.words
        val notice = model.notice ?: model.syncNotice
        val sync = SyncView(
            running = model.syncer.running,
            text = if (model.syncer.running) words.syncRunning else model.syncer.last?.let(words::syncEnd),
        )
        val arrivals = model.arrivals
            ?: return ArrivalsState(loading = model.notice == null, sync = sync, notice = notice)
        return ArrivalsState(
            loading = false,
            status = statusLine(arrivals.status),
            saved = words.waitingCount(arrivals.status.waiting),
            delivered = words.deliveredCount(arrivals.delivered),
            upToDate = arrivals.status.upToDateS?.let { words.upToDate(setting.times.past(it)) }
                ?: words.neverUpToDate,
            waiting = arrivals.waiting.map(::row),
            more = arrivals.more.takeIf { it > 0 }?.let(words::more),
            alarms = arrivals.status.alarms.map { AlarmRow(it.number, it.text) },
            sync = sync,
            notice = notice,
        )
    }

    private fun row(line: SavedLine): WaitingRow {
        val words = setting.words
        val time = line.writtenS?.let(setting.times::past).orEmpty()
        return WaitingRow(
            doc = line.doc,
            opens = opens(line),
            title = line.title,
            what = line.what,
            time = time,
            reason = line.reasonText,
            next = line.nextText,
            needsPerson = line.next == WaitNext.PERSON,
            spoken = joined(words.comma, line.what, line.title, time, line.reasonText, line.nextText),
        )
    }

    private fun opens(line: SavedLine): Screen? = when (line.document) {
        DocumentKind.GRIEVANCE -> Screen.Grievance(line.doc)
        DocumentKind.HOUSEHOLD -> Screen.Household(line.doc)
        DocumentKind.MEETING -> Screen.Meeting(line.doc)
        DocumentKind.VISIT, DocumentKind.UNKNOWN -> null
    }
}
