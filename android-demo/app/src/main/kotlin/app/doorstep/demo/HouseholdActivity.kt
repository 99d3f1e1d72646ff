package app.doorstep.demo

import android.content.Context
import android.view.View
import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Look
import app.doorstep.demo.kit.Shade
import app.doorstep.demo.kit.Weight
import app.doorstep.demo.kit.badge
import app.doorstep.demo.kit.badges
import app.doorstep.demo.kit.banner
import app.doorstep.demo.kit.below
import app.doorstep.demo.kit.button
import app.doorstep.demo.kit.card
import app.doorstep.demo.kit.speakAs
import app.doorstep.demo.kit.words
import app.doorstep.screens.AppCore
import app.doorstep.screens.HouseholdPresenter
import app.doorstep.screens.HouseholdState
import app.doorstep.screens.PersonRow
import app.doorstep.screens.PhoneRow
import app.doorstep.screens.Screen
import app.doorstep.screens.TaskButton
import kotlinx.coroutines.flow.StateFlow

/** A household: who lives there, what they wish, what was done, and what may be written down. */
class HouseholdActivity : ScreenActivity<HouseholdPresenter, HouseholdState>() {
    override val screen: Screen get() = Screen.Household(Routes.doc(intent))

    override fun present(core: AppCore, saved: String?): HouseholdPresenter = core.household(Routes.doc(intent))

    override fun stateOf(presenter: HouseholdPresenter): StateFlow<HouseholdState> = presenter.state

    override fun onResume() {
        super.onResume()
        presenter?.refresh()
    }

    override fun show(presenter: HouseholdPresenter, state: HouseholdState) {
        if (state.gone) return showGone()
        if (state.loading && state.notice == null) return showLoading()
        page.title(state.title)
        page.show(
            Items().apply {
                notice(this@HouseholdActivity, words, state.notice, presenter::dismissNotice)
                add("head", listOf(state.detail, state.priority, state.reviewDue)) { it.head(state) }
                state.flags.forEachIndexed { at, text ->
                    add("flag-$at", text) { it.banner(text, R.drawable.ic_alert, Shade.WARN) }
                }
                persons(state.persons)
                phones(presenter, state.phones)
                if (state.facts.isNotEmpty()) {
                    heading("known", words.householdKnown)
                    add("facts", state.facts) { it.facts(state.facts) }
                }
                lists(state)
                if (state.story.isNotEmpty()) {
                    heading("story", words.grievanceStory)
                    story(words, state.story, ::go)
                    state.more?.let { text -> add("more", text) { it.words(text, Look.QUIET) } }
                }
                tasks(presenter, state)
            },
        )
        page.offer(
            Items().apply {
                if (!state.mayVisit) return@apply
                add("visit", words.householdVisit) { context ->
                    context.button(words.householdVisit, Weight.MAIN, R.drawable.ic_visit) {
                        go(Screen.Visit(Routes.doc(intent)))
                    }
                }
            },
        )
    }

    private fun Context.head(state: HouseholdState): View = card {
        below(titled(state.title, state.detail, R.drawable.ic_household, Shade.ACCENT))
        val signs = listOfNotNull(
            state.priority?.let { badge(it, R.drawable.ic_star, Shade.WARN) },
            badge(words.reviewDue, R.drawable.ic_clock, Shade.ALARM).takeIf { state.reviewDue },
        )
        if (signs.isNotEmpty()) below(badges(signs), Grid.TWO)
    }

    private fun Items.persons(rows: List<PersonRow>) {
        if (rows.isEmpty()) return
        heading("persons", words.householdPersons)
        add("person-list", rows) { it.personList(rows) }
    }

    private fun Items.phones(presenter: HouseholdPresenter, rows: List<PhoneRow>) {
        if (rows.isEmpty()) return
        heading("phones", words.householdPhones)
        rows.forEach { row ->
            add("phone-${row.event}", row) { context ->
                context.card(row.spoken, { presenter.openPhone(row.event) }) {
                    below(context.titled(row.number, row.who, R.drawable.ic_step_contact, Shade.PLAIN))
                    val (icon, text) = if (row.open) {
                        R.drawable.ic_lock to words.phoneHide
                    } else {
                        R.drawable.ic_key to words.phoneOpen
                    }
                    below(context.badges(listOf(context.badge(text, icon, Shade.INFO))), Grid.ONE)
                    speakAs(row.spoken)
                }
            }
        }
    }

    private fun Items.lists(state: HouseholdState) {
        if (state.grievances.isNotEmpty()) counted("grievances", words.householdGrievances, state.grievances.size)
        state.grievances.forEach { row ->
            add("grievance-${row.doc}", row) { context ->
                context.grievanceCard(words, row, R.drawable.ic_grievance, Shade.ACCENT) {
                    go(Screen.Grievance(row.doc))
                }
            }
        }
        if (state.visits.isNotEmpty()) counted("visits", words.householdVisits, state.visits.size)
        state.visits.forEach { row ->
            add("visit-${row.doc}", row) { context ->
                val signs = listOfNotNull(context.savedHere(words).takeIf { row.waiting })
                context.plainCard(row.title, row.detail, R.drawable.ic_visit, row.spoken, signs)
            }
        }
    }

    private fun Items.tasks(presenter: HouseholdPresenter, state: HouseholdState) {
        if (state.tasks.isNotEmpty()) heading("write", words.householdWrite)
        state.tasks.forEach { task(it) }
        state.otherTasks?.let { text ->
            add("other-tasks", text, Grid.TWO) { context ->
                context.button(text, Weight.QUIET, R.drawable.ic_add) { presenter.toggleTasks() }
            }
        }
        state.unfolded.forEach { task(it) }
    }

    private fun Items.task(button: TaskButton) = add("task-${button.task}", button) { context ->
        context.button(button.text, Weight.SECOND, Icons.task(button.task)) {
            go(Screen.HouseholdEntry(Routes.doc(intent), button.task))
        }
    }
}

/** People, one below the other. */
internal fun Context.personList(rows: List<PersonRow>): View = card {
    rows.forEachIndexed { at, row ->
        val shade = if (row.left) Shade.PLAIN else Shade.ACCENT
        val line = titled(row.name, row.detail, R.drawable.ic_person, shade).apply { speakAs(row.spoken) }
        below(line, if (at == 0) 0 else Grid.TWO)
    }
}
