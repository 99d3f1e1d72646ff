package app.doorstep.demo

import android.view.inputmethod.InputMethodManager
import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Look
import app.doorstep.demo.kit.Weight
import app.doorstep.demo.kit.WriteField
import app.doorstep.demo.kit.Writing
import app.doorstep.demo.kit.button
import app.doorstep.demo.kit.choices
import app.doorstep.demo.kit.counter
import app.doorstep.demo.kit.leadWith
import app.doorstep.demo.kit.words
import app.doorstep.demo.kit.write
import app.doorstep.screens.AppCore
import app.doorstep.screens.FoundState
import app.doorstep.screens.Option
import app.doorstep.screens.Screen
import app.doorstep.screens.VisitPresenter
import app.doorstep.screens.VisitState
import kotlinx.coroutines.flow.StateFlow

/** Records a visit: what came of it first, in large tiles; the thumb reaches the rest. */
class VisitActivity : ScreenActivity<VisitPresenter, VisitState>() {
    /** Counts removals: after one the fields below moved up, and are made again from the state. */
    private var removed = 0
    private var focus = false

    override val screen: Screen get() = Screen.Visit(Routes.doc(intent))

    override fun present(core: AppCore, saved: String?): VisitPresenter = core.visit(Routes.doc(intent), saved)

    override fun stateOf(presenter: VisitPresenter): StateFlow<VisitState> = presenter.state

    override fun saveOf(presenter: VisitPresenter): String = presenter.save()

    override fun show(presenter: VisitPresenter, state: VisitState) {
        state.done?.let { return leave(it) }
        if (state.title.isNotEmpty()) page.title(state.title)
        if (state.gone) return showGone()
        if (state.loading && state.notice == null) return showLoading()
        page.show(
            Items().apply {
                notice(this@VisitActivity, words, state.notice, presenter::dismissNotice)
                if (state.detail.isNotEmpty()) {
                    add("detail", state.detail) { context ->
                        val detail = context.words(state.detail, Look.QUIET)
                        detail.apply { leadWith(R.drawable.ic_household, R.color.quiet) }
                    }
                }
                val tiles = state.outcomes.map { it.pick().copy(icon = Icons.outcome(it.value)) }
                choices("outcome", words.visitOutcome, tiles, tiles = true, Grid.TWO, presenter::outcome)
                if (state.personsShown) {
                    counter(
                        "persons",
                        words.visitPersons,
                        state.persons,
                        fewer = words.visitFewerPersons to presenter::fewerPersons,
                        more = words.visitMorePersons to presenter::morePersons,
                    )
                }
                state.found.forEachIndexed { at, found -> found(presenter, at, found) }
                if (state.canAddGrievance) addGrievance(presenter)
                choices("purpose", words.visitPurpose, state.purposes.map(Option::pick), choose = presenter::purpose)
                write("note", words.visitNote, state.note, Writing.WORDS, words.visitNoteHint, typed = presenter::note)
                choices("asked", words.visitAsked, state.askedFor.map(Option::pick), choose = presenter::askedFor)
                if (state.companions.isNotEmpty()) {
                    val members = state.companions.map { it.pick().copy(many = true) }
                    choices("companions", words.visitCompanions, members, choose = presenter::companion)
                }
                choices("again", words.visitComeAgain, state.comeAgain.map(Option::pick), choose = presenter::comeAgain)
            },
        )
        page.offer(Items().apply { save(words.save, state.canSave, state.saving, state.missing, presenter::saveVisit) })
        if (focus && state.found.isNotEmpty()) focusWhat(state.found.size - 1)
    }

    private fun Items.addGrievance(presenter: VisitPresenter) = add("add-grievance", gap = Grid.THREE) { context ->
        context.button(words.visitAddGrievance, Weight.SECOND, R.drawable.ic_grievance) {
            focus = true
            presenter.addGrievance()
        }
    }

    private fun Items.found(presenter: VisitPresenter, at: Int, found: FoundState) {
        val key = "found-$removed-$at"
        write(whatKey(at), words.visitWhat, found.what, Writing.WORDS) { presenter.what(at, it) }
        choices("$key-kind", words.visitKind, found.kinds.map(Option::pick), gap = Grid.TWO) { presenter.kind(at, it) }
        choices("$key-grade", words.visitGrade, found.grades.map(Option::pick), gap = Grid.TWO) {
            presenter.grade(at, it)
        }
        choices("$key-reporter", words.visitReporter, found.reporters.map(Option::pick), gap = Grid.TWO) {
            presenter.reporter(at, it)
        }
        add("$key-remove", gap = Grid.TWO) { context ->
            context.button(words.visitRemoveGrievance, Weight.SECOND, R.drawable.ic_cross) {
                removed += 1
                presenter.removeGrievance(at)
            }
        }
    }

    private fun whatKey(at: Int) = "found-$removed-$at-what"

    /** The keyboard comes by itself: one tap less. */
    private fun focusWhat(at: Int) {
        val field = page.find(whatKey(at)) as? WriteField ?: return
        focus = false
        field.post {
            field.edit.requestFocus()
            getSystemService(InputMethodManager::class.java).showSoftInput(field.edit, 0)
            // At once: a tap while it still scrolls would only stop it.
            page.scroll.scrollTo(0, field.top)
        }
    }
}
