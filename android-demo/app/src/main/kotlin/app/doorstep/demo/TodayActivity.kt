package app.doorstep.demo

import android.content.Context
import android.widget.LinearLayout
import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Shade
import app.doorstep.demo.kit.Weight
import app.doorstep.demo.kit.badge
import app.doorstep.demo.kit.below
import app.doorstep.demo.kit.button
import app.doorstep.demo.kit.card
import app.doorstep.demo.kit.nothing
import app.doorstep.demo.kit.speakAs
import app.doorstep.screens.AppCore
import app.doorstep.screens.BuildingRow
import app.doorstep.screens.GrievanceRow
import app.doorstep.screens.HouseholdRow
import app.doorstep.screens.Screen
import app.doorstep.screens.TodayPresenter
import app.doorstep.screens.TodayState
import kotlinx.coroutines.flow.StateFlow

/** What there is to do today. */
class TodayActivity : ScreenActivity<TodayPresenter, TodayState>() {
    override val screen: Screen = Screen.Today
    override val first: Boolean get() = true

    override fun present(core: AppCore, saved: String?): TodayPresenter = core.today()

    override fun stateOf(presenter: TodayPresenter): StateFlow<TodayState> = presenter.state

    override fun onResume() {
        super.onResume()
        presenter?.refresh()
    }

    override fun show(presenter: TodayPresenter, state: TodayState) {
        if (state.enrolFirst) return enrolFirst()
        page.title(if (state.member.isEmpty()) words.today else "${words.today}${words.dot}${state.member}")
        page.status(state.status.text.takeIf { it.isNotEmpty() }, state.status.icon()) { go(Screen.Arrivals) }
        if (state.loading) return showLoading()
        page.show(
            Items().apply {
                notice(this@TodayActivity, words, state.notice, presenter::dismissNotice)
                other("search", words.search, R.drawable.ic_search, Screen.Search)
                grievances("back", words.todayCameBack, state.cameBack, R.drawable.ic_stage_reopened, Shade.WARN)
                grievances("due", words.todayDue, state.due, R.drawable.ic_grievance, Shade.ACCENT)
                other("grievances", words.grievancesAll, R.drawable.ic_grievance, Screen.Grievances)
                buildings(state.buildings)
                if (state.meetings) other("meetings", words.meetings, R.drawable.ic_council, Screen.Meetings)
                households(state.households)
                val empty = state.empty ?: getString(R.string.no_households).takeIf { state.households.isEmpty() }
                if (empty != null) add("empty", empty, Grid.THREE) { it.nothing(empty, R.drawable.art_houses) }
            },
        )
        page.offer(
            Items().apply {
                add("add-household", words.todayAddHousehold) { context ->
                    context.button(words.todayAddHousehold, Weight.MAIN, R.drawable.ic_add) { go(Screen.NewHousehold) }
                }
            },
        )
    }

    private fun enrolFirst() {
        if (isFinishing) return
        go(Screen.Enrol)
        finish()
    }

    private fun Items.grievances(key: String, title: String, rows: List<GrievanceRow>, icon: Int, shade: Shade) {
        if (rows.isEmpty()) return
        counted(key, title, rows.size)
        rows.forEach { row ->
            add("$key-${row.doc}", row) { it.grievanceCard(words, row, icon, shade) { go(Screen.Grievance(row.doc)) } }
        }
    }

    private fun Items.buildings(rows: List<BuildingRow>) {
        if (rows.isEmpty()) return
        counted("buildings", words.todayBuildings, rows.size)
        add("building-list", rows) { context ->
            context.card {
                rows.forEachIndexed { at, row -> below(context.buildingLine(row), if (at == 0) 0 else Grid.TWO) }
            }
        }
    }

    private fun Context.buildingLine(row: BuildingRow): LinearLayout {
        val (icon, shade) = when {
            row.overdue -> R.drawable.ic_alert to Shade.ALARM
            else -> R.drawable.ic_building to Shade.PLAIN
        }
        return titled(row.name, row.counts, icon, shade).apply { speakAs(row.spoken) }
    }

    private fun Items.households(rows: List<HouseholdRow>) {
        if (rows.isEmpty()) return
        counted("households", words.todayHouseholds, rows.size)
        rows.forEach { row ->
            add("household-${row.doc}", row) { context ->
                val signs = listOfNotNull(
                    row.priority?.let { context.badge(it, R.drawable.ic_star, Shade.WARN) },
                    context.savedHere(words).takeIf { row.waiting },
                )
                val icon = R.drawable.ic_household
                val card = context.plainCard(row.title, row.detail, icon, row.spoken, signs) {
                    go(Screen.Visit(row.doc))
                }
                context.beside(card, R.drawable.ic_chevron, "${words.householdOpen}${words.comma}${row.title}") {
                    go(Screen.Household(row.doc))
                }
            }
        }
    }

    /** Where else one may look. */
    private fun Items.other(key: String, text: String, icon: Int, to: Screen) =
        add(key, text) { context -> context.button(text, Weight.SECOND, icon) { go(to) } }
}
