package app.doorstep.screens

import app.doorstep.ffi.GrievanceRecord
import app.doorstep.ffi.StepKind
import app.doorstep.ffi.StepOffer
import app.doorstep.ffi.StoryLine
import kotlinx.coroutines.flow.StateFlow

/** One thing to know about a grievance. */
data class Fact(
    /** What it is. */
    val label: String,
    /** How it is. */
    val text: String,
)

/** Something that was written in a grievance. */
data class StoryRow(
    /** Its id. */
    val event: String,
    /** Its kind's word, for an icon: `accept`, `resolve`, ... */
    val icon: String,
    /** Who wrote it. */
    val who: String,
    /** When. */
    val time: String,
    /** What happened. */
    val sentence: String,
    /** The words that a person wrote with it. */
    val words: String?,
    /** It counts now; else [remark] says why it does not. */
    val counts: Boolean,
    /** Why it does not count, or what else is to be known. */
    val remark: String?,
    /** "Saved here", until the relay has it. */
    val mark: String?,
    /** The row for a screen reader. */
    val spoken: String,
)

/** A step that may be taken now. */
data class StepButton(
    /** Which. */
    val kind: StepKind,
    /** As the button says it. */
    val text: String,
)

/** The story of a grievance, and what may be done. */
data class GrievanceState(
    /** Nothing to show yet. */
    val loading: Boolean = true,
    /** It is not on this phone. */
    val gone: Boolean = false,
    /** What was found. */
    val title: String = "",
    /** Where. */
    val place: String = "",
    /** How far it is. */
    val stage: String = "",
    /** By when; empty where nothing says so. */
    val due: String = "",
    /** That is past. */
    val overdue: Boolean = false,
    /** What else is to be known. */
    val facts: List<Fact> = emptyList(),
    /** What a person should look at. */
    val flags: List<String> = emptyList(),
    /** Everything that was written, in order. */
    val story: List<StoryRow> = emptyList(),
    /** The step that usually comes next: one large button. */
    val main: StepButton? = null,
    /** The other steps. */
    val steps: List<StepButton> = emptyList(),
    /** Something came while it was shown: that as a sentence. */
    val newCame: String? = null,
    /** A message above the screen. */
    val notice: Notice? = null,
)

private data class GrievanceModel(
    val record: GrievanceRecord? = null,
    val gone: Boolean = false,
    val newCame: Boolean = false,
    val notice: Notice? = null,
)

/** Shows the story of a grievance in plain words, and only the steps that this member may take now. */
class GrievancePresenter internal constructor(
    private val setting: Setting,
    private val doc: String,
) : AutoCloseable {
    private val holder = Holder(setting, GrievanceModel()) { show(it) }

    /** For the view. */
    val state: StateFlow<GrievanceState> = holder.state

    init {
        holder.loading(
            concerns = { doc in it.arrived || doc in it.saved || doc in it.answered || it.roster },
            failed = { error -> holder.change { it.copy(notice = noticeOf(error)) } },
        ) {
            val record = setting.phone.grievance(doc)
            holder.change { it.withRecord(record) }
        }
    }

    /** Reads it again: the screen came to the front. */
    fun refresh() {
        holder.loadAgain()
    }

    /** The person saw that something came. */
    fun seenNew() {
        holder.change { it.copy(newCame = false) }
    }

    /** The message was read. */
    fun dismissNotice() {
        holder.change { it.copy(notice = null) }
    }

    override fun close() {
        holder.close()
    }

    /** What others wrote since the person last looked is new; their own is not. */
    private fun GrievanceModel.withRecord(next: GrievanceRecord?): GrievanceModel {
        val before = record
        val known = before?.story?.mapTo(HashSet()) { it.event }.orEmpty()
        val came = before != null && next != null && next.story.any { it.event !in known && !it.mine }
        return copy(record = next, gone = next == null, newCame = newCame || came, notice = null)
    }

    private fun show(model: GrievanceModel): GrievanceState {
        val record = model.record
        if (record == null) {
            val nothing = !model.gone && model.notice == null
            return GrievanceState(loading = nothing, gone = model.gone, notice = model.notice)
        }
        val main = record.steps.firstOrNull { it.main }
        return GrievanceState(
            loading = false,
            gone = false,
            title = record.line.what,
            place = joined(setting.words.dot, record.line.placeName, record.spot),
            stage = record.line.stageText,
            due = dueText(record.line, setting.times),
            overdue = record.line.overdue,
            facts = facts(record),
            flags = record.flags.filterNot { it.settled }.map { it.text },
            story = record.story.map(::row),
            main = main?.let(::button),
            steps = record.steps.filter { it !== main }.map(::button),
            newCame = setting.words.newCame.takeIf { model.newCame },
            notice = model.notice,
        )
    }

    private fun facts(record: GrievanceRecord): List<Fact> {
        val words = setting.words
        val helpers = record.helpers.joinToString(words.comma) { it.name }
        return listOf(
            Fact(words.factKind, record.line.kind),
            Fact(words.factGrade, words.grade(record.line.grade)),
            Fact(words.factOwner, record.line.owner?.name ?: words.factNobody),
            Fact(words.factHelpers, helpers),
            Fact(words.factReporter, record.reporter),
            Fact(words.factLevel, words.level(record.line.level)),
            Fact(words.factRound, record.line.round.takeIf { it > 1 }?.let(words::round).orEmpty()),
        ).filter { it.text.isNotBlank() }
    }

    private fun row(line: StoryLine): StoryRow {
        val words = setting.words
        val time = line.timeS?.let(setting.times::past).orEmpty()
        val about = if (line.about && time.isNotEmpty()) words.about(time) else time
        val who = if (line.mine) words.me else line.author.name
        val mark = words.savedHere.takeUnless { line.arrived }
        return StoryRow(
            event = line.event,
            icon = line.kind,
            who = who,
            time = about,
            sentence = line.sentence,
            words = line.words,
            counts = line.inForce,
            remark = line.remark,
            mark = mark,
            spoken = joined(words.comma, who, about, line.sentence, line.words, line.remark, mark),
        )
    }

    private fun button(offer: StepOffer): StepButton = StepButton(offer.kind, offer.text)
}
