package app.doorstep.screens

import app.doorstep.ffi.ConsentLine
import app.doorstep.ffi.DocumentKind
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.HouseholdRecord
import app.doorstep.ffi.HouseholdStory
import app.doorstep.ffi.HouseholdStoryLine
import app.doorstep.ffi.PersonLine
import app.doorstep.ffi.PhoneLine
import kotlinx.coroutines.flow.StateFlow

/** Somebody of a household. */
data class PersonRow(
    /** Their name. */
    val name: String,
    /** What they are to the others, and how old about. */
    val detail: String,
    /** They live here no longer. */
    val left: Boolean,
    /** The row for a screen reader. */
    val spoken: String,
)

/** A telephone of a household. */
data class PhoneRow(
    /** Given back to open it. */
    val event: String,
    /** The end of the number, or all of it once it was opened. */
    val number: String,
    /** Whose. */
    val who: String,
    /** All of it is shown. */
    val open: Boolean,
    /** The row for a screen reader. */
    val spoken: String,
)

/** An entry that may be written. */
data class TaskButton(
    /** Which. */
    val task: HouseholdTask,
    /** As the button says it. */
    val text: String,
)

/** A household with everything that is known of it. */
data class HouseholdState(
    /** Nothing to show yet. */
    val loading: Boolean = true,
    /** It is not on this phone. */
    val gone: Boolean = false,
    /** Building and unit. */
    val title: String = "",
    /** When somebody was last met, and whether they wish to be visited. */
    val detail: String = "",
    /** Why it is to be visited first, and until when. */
    val priority: String? = null,
    /** That is to be looked at again. */
    val reviewDue: Boolean = false,
    /** Who lives there. */
    val persons: List<PersonRow> = emptyList(),
    /** Their telephones. */
    val phones: List<PhoneRow> = emptyList(),
    /** Consent, notice, needs. */
    val facts: List<Fact> = emptyList(),
    /** What a person should look at. */
    val flags: List<String> = emptyList(),
    /** Its grievances. */
    val grievances: List<GrievanceRow> = emptyList(),
    /** Visits to it, the newest first. */
    val visits: List<VisitRow> = emptyList(),
    /** What was written here, on visits and in grievances, the newest first. */
    val story: List<StoryRow> = emptyList(),
    /** How much more there is, as a sentence. */
    val more: String? = null,
    /** A visit may be recorded. */
    val mayVisit: Boolean = false,
    /** The entries that are made most. */
    val tasks: List<TaskButton> = emptyList(),
    /** The line that the other entries are folded behind; null where there is none. */
    val otherTasks: String? = null,
    /** The other entries; empty while they are folded away. */
    val unfolded: List<TaskButton> = emptyList(),
    /** A message above the screen. */
    val notice: Notice? = null,
)

private data class HomeModel(
    val record: HouseholdRecord? = null,
    val story: HouseholdStory? = null,
    val gone: Boolean = false,
    val unfolded: Boolean = false,
    /** Numbers that were opened, by their entries. They are nowhere else, and go with the screen. */
    val opened: Map<String, String> = emptyMap(),
    val notice: Notice? = null,
)

