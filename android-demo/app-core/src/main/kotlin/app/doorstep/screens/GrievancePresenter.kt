package app.doorstep.screens

import app.doorstep.ffi.Changes
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.GrievanceLine
import app.doorstep.ffi.GrievanceRecord
import app.doorstep.ffi.GroupRecord
import app.doorstep.ffi.NewTakeOver
import app.doorstep.ffi.SolvedLine
import app.doorstep.ffi.StepKind
import app.doorstep.ffi.StepOffer
import kotlinx.coroutines.flow.StateFlow

/** A step that may be taken now. */
data class StepButton(
    /** Which. */
    val kind: StepKind,
    /** As the button says it. */
    val text: String,
)

/** A step that may not be taken now. */
data class Refusal(
    /** As its button would say it. */
    val text: String,
    /** Why not, as a sentence. */
    val why: String,
)

/** Another grievance of the same trouble. */
data class GroupRow(
    /** The document. */
    val doc: String,
    /** What was found. */
    val title: String,
    /** Where, and how far it is. */
    val detail: String,
    /** It stands for the group: that in words. */
    val face: String?,
    /** The row for a screen reader. */
    val spoken: String,
)

/** A resolution of another of the group, which may be taken over. */
data class TakeOverRow(
    /** Given back when it is asked for. */
    val resolution: String,
    /** How it was solved, and by whom. */
    val text: String,
    /** When. */
    val time: String,
    /** It was asked for, and is to be confirmed: that as a question. */
    val question: String?,
)

/** One trouble in several grievances. */
data class GroupState(
    /** "One trouble in 3 grievances". */
    val text: String,
    /** Not all of them are on this phone: that as a sentence. */
    val provisional: String?,
    /** The others, the one that stands for them first. */
    val others: List<GroupRow>,
    /** This one stands for the group: that in words. */
    val face: String?,
    /** What may be taken over. */
    val takeOver: List<TakeOverRow>,
    /** It is being saved. */
    val saving: Boolean,
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
    /** The line that the refusals are folded behind; null where there is none. */
    val whyNot: String? = null,
    /** Why the other steps may not be taken; empty while they are folded away. */
    val refusals: List<Refusal> = emptyList(),
    /** The others of the same trouble; null where it stands alone. */
    val group: GroupState? = null,
    /** Whose trouble it is, where that household is on this phone. */
    val household: String? = null,
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
    val unfolded: Boolean = false,
    val asked: Asking? = null,
    val saving: Boolean = false,
)

/** A resolution that is about to be taken over: its act, and what the person saw when they asked for it. */
private data class Asking(val act: String, val view: String, val solved: SolvedLine)

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
            concerns = ::concerns,
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

    /** Shows why the other steps may not be taken, or folds that away. */
    fun toggleRefusals() {
        holder.change { it.copy(unfolded = !it.unfolded) }
    }

    /** The person wants to take this resolution over: they are asked once more. */
    fun askTakeOver(resolution: String) {
        val record = holder.model.record ?: return
        val solved = record.group?.takeOver?.firstOrNull { it.resolution == resolution } ?: return
        holder.launch(::failed) {
            val act = setting.phone.newAct()
            holder.change { if (it.saving) it else it.copy(asked = Asking(act, record.view, solved), notice = null) }
        }
    }

    /** Not after all. */
    fun cancelTakeOver() {
        holder.change { if (it.saving) it else it.copy(asked = null) }
    }

    /** Takes it over. A second tap while it is saved does nothing. */
    fun takeOver() {
        if (!holder.changeIf { if (it.saving || it.asked == null) null else it.copy(saving = true) }) return
        val asked = holder.model.asked ?: return
        val new = NewTakeOver(asked.act, asked.view, asked.solved.doc, asked.solved.resolution, null, null)
        holder.launch(::failed) {
            setting.phone.takeResolutionOver(new)
            holder.change { it.copy(saving = false, asked = null) }
            holder.loadAgain()
        }
    }

    private fun failed(error: DoorstepException) {
        holder.change { it.copy(saving = false, notice = savingNotice(error, setting.words)) }
    }

    /** What is written in this one, or in another of its group. */
    private fun concerns(changes: Changes): Boolean {
        val mine = holder.model.record?.group?.members.orEmpty().map { it.line.doc } + doc
        return changes.roster || mine.any { it in changes.arrived || it in changes.saved || it in changes.answered }
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
            story = record.story.map { storyRow(it, setting) },
            main = main?.let(::button),
            steps = record.steps.filter { it !== main }.map(::button),
            whyNot = setting.words.whyNot(record.notNow.size).takeIf { record.notNow.isNotEmpty() },
            refusals = record.notNow.map { Refusal(it.text, it.why) }.takeIf { model.unfolded }.orEmpty(),
            group = record.group?.let { group(it, model) },
            household = record.household?.doc,
            newCame = setting.words.newCame.takeIf { model.newCame },
            notice = model.notice,
        )
    }

    private fun group(group: GroupRecord, model: GrievanceModel): GroupState {
        val words = setting.words
        val others = group.members.filter { it.line.doc != doc }
        return GroupState(
            text = group.text,
            provisional = words.groupNotAll.takeIf { group.provisional },
            others = others.map { groupRow(it.line, it.line.doc == group.face) },
            face = words.groupFace.takeIf { group.face == doc },
            takeOver = group.takeOver.map { solved ->
                TakeOverRow(
                    resolution = solved.resolution,
                    text = solved.text,
                    time = setting.times.past(solved.timeS),
                    question = words.takeOverAsked.takeIf { model.asked?.solved?.resolution == solved.resolution },
                )
            },
            saving = model.saving,
        )
    }

    private fun groupRow(line: GrievanceLine, isFace: Boolean): GroupRow {
        val words = setting.words
        val face = words.groupFace.takeIf { isFace }
        return GroupRow(
            doc = line.doc,
            title = line.what,
            detail = joined(words.dot, line.placeName, line.stageText),
            face = face,
            spoken = joined(words.comma, line.what, line.placeName, line.stageText, face),
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

    private fun button(offer: StepOffer): StepButton = StepButton(offer.kind, offer.text)
}
