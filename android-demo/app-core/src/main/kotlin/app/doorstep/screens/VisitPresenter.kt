package app.doorstep.screens

import app.doorstep.ffi.CodeLine
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.Grade
import app.doorstep.ffi.VisitForm
import app.doorstep.ffi.VisitOutcome
import app.doorstep.screens.words.Words
import kotlinx.coroutines.flow.StateFlow

/** A grievance found on the way, as the form shows it. */
data class FoundState(
    /** What, as it was typed. */
    val what: String,
    /** Kinds to choose from. */
    val kinds: List<Option>,
    /** How urgent; none chosen = as urgent as its kind usually is. */
    val grades: List<Option>,
    /** Who asked: this household, or somebody who wished not to be named. */
    val reporters: List<Option>,
)

/** The form for a visit. */
data class VisitState(
    /** Nothing to show yet. */
    val loading: Boolean = true,
    /** The household is not on this phone any more. */
    val gone: Boolean = false,
    /** Building and unit. */
    val title: String = "",
    /** When somebody was last met, and whether they wish to be visited. */
    val detail: String = "",
    /** What came of it: four large choices. */
    val outcomes: List<Option> = emptyList(),
    /** What for; one is chosen already. */
    val purposes: List<Option> = emptyList(),
    /** The number of persons is asked: somebody was met. */
    val personsShown: Boolean = false,
    /** Persons met. */
    val persons: Int = 1,
    /** Grievances found on the way. */
    val found: List<FoundState> = emptyList(),
    /** One more may be added. */
    val canAddGrievance: Boolean = false,
    /** A private note, as it was typed. */
    val note: String = "",
    /** When to come again; none chosen = not agreed. */
    val comeAgain: List<Option> = emptyList(),
    /** Whether the household had asked for it; none chosen = not said. */
    val askedFor: List<Option> = emptyList(),
    /** Members who may have come along; any may be ticked. */
    val companions: List<Option> = emptyList(),
    /** The save button works. */
    val canSave: Boolean = false,
    /** What is still needed, as a sentence. */
    val missing: String? = null,
    /** It is being saved. */
    val saving: Boolean = false,
    /** A message above the form. */
    val notice: Notice? = null,
    /** It was saved: say so and leave. */
    val done: Done? = null,
)

private data class VisitModel(
    val form: VisitForm? = null,
    val draft: VisitDraft? = null,
    val gone: Boolean = false,
    val saving: Boolean = false,
    val notice: Notice? = null,
    val done: Done? = null,
)

/**
 * Records a visit: with one hand, in under half a minute. A visit with a grievance takes six taps from the
 * row in Today to the saved message: row, outcome, add a grievance, its kind, how urgent, save.
 *
 * The form is [save]d into the screen's saved state as a whole; see [Kept] for why it is nowhere else.
 */
