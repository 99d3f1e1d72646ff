package app.doorstep.screens

import app.doorstep.ffi.DoorstepException
import kotlinx.coroutines.flow.StateFlow

private data class FormModel<F : Any>(
    val form: F? = null,
    val begun: Begun? = null,
    val values: Map<String, String> = emptyMap(),
    /** The form as it would be now, where something came since. */
    val newer: F? = null,
    val saving: Boolean = false,
    val gone: Boolean = false,
    val notice: Notice? = null,
    val done: Done? = null,
)

/**
 * A form that writes one act: an entry in a household or a meeting, a new meeting, what came of an item.
 *
 * An entry is written on what the person saw. Where something comes while the form is open it stays as it
 * is, and says so; [lookAgain] shows what is there now.
 */
class FormPresenter<F : Any> internal constructor(
    private val setting: Setting,
    private val sheet: Sheet<F>,
    saved: String?,
) : AutoCloseable {
    private val holder = Holder(setting, restored(saved)) { show(it) }

    /** For the view. */
    val state: StateFlow<FormState> = holder.state

    init {
        holder.loading(concerns = { sheet.doc in it.arrived }, failed = ::loadFailed) {
            val form = sheet.load()
            holder.change { if (form == null) it.copy(gone = true) else it.withForm(form) }
        }
    }

    /** Chooses or ticks; once more takes it back where it is not required. */
    fun choose(key: String, value: String) {
        edit { model, form ->
            val field = fields(form, model).firstOrNull { it.key == key }
            if (field == null) model.values else model.values.tapped(field, value)
        }
    }

    /** Words changed. */
    fun write(key: String, text: String) {
        val charsMax = if (key in LONG) WORDS_CHARS_MAX else LINE_CHARS_MAX
        edit { model, _ -> model.values + (key to cut(text, charsMax)) }
    }

    /** The person wants to see what is there now; what they entered stays where it is still offered. */
    fun lookAgain() {
        holder.change { model ->
            val newer = model.newer
            val begun = model.begun
            if (newer == null || begun == null || model.saving || model.done != null) return@change model
            // Still the same act: should it have been saved unseen, it is not there twice.
            val seen = begun.copy(view = sheet.view(newer))
            val next = model.copy(form = newer, begun = seen, newer = null, notice = null)
            val kept = fields(newer, next).mapNotNull { field ->
                model.values[field.key]?.let(field::stillOffered)?.let { field.key to it }
            }
            next.copy(values = kept.toMap() + sheet.seen(newer))
        }
    }

    /** Saves it. A second tap while it is saved does nothing. */
    fun saveForm() {
        val began = holder.changeIf {
            if (it.saving || it.done != null || missing(it) != null) null else it.copy(saving = true, notice = null)
        }
        if (!began) return
        val model = holder.model
        val form = model.form ?: return
        val begun = model.begun ?: return
        holder.launch(::saveFailed) {
            val done = sheet.write(form, begun, answers(model))
            holder.change { it.copy(saving = false, done = done) }
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
        val begun = model.begun ?: return ""
        val stands = mapOf(ACT to begun.act, VIEW to begun.view, OPENED to begun.openedS.toString())
        return Kept.write(stands + model.values.mapKeys { "$VALUE${it.key}" })
    }

    override fun close() {
        holder.close()
    }

    private fun restored(saved: String?): FormModel<F> {
        val kept = Kept.read(saved.orEmpty())
        doneOf(kept)?.let { return FormModel(done = it) }
        val act = kept[ACT]?.takeIf { it.isNotEmpty() } ?: return FormModel()
        val openedS = kept[OPENED]?.toLongOrNull() ?: return FormModel()
        val values = kept.filterKeys { it.startsWith(VALUE) }.mapKeys { it.key.removePrefix(VALUE) }
        return FormModel(begun = Begun(act, kept[VIEW].orEmpty(), openedS), values = values)
    }

    /** The first form is the one that is filled in; a later one, or one after a restart, may be newer. */
    private fun FormModel<F>.withForm(now: F): FormModel<F> {
        val stands = begun
        if (stands == null) {
            val fresh = Begun(sheet.act(now), sheet.view(now), setting.clock.nowS())
            return copy(form = now, begun = fresh, values = sheet.presets(now) + sheet.seen(now))
        }
        return copy(form = form ?: now, newer = now.takeIf { sheet.view(now) != stands.view }, gone = false)
    }

    private fun answers(model: FormModel<F>) = Answers(model.values, setting.words)

    private fun fields(form: F, model: FormModel<F>): List<Field> = sheet.fields(form, answers(model))

    private fun edit(change: (FormModel<F>, F) -> Map<String, String>) {
        holder.change { model ->
            val form = model.form
            if (form == null || model.saving || model.done != null) model else model.copy(values = change(model, form))
        }
    }

    private fun missing(model: FormModel<F>): String? {
        val form = model.form ?: return setting.words.loading
        return fields(form, model).firstOrNull { it.required && model.values[it.key].orNothing() == null }
            ?.let { setting.words.missingAnswer(it.label) }
    }

    private fun loadFailed(error: DoorstepException) {
        val lookAgain = error is DoorstepException.Rejected && error.code == CODE_LOOK_AGAIN
        holder.change { if (lookAgain && it.form == null) it.copy(gone = true) else it.copy(notice = noticeOf(error)) }
    }

    private fun saveFailed(error: DoorstepException) {
        holder.change { it.copy(saving = false, notice = savingNotice(error, setting.words)) }
        // What is refused now may be so because of what came: then the screen says that something did.
        if (error is DoorstepException.Rejected) holder.loadAgain()
    }

    private fun show(model: FormModel<F>): FormState {
        val form = model.form
        if (form == null) {
            val nothing = !model.gone && model.notice == null && model.done == null
            return FormState(nothing, sheet.title, gone = model.gone, notice = model.notice, done = model.done)
        }
        val missing = missing(model)
        return FormState(
            loading = false,
            title = sheet.title,
            about = sheet.about(form),
            fields = fields(form, model),
            canSave = missing == null && !model.saving && model.done == null && !model.gone,
            missing = missing,
            saveText = setting.words.save,
            saving = model.saving,
            newCame = setting.words.newCameForm.takeIf { model.newer != null && model.done == null },
            notice = model.notice,
            gone = model.gone,
            done = model.done,
        )
    }

    private companion object {
        const val ACT = "act"
        const val VIEW = "view"
        const val OPENED = "opened"
        const val VALUE = "v."
        val LONG = setOf(Ask.TEXT.name, Ask.OTHERS.name)
    }
}
