package app.doorstep.screens

import app.doorstep.ffi.Consent
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.HouseholdForm
import app.doorstep.ffi.NewHousehold
import kotlinx.coroutines.flow.StateFlow

private data class HouseholdModel(
    val form: HouseholdForm? = null,
    val act: String? = null,
    val values: Map<String, String> = emptyMap(),
    val saving: Boolean = false,
    val notice: Notice? = null,
    val done: Done? = null,
)

/** Enters a household: its building and unit, and what it said of itself. */
class HouseholdFormPresenter internal constructor(
    private val setting: Setting,
    saved: String?,
) : AutoCloseable {
    private val holder = Holder(setting, restored(saved)) { show(it) }

    /** For the view. */
    val state: StateFlow<FormState> = holder.state

    init {
        // Again with the roster: there may be other buildings.
        holder.loading(concerns = { it.roster }, failed = { failed(it) }) {
            val form = setting.phone.householdForm()
            val only = form.buildings.singleOrNull()?.place
            holder.change { model ->
                val preset = if (only == null || BUILDING in model.values) emptyMap() else mapOf(BUILDING to only)
                model.copy(form = form, act = model.act ?: form.act, values = preset + model.values)
            }
        }
    }

    /** Chooses; once more takes the choice back where it is not required. */
    fun choose(key: String, value: String) {
        val again = key == CONSENT && holder.model.values[key] == value
        edit { if (again) it - key else it + (key to value) }
    }

    /** Words changed. */
    fun write(key: String, text: String) {
        edit { it + (key to cut(text, LINE_CHARS_MAX)) }
    }

    /** Saves the household. A second tap while it is saved does nothing. */
    fun saveForm() {
        val began = holder.changeIf {
            if (it.saving || it.done != null || missing(it) != null) null else it.copy(saving = true, notice = null)
        }
        if (!began) return
        val new = newHousehold(holder.model) ?: return
        holder.launch(::failed) {
            val written = setting.phone.foundHousehold(new)
            holder.change { it.copy(saving = false, done = Done(setting.words.householdSaved, written.doc)) }
        }
    }

    /** The message was read. */
    fun dismissNotice() {
        holder.change { it.copy(notice = null) }
    }

    /** The form, for the screen's saved state; empty once it was saved. */
    fun save(): String {
        val model = holder.model
        val act = model.act ?: return ""
        return if (model.done != null) "" else Kept.write(model.values + (ACT to act))
    }

    override fun close() {
        holder.close()
    }

    private fun restored(saved: String?): HouseholdModel {
        val values = Kept.read(saved.orEmpty())
        val act = values[ACT]?.takeIf { it.isNotEmpty() } ?: return HouseholdModel()
        return HouseholdModel(act = act, values = values - ACT)
    }

    private fun edit(change: (Map<String, String>) -> Map<String, String>) {
        holder.change { if (it.saving || it.done != null) it else it.copy(values = change(it.values)) }
    }

    private fun failed(error: DoorstepException) {
        holder.change { it.copy(saving = false, notice = savingNotice(error, setting.words)) }
    }

    private fun newHousehold(model: HouseholdModel): NewHousehold? {
        val act = model.act ?: return null
        val place = model.values[BUILDING] ?: return null
        val unit = model.values[UNIT].orNothing() ?: return null
        return NewHousehold(
            act = act,
            place = place,
            unit = unit,
            person = model.values[NAME].orNothing(),
            phone = model.values[PHONE].orNothing(),
            consent = Consent.entries.named(model.values[CONSENT]),
        )
    }

    private fun missing(model: HouseholdModel): String? {
        val words = setting.words
        val form = model.form ?: return words.loading
        return when {
            form.buildings.none { it.place == model.values[BUILDING] } -> words.missingBuilding
            model.values[UNIT].isNullOrBlank() -> words.missingUnit
            else -> null
        }
    }

    private fun show(model: HouseholdModel): FormState {
        val words = setting.words
        val missing = missing(model)
        return FormState(
            loading = model.form == null && model.notice == null,
            title = words.screenTitle(Screen.NewHousehold),
            about = "",
            fields = model.form?.let { fields(it, model.values) }.orEmpty(),
            canSave = missing == null && !model.saving && model.done == null,
            missing = missing,
            saveText = words.save,
            saving = model.saving,
            notice = model.notice,
            done = model.done,
        )
    }

    private fun fields(form: HouseholdForm, values: Map<String, String>): List<Field> {
        val words = setting.words
        val buildings = form.buildings.map { Option(it.place, it.name, it.place == values[BUILDING]) }
        val consents = Consent.entries.map { Option(it.name, words.consent(it), it.name == values[CONSENT]) }
        fun write(key: String, label: String, required: Boolean, input: Input) =
            Field.Write(key, label, required, values[key].orEmpty(), input)
        return listOf(
            Field.Choose(BUILDING, words.householdBuilding, true, buildings),
            write(UNIT, words.householdUnit, true, Input.LINE),
            write(NAME, words.householdName, false, Input.LINE),
            write(PHONE, words.householdPhone, false, Input.PHONE),
            Field.Choose(CONSENT, words.householdConsent, false, consents),
        )
    }

    private companion object {
        const val ACT = "act"
        const val BUILDING = "building"
        const val UNIT = "unit"
        const val NAME = "name"
        const val PHONE = "phone"
        const val CONSENT = "consent"
    }
}