/** Shows a household: who lives there, what they wish, what was done for them. */
class HouseholdPresenter internal constructor(
    private val setting: Setting,
    private val doc: String,
) : AutoCloseable {
    private val holder = Holder(setting, HomeModel()) { show(it) }

    /** For the view. */
    val state: StateFlow<HouseholdState> = holder.state

    init {
        // Its visits and grievances are documents of their own, and new ones have ids that nobody knows yet.
        holder.loading(
            concerns = { it.roster || it.arrived.isNotEmpty() || it.saved.isNotEmpty() || it.answered.isNotEmpty() },
            failed = ::failed,
        ) {
            val record = setting.phone.household(doc)
            val story = if (record == null) null else setting.phone.householdStory(doc)
            holder.change { it.copy(record = record, story = story, gone = record == null, notice = null) }
        }
    }

    /** Reads it again: the screen came to the front. */
    fun refresh() {
        holder.loadAgain()
    }

    /** Shows all of a number, or hides it again. */
    fun openPhone(event: String) {
        if (holder.changeIf { if (event in it.opened) it.copy(opened = it.opened - event) else null }) return
        holder.launch(::failed) {
            val number = setting.phone.openPhone(doc, event)
            holder.change { it.copy(opened = it.opened + (event to number)) }
        }
    }

    /** Shows the other entries, or folds them away. */
    fun toggleTasks() {
        holder.change { it.copy(unfolded = !it.unfolded) }
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

    private fun show(model: HomeModel): HouseholdState {
        val record = model.record
        if (record == null) {
            val nothing = !model.gone && model.notice == null
            return HouseholdState(loading = nothing, gone = model.gone, notice = model.notice)
        }
        val words = setting.words
        val (usual, other) = HouseholdSheet.tasks(record).map { TaskButton(it, words.householdTask(it)) }
            .partition { it.task in USUAL }
        val priority = record.priority
        return HouseholdState(
            loading = false,
            title = householdTitle(record.line, words),
            detail = householdDetail(record.line, words, setting.times),
            priority = priority?.let {
                joined(words.comma, it.text, words.reviewBy(setting.times.day(it.reviewDay)))
            },
            reviewDue = priority?.reviewDue ?: false,
            persons = record.persons.map(::person),
            phones = record.phones.map { phone(it, model.opened[it.event]) },
            facts = facts(record),
            flags = record.flags.filterNot { it.settled }.map { it.text },
            grievances = record.grievances.map { grievanceRow(it, words, setting.times) },
            visits = record.visits.map { visitRow(it, words, setting.times) },
            story = model.story?.lines?.map(::story) ?: record.story.reversed().map { storyRow(it, setting) },
            more = model.story?.more?.takeIf { it > 0 }?.let(words::more),
            mayVisit = record.mayWrite,
            tasks = usual,
            otherTasks = words.otherTasks.takeIf { other.isNotEmpty() },
            unfolded = other.takeIf { model.unfolded }.orEmpty(),
            notice = model.notice,
        )
    }

    private fun person(line: PersonLine): PersonRow {
        val words = setting.words
        val left = words.personLeft.takeIf { line.left }
        return PersonRow(
            name = line.name,
            detail = joined(words.comma, line.relation, line.birthBand, left),
            left = line.left,
            spoken = joined(words.comma, line.name, line.relation, line.birthBand, left),
        )
    }

    private fun phone(line: PhoneLine, whole: String?): PhoneRow {
        val words = setting.words
        val said = if (whole == null) words.phoneOpen else words.phoneHide
        return PhoneRow(
            event = line.event,
            number = whole ?: line.number,
            who = line.personName.orEmpty(),
            open = whole != null,
            spoken = joined(words.comma, whole ?: line.number, line.personName, said),
        )
    }

    private fun facts(record: HouseholdRecord): List<Fact> {
        val words = setting.words
        val said = record.consent?.said?.map(::consent).orEmpty()
        val notices = record.notices.map {
            val time = setting.times.past(it.timeS)
            joined(words.comma, words.noticeVersion(it.version), it.language, it.channelText, time)
        }
        val facts = said.map { Fact(words.factConsent, it) } + notices.map { Fact(words.factNotice, it) } +
            record.fields.map { Fact(it.name, it.text) } +
            record.sameAs.map { Fact(words.factSameAs, it.title) } +
            record.continues.map { Fact(words.factContinues, it.title) }
        val ended = record.priorityEndedS?.let { Fact(words.factPriorityEnded, setting.times.past(it)) }
        return (facts + listOfNotNull(ended)).filter { it.text.isNotBlank() }
    }

    private fun consent(line: ConsentLine): String {
        val words = setting.words
        val until = line.untilDay?.let { words.until(setting.times.day(it)) }
        return joined(words.comma, line.text, line.byText, until, setting.times.past(line.timeS), line.author.name)
    }

    private fun story(line: HouseholdStoryLine): StoryRow {
        val elsewhere = line.doc != doc
        val opens = Screen.Grievance(line.doc).takeIf { line.document == DocumentKind.GRIEVANCE }
        return storyRow(line.line, setting, line.title.takeIf { elsewhere }, opens)
    }

    private companion object {
        val USUAL = setOf(
            HouseholdTask.NOTE,
            HouseholdTask.CONSENT,
            HouseholdTask.PRIORITY,
            HouseholdTask.END_PRIORITY,
            HouseholdTask.ADD_PERSON,
            HouseholdTask.SETTLE,
        )
    }
}
