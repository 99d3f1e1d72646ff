package app.doorstep.demo

import android.content.ClipboardManager
import android.content.Intent
import android.os.Bundle
import android.view.Gravity
import android.view.View
import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Look
import app.doorstep.demo.kit.Weight
import app.doorstep.demo.kit.WriteField
import app.doorstep.demo.kit.Writing
import app.doorstep.demo.kit.below
import app.doorstep.demo.kit.button
import app.doorstep.demo.kit.card
import app.doorstep.demo.kit.drawing
import app.doorstep.demo.kit.offer
import app.doorstep.demo.kit.spinner
import app.doorstep.demo.kit.words
import app.doorstep.demo.kit.write
import app.doorstep.screens.AppCore
import app.doorstep.screens.EnrolPresenter
import app.doorstep.screens.EnrolStage
import app.doorstep.screens.EnrolState
import app.doorstep.screens.Screen
import kotlinx.coroutines.flow.StateFlow

/**
 * Makes this phone a member's. An invitation comes by its code through the phone's own camera, which opens this screen
 * with it, or is pasted; it is accepted by a person, never by itself.
 */
class EnrolActivity : ScreenActivity<EnrolPresenter, EnrolState>() {
    private var invited: String? = null

    override val screen: Screen = Screen.Enrol
    override val first: Boolean get() = true

    override fun present(core: AppCore, saved: String?): EnrolPresenter = core.enrol(saved)

    override fun stateOf(presenter: EnrolPresenter): StateFlow<EnrolState> = presenter.state

    override fun saveOf(presenter: EnrolPresenter): String = presenter.save()

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        if (state == null) invited = intent.invitation()
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        invited = intent.invitation()
        presenter?.let(::takeInvited)
    }

    override fun show(presenter: EnrolPresenter, state: EnrolState) {
        if (state.stage == EnrolStage.DONE) return done()
        takeInvited(presenter)
        page.title(state.title)
        page.show(
            Items().apply {
                notice(this@EnrolActivity, words, state.notice, presenter::dismissNotice)
                state.stage.drawing()?.let { of -> add("drawing", of) { it.drawing(of) } }
                add("text-${state.stage}", state.text, Grid.TWO) { it.words(state.text, Look.BODY) }
                when (state.stage) {
                    EnrolStage.INVITATION -> invitation(presenter, state)
                    EnrolStage.COMPARE -> digits(state)
                    EnrolStage.ASKING, EnrolStage.DONE -> Unit
                }
                if (state.working) add("working", gap = Grid.THREE) { it.spinner() }
            },
        )
        page.offer(Items().apply { next(presenter, state) })
    }

    private fun Items.invitation(presenter: EnrolPresenter, state: EnrolState) {
        val label = getString(R.string.invitation)
        write("invitation", label, state.invitation, Writing.CODE, words.enrolHint, typed = presenter::edit)
        add("paste", gap = Grid.ONE) { context ->
            context.button(getString(R.string.paste), Weight.SECOND, R.drawable.ic_visit) { paste() }
        }
    }

    private fun Items.digits(state: EnrolState) {
        val digits = state.digits ?: return
        add("digits", digits, Grid.THREE) { context ->
            context.card {
                val number = context.words(digits, Look.DIGITS)
                number.gravity = Gravity.CENTER
                number.contentDescription = state.digitsSpoken
                number.accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
                below(number)
            }
        }
    }

    private fun Items.next(presenter: EnrolPresenter, state: EnrolState) {
        if (state.stage != EnrolStage.INVITATION) other(presenter)
        when (state.stage) {
            EnrolStage.INVITATION -> accept(presenter, state)
            EnrolStage.ASKING, EnrolStage.COMPARE ->
                if (state.working) {
                    add("cancel") { it.button(words.cancel, Weight.SECOND) { presenter.cancel() } }
                } else {
                    add("ask-now") { context ->
                        context.button(words.enrolAskNow, Weight.MAIN, R.drawable.ic_sync) { presenter.askNow() }
                    }
                }
            EnrolStage.DONE -> Unit
        }
    }

    private fun Items.accept(presenter: EnrolPresenter, state: EnrolState) =
        add("accept", state.canAccept, change = { (it as android.widget.Button).offer(state.canAccept, Weight.MAIN) }) {
            it.button(words.enrolAccept, Weight.MAIN) { presenter.accept() }
                .apply { offer(state.canAccept, Weight.MAIN) }
        }

    private fun Items.other(presenter: EnrolPresenter) =
        add("other") { it.button(words.enrolOther, Weight.QUIET) { presenter.otherInvitation() } }

    private fun paste() {
        val clip = getSystemService(ClipboardManager::class.java).primaryClip ?: return
        if (clip.itemCount > 0) type(clip.getItemAt(0).coerceToText(this).toString())
    }

    private fun takeInvited(presenter: EnrolPresenter) {
        val text = invited ?: return
        invited = null
        presenter.edit(text)
        type(text)
    }

    /** Into the field, as a hand would: from there it goes to the presenter. */
    private fun type(text: String) {
        (page.find("invitation") as? WriteField)?.edit?.setText(text)
    }

    private fun done() {
        if (isFinishing) return
        startActivity(Routes.to(this, Screen.Today))
        finish()
    }

    private fun EnrolStage.drawing(): Int? = when (this) {
        EnrolStage.INVITATION -> R.drawable.art_door
        EnrolStage.ASKING -> R.drawable.art_phone
        // The digits are all there is to look at.
        EnrolStage.COMPARE, EnrolStage.DONE -> null
    }

    private fun Intent.invitation(): String? = data?.takeIf { action == Intent.ACTION_VIEW }?.toString()
}
