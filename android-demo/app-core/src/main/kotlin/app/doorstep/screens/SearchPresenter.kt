package app.doorstep.screens

import app.doorstep.ffi.Found
import app.doorstep.ffi.FoundLine
import kotlinx.coroutines.flow.StateFlow

/** What kind of thing was found. */
enum class FoundKind { HOUSEHOLD, GRIEVANCE, VISIT, MEETING }

/** Something that was found. */
data class FoundRow(
    /** What kind of thing. */
    val kind: FoundKind,
    /** The document. */
    val doc: String,
    /** Where a tap leads; null = nowhere. */
    val opens: Screen?,
    /** What it is. */
    val title: String,
    /** Where, and how it stands. */
    val detail: String,
    /** The row for a screen reader. */
    val spoken: String,
)

/** What was found of one kind. */
data class FoundGroup(
    /** What kind, in words. */
    val title: String,
    /** The rows, in the engine's order. */
    val rows: List<FoundRow>,
)

/** One field over everything. */
data class SearchState(
    /** What was typed. */
    val text: String = "",
    /** What was found, by kind. */
    val groups: List<FoundGroup> = emptyList(),
    /** There is more than is shown: that as a sentence. */
    val more: String? = null,
    /** What to say where nothing is shown. */
    val empty: String? = null,
    /** A message above the screen. */
    val notice: Notice? = null,
)

private data class SearchModel(
    val text: String = "",
    /** Of [askedFor]. */
    val found: Found? = null,
    val askedFor: String = "",
    val notice: Notice? = null,
)

/** Finds households, grievances, visits and meetings by any part of their words. */
class SearchPresenter internal constructor(private val setting: Setting, saved: String?) : AutoCloseable {
    private val holder = Holder(setting, SearchModel(text = saved.orEmpty())) { show(it) }

    /** For the view. */
    val state: StateFlow<SearchState> = holder.state

    init {
        holder.loading(
            concerns = { it.saved.isNotEmpty() || it.arrived.isNotEmpty() },
            failed = { error -> holder.change { it.copy(notice = noticeOf(error)) } },
        ) {
            val text = holder.model.text.trim()
            val found = if (text.isEmpty()) null else setting.phone.search(text)
            holder.change { it.copy(found = found, askedFor = text, notice = null) }
        }
    }

    /** Words changed. What is shown follows, however fast they are typed. */
    fun write(text: String) {
        holder.change { it.copy(text = cut(text, LINE_CHARS_MAX)) }
        holder.loadAgain()
    }

    /** The message was read. */
    fun dismissNotice() {
        holder.change { it.copy(notice = null) }
    }

    /** What was typed, for the screen's saved state. */
    fun save(): String = holder.model.text

    override fun close() {
        holder.close()
    }

    private fun show(model: SearchModel): SearchState {
        val words = setting.words
        val found = model.found
        val rows = found?.lines?.map(::row).orEmpty()
        val groups = FoundKind.entries.mapNotNull { kind ->
            rows.filter { it.kind == kind }.takeIf { it.isNotEmpty() }?.let { FoundGroup(words.foundKind(kind), it) }
        }
        val empty = when {
            model.text.isBlank() -> words.searchHint
            found != null && rows.isEmpty() && model.askedFor == model.text.trim() -> words.searchNothing
            else -> null
        }
        return SearchState(
            text = model.text,
            groups = groups,
            more = words.searchMore.takeIf { found?.more == true },
            empty = empty,
            notice = model.notice,
        )
    }

    private fun row(found: FoundLine): FoundRow {
        val words = setting.words
        return when (found) {
            is FoundLine.Household -> householdRow(found.line, words, setting.times).let {
                FoundRow(FoundKind.HOUSEHOLD, it.doc, Screen.Household(it.doc), it.title, it.detail, it.spoken)
            }
            is FoundLine.Grievance -> grievanceRow(found.line, words, setting.times).let {
                val detail = joined(words.dot, it.detail, it.due)
                FoundRow(FoundKind.GRIEVANCE, it.doc, Screen.Grievance(it.doc), it.title, detail, it.spoken)
            }
            is FoundLine.Visit -> {
                val row = visitRow(found.line, words, setting.times)
                val title = joined(words.dot, found.line.placeName, found.line.unit)
                val detail = joined(words.dot, row.title, row.detail)
                val opens = found.line.household?.let(Screen::Household)
                FoundRow(FoundKind.VISIT, row.doc, opens, title, detail, joined(words.comma, title, detail))
            }
            is FoundLine.Meeting -> meetingRow(found.line, words, setting.times).let {
                FoundRow(FoundKind.MEETING, it.doc, Screen.Meeting(it.doc), it.title, it.detail, it.spoken)
            }
        }
    }
}
