package app.doorstep.demo

import android.content.Context
import android.view.Gravity
import android.view.View
import android.widget.LinearLayout
import android.widget.TextView
import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Look
import app.doorstep.demo.kit.Shade
import app.doorstep.demo.kit.Weight
import app.doorstep.demo.kit.badge
import app.doorstep.demo.kit.badges
import app.doorstep.demo.kit.below
import app.doorstep.demo.kit.button
import app.doorstep.demo.kit.card
import app.doorstep.demo.kit.disc
import app.doorstep.demo.kit.dp
import app.doorstep.demo.kit.heading
import app.doorstep.demo.kit.markHeading
import app.doorstep.demo.kit.nothing
import app.doorstep.demo.kit.rounded
import app.doorstep.demo.kit.row
import app.doorstep.demo.kit.speakAs
import app.doorstep.demo.kit.stack
import app.doorstep.demo.kit.words
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
                grievances("back", words.todayCameBack, state.cameBack, R.drawable.ic_stage_reopened, Shade.WARN)
                grievances("due", words.todayDue, state.due, R.drawable.ic_grievance, Shade.ACCENT)
                buildings(state.buildings)
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
            add("$key-${row.doc}", row) { it.grievanceCard(row, icon, shade) { go(Screen.Grievance(row.doc)) } }
        }
    }

    private fun Context.grievanceCard(row: GrievanceRow, icon: Int, shade: Shade, press: () -> Unit): View =
        card(row.spoken, press) {
            below(titled(row.title, row.detail, icon, shade))
            val signs = listOfNotNull(
                badge(words.gradeUrgent, R.drawable.ic_step_set_grade, Shade.ALARM).takeIf { row.urgent },
                dueBadge(row.due, row.overdue),
                savedHere().takeIf { row.waiting },
            )
            if (signs.isNotEmpty()) below(badges(signs), Grid.ONE)
            speakAs(row.spoken)
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
                context.card(row.spoken, { go(Screen.Visit(row.doc)) }) {
                    below(context.titled(row.title, row.detail, R.drawable.ic_household, Shade.ACCENT))
                    val signs = listOfNotNull(
                        row.priority?.let { context.badge(it, R.drawable.ic_star, Shade.WARN) },
                        context.savedHere().takeIf { row.waiting },
                    )
                    if (signs.isNotEmpty()) below(context.badges(signs), Grid.ONE)
                    speakAs(row.spoken)
                }
            }
        }
    }

    /** A heading with its count. */
    private fun Items.counted(key: String, title: String, count: Int) =
        add(key, title to count, Grid.THREE) { context ->
            context.row {
                val place = LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.WRAP_CONTENT, 1f)
                addView(context.heading(title), place)
                val number = context.words(count.toString(), Look.BODY, Shade.PLAIN.fore)
                number.background = context.rounded(Shade.PLAIN.back, COUNT_CORNER)
                val side = context.dp(COUNT_CORNER)
                val edge = context.dp(Grid.HALF)
                number.setPadding(side, edge, side, edge)
                addView(number)
                speakAs("$title, $count")
                markHeading()
            }
        }

    private fun Context.savedHere() = badge(words.savedHere, R.drawable.ic_device, Shade.INFO)

    private companion object {
        const val COUNT_CORNER = 12
    }
}

/** By when; none where nothing says so. Past it, another sign and another ground. */
internal fun Context.dueBadge(due: String, overdue: Boolean): TextView? = when {
    due.isEmpty() -> null
    overdue -> badge(due, R.drawable.ic_alert, Shade.ALARM)
    else -> badge(due, R.drawable.ic_clock, Shade.PLAIN)
}

/** A disc with an icon, a line in bold and a line below it. */
internal fun Context.titled(title: String, detail: String, icon: Int, shade: Shade): LinearLayout = row {
    gravity = Gravity.TOP
    addView(disc(icon, shade))
    val texts = stack {
        below(words(title, Look.ROW))
        if (detail.isNotEmpty()) below(words(detail, Look.QUIET), Grid.HALF)
    }
    addView(texts, LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.WRAP_CONTENT, 1f))
}
