package app.doorstep.screens

import app.doorstep.ffi.AttendanceLine
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.ItemLine
import app.doorstep.ffi.MeetingLine
import app.doorstep.ffi.MeetingRecord
import kotlinx.coroutines.flow.StateFlow

/** The meetings of the council. */
data class MeetingsState(
    /** Nothing to show yet. */
    val loading: Boolean = true,
    /** The newest first. */
    val rows: List<MeetingRow> = emptyList(),
    /** A meeting may be written down. */
    val canHold: Boolean = false,
    /** What to say where there is none. */
    val empty: String? = null,
    /** A message above the screen. */
    val notice: Notice? = null,
)

private data class MeetingsModel(
    val lines: List<MeetingLine>? = null,
    val canHold: Boolean = false,
    val notice: Notice? = null,
)

/** Lists the meetings. */
class MeetingsPresenter internal constructor(private val setting: Setting) : AutoCloseable {
    private val holder = Holder(setting, MeetingsModel()) { show(it) }

    /** For the view. */
    val state: StateFlow<MeetingsState> = holder.state

    init {
        holder.loading(
            concerns = { it.roster || it.saved.isNotEmpty() || it.arrived.isNotEmpty() || it.answered.isNotEmpty() },
            failed = { error -> holder.change { it.copy(notice = noticeOf(error)) } },
        ) {
            val lines = setting.phone.meetings()
            val canHold = setting.phone.meetingForm().blocks.isNotEmpty()
            holder.change { it.copy(lines = lines, canHold = canHold, notice = null) }
        }
    }

    /** Reads it again: the screen came to the front. */
    fun refresh() {
        holder.loadAgain()
    }

    /** The message was read. */
    fun dismissNotice() {
        holder.change { it.copy(notice = null) }
    }

    override fun close() {
        holder.close()
    }

    private fun show(model: MeetingsModel): MeetingsState {
        val lines = model.lines ?: return MeetingsState(loading = model.notice == null, notice = model.notice)
        return MeetingsState(
            loading = false,
            rows = lines.map { meetingRow(it, setting.words, setting.times) },
            canHold = model.canHold,
            empty = setting.words.meetingsNone.takeIf { lines.isEmpty() },
            notice = model.notice,
        )
    }
}

/** Something on the table of a meeting. */
data class ItemRow(
    /** Its id in the meeting. */
    val item: String,
    /** What it was about. */
    val title: String,
    /** What came of it, or that nothing is written down yet. */
    val outcome: String,
    /** Something came of it. */
    val settled: Boolean,
    /** The grievances that it names. */
    val grievances: List<GroupRow>,
    /** The row for a screen reader. */
    val spoken: String,
)

/** A meeting entry that may be written. */
data class MeetingButton(
    /** Which. */
    val task: MeetingTask,
    /** As the button says it. */
    val text: String,
)

/** One meeting. */
data class MeetingState(
    /** Nothing to show yet. */
    val loading: Boolean = true,
    /** It is not on this phone. */
    val gone: Boolean = false,
    /** Block and day. */
    val title: String = "",
    /** Where, and how many were there. */
    val detail: String = "",
    /** What was on the table. */
    val items: List<ItemRow> = emptyList(),
    /** Who was there, and who was not. */
    val people: List<PersonRow> = emptyList(),
    /** What a person should look at. */
    val flags: List<String> = emptyList(),
    /** Everything that was written, in order. */
    val story: List<StoryRow> = emptyList(),
    /** What may be written. */
    val tasks: List<MeetingButton> = emptyList(),
    /** What came of an item may be written. */
    val maySettle: Boolean = false,
    /** A message above the screen. */
    val notice: Notice? = null,
)

private data class MeetingModel(
    val record: MeetingRecord? = null,
    val gone: Boolean = false,
    val notice: Notice? = null,
)

/** Shows a meeting: what was on its table, and who sat around it. */
class MeetingPresenter internal constructor(
    private val setting: Setting,
    private val doc: String,
) : AutoCloseable {
    private val holder = Holder(setting, MeetingModel()) { show(it) }

    /** For the view. */
    val state: StateFlow<MeetingState> = holder.state

    init {
        // The grievances that it names are documents of their own, and how far they are is shown here.
        holder.loading(
            concerns = { it.roster || it.saved.isNotEmpty() || it.arrived.isNotEmpty() || it.answered.isNotEmpty() },
            failed = ::failed,
        ) {
            val record = setting.phone.meeting(doc)
            holder.change { it.copy(record = record, gone = record == null, notice = null) }
        }
    }

    /** Reads it again: the screen came to the front. */
    fun refresh() {
        holder.loadAgain()
    }

    /** The message was read. */
    fun dismissNotice() {
        holder.change { it.copy(notice = null) }
    }

    override fun close() {
        holder.close()
    }

    private fun failed(error: DoorstepException) {
        holder.change { it.copy(notice = noticeOf(error)) }
    }

    private fun show(model: MeetingModel): MeetingState {
        val record = model.record
        if (record == null) {
            val nothing = !model.gone && model.notice == null
            return MeetingState(loading = nothing, gone = model.gone, notice = model.notice)
        }
        val words = setting.words
        return MeetingState(
            loading = false,
            title = meetingTitle(record.line, words, setting.times),
            detail = joined(words.dot, record.line.venue, words.presentCount(record.line.present)),
            items = record.items.map(::item),
            people = record.attendance.map(::person),
            flags = record.flags.filterNot { it.settled }.map { it.text },
            story = record.story.map { storyRow(it, setting) },
            tasks = MeetingSheet.tasks(record).map { MeetingButton(it, words.meetingTask(it)) },
            maySettle = record.mayWrite,
            notice = model.notice,
        )
    }

    private fun item(line: ItemLine): ItemRow {
        val words = setting.words
        val outcome = line.outcomeText.ifEmpty { words.itemOpen }
        return ItemRow(
            item = line.item,
            title = line.title,
            outcome = outcome,
            settled = line.outcome != null,
            grievances = line.grievances.map { at ->
                val here = at.line
                val title = here?.what ?: words.notOnThisPhone
                val detail = here?.let { joined(words.dot, it.placeName, it.stageText) }.orEmpty()
                GroupRow(at.doc, title, detail, null, joined(words.comma, title, detail))
            },
            spoken = joined(words.comma, line.title, outcome),
        )
    }

    private fun person(line: AttendanceLine): PersonRow {
        val words = setting.words
        val there = if (line.present) words.attends else words.attendsNot
        val detail = joined(words.comma, line.seatText, there)
        return PersonRow(line.name, detail, !line.present, joined(words.comma, line.name, detail))
    }
}