class VisitPresenter internal constructor(
    private val setting: Setting,
    private val household: String,
    saved: String?,
) : AutoCloseable {
    private val kept = saved?.let { VisitDraft.fromMap(Kept.read(it), household) }
    private val holder = Holder(setting, VisitModel(draft = kept)) { show(it) }

    /** For the view. */
    val state: StateFlow<VisitState> = holder.state

    init {
        // Loaded once: what comes meanwhile changes nothing that the form says.
        holder.loading(concerns = { false }, failed = ::loadFailed) {
            val form = setting.phone.visitForm(household)
            holder.change { it.copy(form = form, draft = it.draft ?: fresh(form)) }
        }
    }

    /** What came of it. */
    fun outcome(value: String) {
        edit { it.copy(outcome = VisitOutcome.entries.named(value) ?: it.outcome) }
    }

    /** What for. */
    fun purpose(value: String) {
        edit { it.copy(purpose = value.toIntOrNull() ?: it.purpose) }
    }

    /** One person more was met. */
    fun morePersons() {
        edit { it.copy(persons = (it.persons + 1).coerceAtMost(PERSONS_MET_MAX)) }
    }

    /** One person fewer. */
    fun fewerPersons() {
        edit { it.copy(persons = (it.persons - 1).coerceAtLeast(1)) }
    }

    /** A grievance was found; the view puts the cursor into what. */
    fun addGrievance() {
        edit { if (it.found.size < FOUND_MAX) it.copy(found = it.found + FoundDraft()) else it }
    }

    /** That one was none. */
    fun removeGrievance(index: Int) {
        edit { draft -> draft.copy(found = draft.found.filterIndexed { at, _ -> at != index }) }
    }

    /** What was found. */
    fun what(index: Int, text: String) {
        found(index) { it.copy(what = cut(text, WORDS_CHARS_MAX)) }
    }

    /** Its kind. */
    fun kind(index: Int, value: String) {
        found(index) { it.copy(kind = value.toIntOrNull() ?: it.kind) }
    }

    /** How urgent; once more takes it back. */
    fun grade(index: Int, value: String) {
        found(index) { one -> one.copy(grade = Grade.entries.named(value).takeIf { it != one.grade }) }
    }

    /** Who asked. */
    fun reporter(index: Int, value: String) {
        found(index) { it.copy(anonymous = value == ANONYMOUS) }
    }

    /** A private note. */
    fun note(text: String) {
        edit { it.copy(note = cut(text, WORDS_CHARS_MAX)) }
    }

    /** When to come again; once more takes it back. */
    fun comeAgain(value: String) {
        edit { draft -> draft.copy(againDays = value.toIntOrNull().takeIf { it != draft.againDays }) }
    }

    /** Whether the household had asked for it; once more takes it back. */
    fun askedFor(value: String) {
        edit { draft -> draft.copy(askedFor = (value == YES).takeIf { it != draft.askedFor }) }
    }

    /** Somebody came along; once more takes it back. */
    fun companion(value: String) {
        edit {
            val others = if (value in it.companions) it.companions - value else it.companions + value
            it.copy(companions = others)
        }
    }

    /** Saves the visit. A second tap while it is saved does nothing. */
    fun saveVisit() {
        val began = holder.changeIf {
            if (it.saving || it.done != null || missing(it) != null) null else it.copy(saving = true, notice = null)
        }
        if (!began) return
        val visit = holder.model.draft?.toVisit() ?: return
        holder.launch(::saveFailed) {
            val written = setting.phone.recordVisit(visit)
            val text = setting.words.visitSaved(visit.found.size)
            holder.change { it.copy(saving = false, done = Done(text, written.doc)) }
        }
    }

    /** The message was read. */
    fun dismissNotice() {
        holder.change { it.copy(notice = null) }
    }

    /** The form, for the screen's saved state; empty once it was saved. */
    fun save(): String {
        val model = holder.model
        return if (model.done != null) "" else model.draft?.let { Kept.write(it.toMap()) }.orEmpty()
    }

    override fun close() {
        holder.close()
    }

    private fun fresh(form: VisitForm): VisitDraft = VisitDraft(
        act = form.act,
        household = household,
        openedDay = setting.times.today(),
        purpose = form.purposes.firstOrNull()?.code,
    )

    /** What was typed is not lost while it is being saved: then nothing is changed any more. */
    private fun edit(change: (VisitDraft) -> VisitDraft) {
        holder.change { model ->
            val draft = model.draft
            if (draft == null || model.saving || model.done != null) model else model.copy(draft = change(draft))
        }
    }

    private fun found(index: Int, change: (FoundDraft) -> FoundDraft) {
        edit { it.copy(found = it.found.mapIndexed { at, one -> if (at == index) change(one) else one }) }
    }

    private fun loadFailed(error: DoorstepException) {
        val gone = error is DoorstepException.Rejected && error.code == CODE_LOOK_AGAIN
        holder.change { it.copy(gone = gone, notice = if (gone) null else noticeOf(error)) }
    }

    private fun saveFailed(error: DoorstepException) {
        holder.change { it.copy(saving = false, notice = savingNotice(error, setting.words)) }
    }

    private fun missing(model: VisitModel): String? {
        val words = setting.words
        val draft = model.draft ?: return words.loading
        val found = draft.found.filterNot { it.isBlank }
        return when {
            model.form == null -> words.loading
            draft.outcome == null -> words.missingOutcome
            draft.purpose == null -> words.missingPurpose
            found.any { it.what.isBlank() } -> words.missingWhat
            found.any { it.kind == null } -> words.missingKind
            else -> null
        }
    }

    private fun show(model: VisitModel): VisitState {
        val form = model.form
        val draft = model.draft
        if (form == null || draft == null) {
            val nothing = !model.gone && model.notice == null
            return VisitState(loading = nothing, gone = model.gone, notice = model.notice)
        }
        val words = setting.words
        val missing = missing(model)
        return VisitState(
            loading = false,
            gone = false,
            title = householdTitle(form.household, words),
            detail = householdDetail(form.household, words, setting.times),
            outcomes = VisitOutcome.entries.map { Option(it.name, words.outcome(it), it == draft.outcome) },
            purposes = options(form.purposes, draft.purpose),
            personsShown = draft.outcome == VisitOutcome.MET,
            persons = draft.persons,
            found = draft.found.map { foundState(it, form) },
            canAddGrievance = draft.found.size < FOUND_MAX,
            note = draft.note,
            comeAgain = AGAIN_DAYS.map { Option(it.toString(), words.comeAgainIn(it), it == draft.againDays) },
            askedFor = listOf(
                Option(YES, words.visitAskedFor, draft.askedFor == true),
                Option(NO, words.visitNotAskedFor, draft.askedFor == false),
            ),
            companions = form.people.map { Option(it.member, it.name, it.member in draft.companions) },
            canSave = missing == null && !model.saving && model.done == null,
            missing = missing,
            saving = model.saving,
            notice = model.notice,
            done = model.done,
        )
    }

    private fun foundState(one: FoundDraft, form: VisitForm): FoundState {
        val words = setting.words
        return FoundState(
            what = one.what,
            kinds = options(form.kinds, one.kind),
            grades = Grade.entries.map { Option(it.name, words.grade(it), it == one.grade) },
            reporters = listOf(
                Option(HOUSEHOLD, words.reporterHousehold, !one.anonymous),
                Option(ANONYMOUS, words.reporterAnonymous, one.anonymous),
            ),
        )
    }

    private companion object {
        const val HOUSEHOLD = "household"
        const val ANONYMOUS = "anonymous"
        const val YES = "yes"
        const val NO = "no"
        val AGAIN_DAYS = listOf(1, 3, 7, 14, 30)
    }
}

/** The items of a code list as choices. */
internal fun options(codes: List<CodeLine>, chosen: Int?): List<Option> =
    codes.map { Option(it.code.toString(), it.text, it.code == chosen) }

/** Why it was not saved; what was typed stays in the form. */
internal fun savingNotice(error: DoorstepException, words: Words): Notice {
    val notice = noticeOf(error)
    return if (notice.code == CODE_ACT_REUSED) notice.copy(text = words.savedBefore) else notice
}
