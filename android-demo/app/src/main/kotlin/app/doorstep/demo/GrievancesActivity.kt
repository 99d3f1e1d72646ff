package app.doorstep.demo

import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Look
import app.doorstep.demo.kit.Shade
import app.doorstep.demo.kit.Weight
import app.doorstep.demo.kit.button
import app.doorstep.demo.kit.choices
import app.doorstep.demo.kit.nothing
import app.doorstep.demo.kit.waiting
import app.doorstep.demo.kit.words
import app.doorstep.screens.AppCore
import app.doorstep.screens.GrievancesPresenter
import app.doorstep.screens.GrievancesState
import app.doorstep.screens.Option
import app.doorstep.screens.Screen
import kotlinx.coroutines.flow.StateFlow

/** All grievances, in one list that follows what changes. */
class GrievancesActivity : ScreenActivity<GrievancesPresenter, GrievancesState>() {
    override val screen: Screen = Screen.Grievances

    override fun present(core: AppCore, saved: String?): GrievancesPresenter = core.grievances(saved)

    override fun stateOf(presenter: GrievancesPresenter): StateFlow<GrievancesState> = presenter.state

    override fun saveOf(presenter: GrievancesPresenter): String = presenter.save()

    override fun show(presenter: GrievancesPresenter, state: GrievancesState) {
        page.show(list(presenter, state))
        page.offer(Items())
    }

    private fun list(presenter: GrievancesPresenter, state: GrievancesState): Items =
        Items().apply {
            notice(this@GrievancesActivity, words, state.notice, presenter::dismissNotice)
            choices("choice", "", state.choices.map(Option::pick), choose = presenter::choose)
            if (state.loading) add("reading") { it.waiting(words.loading) }
            state.empty?.let { text -> add("empty", text, Grid.THREE) { it.nothing(text, R.drawable.art_arrived) } }
            state.rows.forEachIndexed { at, row ->
                val shade = if (row.overdue) Shade.WARN else Shade.ACCENT
                add("grievance-${row.doc}", row, if (at == 0) Grid.TWO else Grid.ONE) { context ->
                    context.grievanceCard(words, row, R.drawable.ic_grievance, shade) { go(Screen.Grievance(row.doc)) }
                }
            }
            if (state.more) {
                add("more", gap = Grid.TWO) { context ->
                    context.button(words.showMore, Weight.SECOND, R.drawable.ic_add) { presenter.more() }
                }
            }
            state.tooMany?.let { text -> add("too-many", text, Grid.TWO) { it.words(text, Look.QUIET) } }
        }
}
