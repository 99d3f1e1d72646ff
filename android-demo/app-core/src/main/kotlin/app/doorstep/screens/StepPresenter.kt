package app.doorstep.screens

import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.NewStep
import app.doorstep.ffi.StepKind
import kotlinx.coroutines.flow.StateFlow

private data class StepModel(
    /** What the person saw when they began, act and view; kept whatever comes, until they look again. */
    val form: StepQuestions? = null,
    val openedS: Long = 0,
    val values: Map<String, String> = emptyMap(),
    /** Something came since. */
    val newCame: Boolean = false,
    /** The form as it would be now; null = the step is not offered any more. */
    val newer: StepQuestions? = null,
    val saving: Boolean = false,
    val gone: Boolean = false,
    val notice: Notice? = null,
    val done: Done? = null,
)

/**
 * The form for one step on a grievance. It asks just what the step needs, and what is usually answered is
 * chosen already.
 *
 * A step is taken on what the person saw. Where something comes while the form is open it stays as it is,
 * and says so; [lookAgain] shows what is there now.
 */
class StepPresenter internal constructor(
    private val setting: Setting,
    private val doc: String,
    private val kind: StepKind,
    saved: String?,
) : AutoCloseable {
    private val holder = Holder(setting, restored(saved)) { show(it) }

    /** For the view. */
    val state: StateFlow<FormState> = holder.state

    init {
        holder.loading(concerns = { doc in it.arrived }, failed = ::loadFailed) {
            val form = StepQuestions.of(setting.phone.stepForm(doc, kind), setting.words)
            holder.change { it.withForm(form) }
        }
    }

    /** Chooses; once more takes the choice back where it is not required. */
    fun choose(key: String, value: String) {
        edit { model, fields ->
            val field = fields.fields(model.values).firstOrNull { it.key == key }
            if (field == null) model.values else model.values.tapped(field, value)
        }
    }

    /** Words changed. */
    fun write(key: String, text: String) {
        val charsMax = if (key in StepKeys.WORDS) WORDS_CHARS_MAX else LINE_CHARS_MAX
        edit { model, _ -> model.values + (key to cut(text, charsMax)) }
    }

    /** The person wants to see what is there now; what they entered stays where it is still offered. */
    fun lookAgain() {
        holder.change { model ->
            val form = model.form
            val newer = model.newer
            when {
                form == null || !model.newCame || model.saving || model.done != null -> model
                newer == null -> model.copy(gone = true, newCame = false)
                else -> model.copy(
                    // Still the same act: should it have been saved unseen, it is not there twice.
                    form = newer.copy(act = form.act),
                    values = fieldsOf(newer, model.openedS).stillOffered(model.values),
                    newCame = false,
                    newer = null,
                    notice = null,
                )
            }
        }
    }

    /** Saves the step. A second tap while it is saved does nothing. */
    fun saveForm() {
        val began = holder.changeIf {
            if (it.saving || it.done != null || missing(it) != null) null else it.copy(saving = true, notice = null)
        }
        if (!began) return
        val step = newStep(holder.model)
        if (step == null) {
            holder.change { it.copy(saving = false) }
            return
        }
        holder.launch(::saveFailed) {
            val written = setting.phone.takeStep(step)
            val count = written.also.size + 1
            val text = if (count > 1) setting.words.stepSavedIn(count) else setting.words.stepSaved
            holder.change { it.copy(saving = false, done = Done(text, written.doc, leftOut(written.leftOut))) }
        }
    }

    /** The message was read. */
    fun dismissNotice() {
        holder.change { it.copy(notice = null) }
    }

    /** The form, for the screen's saved state; once it was saved, what is still to be read of that. */
    fun save(): String {
        val model = holder.model
        model.done?.let { return it.kept() }
        val form = model.form ?: return ""
        val opened = mapOf(OPENED to model.openedS.toString())
        return Kept.write(form.toMap() + opened + model.values.mapKeys { "$VALUE${it.key}" })
    }

    override fun close() {
        holder.close()
    }

    private fun restored(saved: String?): StepModel {
        val kept = Kept.read(saved.orEmpty())
        doneOf(kept)?.let { return StepModel(done = it) }
        val form = StepQuestions.fromMap(kept, kind) ?: return StepModel()
        val openedS = kept[OPENED]?.toLongOrNull() ?: return StepModel()
        val values = kept.filterKeys { it.startsWith(VALUE) }.mapKeys { it.key.removePrefix(VALUE) }
        return StepModel(form = form, openedS = openedS, values = values)
    }

    /** The first form is the one that is filled in; a later one, or one after a restart, may be newer. */
    private fun StepModel.withForm(now: StepQuestions): StepModel {
        if (form == null) {
            val openedS = setting.clock.nowS()
            return copy(form = now, openedS = openedS, values = fieldsOf(now, openedS).presets())
        }
        val other = now.view != form.view
        return copy(newCame = other, newer = now.takeIf { other })
    }

    private fun fieldsOf(form: StepQuestions, openedS: Long) = StepFields(form, openedS, setting.words)

    private fun edit(change: (StepModel, StepFields) -> Map<String, String>) {
        holder.change { model ->
            val form = model.form
            if (form == null || model.saving || model.done != null) return@change model
            model.copy(values = change(model, fieldsOf(form, model.openedS)))
        }
    }

    private fun newStep(model: StepModel): NewStep? {
        val form = model.form ?: return null
        val step = fieldsOf(form, model.openedS).step(model.values) ?: return null
        val also = fieldsOf(form, model.openedS).also(model.values)
        return NewStep(act = form.act, view = form.view, step = step, happenedS = null, also = also)
    }

    private fun missing(model: StepModel): String? {
        val form = model.form ?: return setting.words.loading
        return fieldsOf(form, model.openedS).missing(model.values)
    }

    private fun loadFailed(error: DoorstepException) {
        val lookAgain = error is DoorstepException.Rejected && error.code == CODE_LOOK_AGAIN
        holder.change { model ->
            when {
                !lookAgain -> model.copy(notice = noticeOf(error))
                model.form == null -> model.copy(gone = true)
                // Not offered any more: what the person began stays, and they are told.
                else -> model.copy(newCame = true, newer = null)
            }
        }
    }

    private fun saveFailed(error: DoorstepException) {
        holder.change { it.copy(saving = false, notice = savingNotice(error, setting.words)) }
        // What is refused now may be so because of what came: then the screen says that something did.
        if (error is DoorstepException.Rejected) holder.loadAgain()
    }

    private fun show(model: StepModel): FormState {
        val form = model.form
        if (form == null) {
            val nothing = !model.gone && model.notice == null && model.done == null
            return FormState(loading = nothing, gone = model.gone, notice = model.notice, done = model.done)
        }
        val missing = missing(model)
        return FormState(
            loading = false,
            title = form.title,
            about = form.about,
            fields = fieldsOf(form, model.openedS).fields(model.values),
            canSave = missing == null && !model.saving && model.done == null && !model.gone,
            missing = missing,
            saveText = form.title,
            saving = model.saving,
            newCame = setting.words.newCameForm.takeIf { model.newCame && model.done == null },
            notice = model.notice,
            gone = model.gone,
            done = model.done,
        )
    }

    private companion object {
        const val OPENED = "opened"
        const val VALUE = "v."
    }
}
