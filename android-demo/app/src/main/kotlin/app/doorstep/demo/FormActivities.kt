package app.doorstep.demo

import android.os.Bundle
import android.widget.Button
import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Look
import app.doorstep.demo.kit.Shade
import app.doorstep.demo.kit.Weight
import app.doorstep.demo.kit.banner
import app.doorstep.demo.kit.below
import app.doorstep.demo.kit.button
import app.doorstep.demo.kit.card
import app.doorstep.demo.kit.leadWith
import app.doorstep.demo.kit.offer
import app.doorstep.demo.kit.words
import app.doorstep.screens.AppCore
import app.doorstep.screens.Done
import app.doorstep.screens.FormPresenter
import app.doorstep.screens.FormState
import app.doorstep.screens.HouseholdFormPresenter
import app.doorstep.screens.Screen
import app.doorstep.screens.StepPresenter
import kotlinx.coroutines.flow.StateFlow

/** What a form does, whatever it is about. */
internal class FormHands(
    val choose: (String, String) -> Unit,
    val write: (String, String) -> Unit,
    val save: () -> Unit,
    val lookAgain: () -> Unit,
    val dismiss: () -> Unit,
)

/** A form that is a list of fields. */
abstract class FormActivity<P : AutoCloseable> : ScreenActivity<P, FormState>() {
    internal abstract fun hands(presenter: P): FormHands

    /** What the form is about, before its name. */
    protected open val icon: Int get() = R.drawable.ic_household

    override fun show(presenter: P, state: FormState) {
        state.done?.let { return if (it.leftOut.isEmpty()) leave(it) else tell(it) }
        val hands = hands(presenter)
        if (state.title.isNotEmpty()) page.title(state.title)
        if (state.gone) return showGone()
        if (state.loading && state.notice == null) return showLoading()
        page.show(
            Items().apply {
                notice(this@FormActivity, words, state.notice, hands.dismiss)
                newCame(state.newCame, words.lookAgain, hands.lookAgain)
                if (state.about.isNotEmpty()) about(state.about)
                state.fields.forEach { field ->
                    field(field, words, { hands.choose(field.key, it) }, { hands.write(field.key, it) })
                }
            },
        )
        page.offer(Items().apply { save(state.saveText, state.canSave, state.saving, state.missing, hands.save) })
    }

    /** It was saved, and something is left to do by hand: that is to be read before one leaves. */
    private fun tell(done: Done) {
        page.show(
            Items().apply {
                add("saved", done.text) { it.banner(done.text, R.drawable.ic_check, Shade.GOOD) }
                heading("left-out", words.leftOut)
                done.leftOut.forEachIndexed { at, one ->
                    add("left-out-$at", one) { context ->
                        context.card { below(context.titled(one.title, one.why, R.drawable.ic_alert, Shade.WARN)) }
                    }
                }
            },
        )
        page.offer(
            Items().apply { add("go-on") { it.button(words.goOn, Weight.MAIN, R.drawable.ic_check) { finish() } } },
        )
    }

    private fun Items.about(text: String) = add("about", text) { context ->
        context.words(text, Look.ROW).apply { leadWith(this@FormActivity.icon, R.color.primary) }
    }
}

/** The foot of a form: what is still needed, and the button. */
internal fun Items.save(text: String, can: Boolean, saving: Boolean, missing: String?, save: () -> Unit) {
    if (missing != null) {
        add("missing", missing) { context ->
            context.words(missing, Look.QUIET).apply {
                leadWith(R.drawable.ic_info, R.color.quiet)
                accessibilityLiveRegion = android.view.View.ACCESSIBILITY_LIVE_REGION_POLITE
            }
        }
    }
    val ready = can && !saving
    add("save", text to ready, Grid.ONE, change = { (it as Button).ready(text, ready) }) { context ->
        context.button(text, Weight.MAIN, R.drawable.ic_check) { save() }.apply { ready(text, ready) }
    }
}

private fun Button.ready(text: String, can: Boolean) {
    this.text = text
    offer(can, Weight.MAIN, R.drawable.ic_check)
}

/** Adds a household. */
class HouseholdFormActivity : FormActivity<HouseholdFormPresenter>() {
    override val screen: Screen = Screen.NewHousehold

    override fun present(core: AppCore, saved: String?): HouseholdFormPresenter = core.newHousehold(saved)

    override fun stateOf(presenter: HouseholdFormPresenter): StateFlow<FormState> = presenter.state

    override fun saveOf(presenter: HouseholdFormPresenter): String = presenter.save()

    override fun hands(presenter: HouseholdFormPresenter): FormHands = FormHands(
        presenter::choose,
        presenter::write,
        presenter::saveForm,
        lookAgain = {},
        presenter::dismissNotice,
    )
}

/** One step on a grievance. */
class StepActivity : FormActivity<StepPresenter>() {
    override val screen: Screen get() = Screen.Step(Routes.doc(intent), Routes.kind(intent))
    override val icon: Int get() = R.drawable.ic_grievance

    override fun present(core: AppCore, saved: String?): StepPresenter =
        core.step(Routes.doc(intent), Routes.kind(intent), saved)

    override fun stateOf(presenter: StepPresenter): StateFlow<FormState> = presenter.state

    override fun saveOf(presenter: StepPresenter): String = presenter.save()

    override fun hands(presenter: StepPresenter): FormHands = FormHands(
        presenter::choose,
        presenter::write,
        presenter::saveForm,
        presenter::lookAgain,
        presenter::dismissNotice,
    )
}

/** A form that [FormPresenter] fills: an entry in a household or a meeting, a new meeting, what came of an item. */
class EntryActivity : FormActivity<FormPresenter<*>>() {
    override val screen: Screen get() = Routes.form(intent) ?: Screen.Today
    override val icon: Int
        get() = when (screen) {
            is Screen.HouseholdEntry -> R.drawable.ic_household
            else -> R.drawable.ic_council
        }

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        if (Routes.form(intent) == null) finish()
    }

    override fun present(core: AppCore, saved: String?): FormPresenter<*> =
        core.form(Routes.form(intent) ?: Screen.NewMeeting, saved)

    override fun stateOf(presenter: FormPresenter<*>): StateFlow<FormState> = presenter.state

    override fun saveOf(presenter: FormPresenter<*>): String = presenter.save()

    override fun hands(presenter: FormPresenter<*>): FormHands = FormHands(
        presenter::choose,
        presenter::write,
        presenter::saveForm,
        presenter::lookAgain,
        presenter::dismissNotice,
    )
}
