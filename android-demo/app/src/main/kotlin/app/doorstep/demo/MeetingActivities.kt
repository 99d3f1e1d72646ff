package app.doorstep.demo

import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Shade
import app.doorstep.demo.kit.Weight
import app.doorstep.demo.kit.badge
import app.doorstep.demo.kit.badges
import app.doorstep.demo.kit.banner
import app.doorstep.demo.kit.below
import app.doorstep.demo.kit.button
import app.doorstep.demo.kit.card
import app.doorstep.demo.kit.nothing
import app.doorstep.demo.kit.speakAs
import app.doorstep.screens.AppCore
import app.doorstep.screens.ItemRow
import app.doorstep.screens.MeetingPresenter
import app.doorstep.screens.MeetingState
import app.doorstep.screens.MeetingsPresenter
import app.doorstep.screens.MeetingsState
import app.doorstep.screens.Screen
import kotlinx.coroutines.flow.StateFlow

/** The meetings of the council. */
class MeetingsActivity : ScreenActivity<MeetingsPresenter, MeetingsState>() {
    override val screen: Screen = Screen.Meetings

    override fun present(core: AppCore, saved: String?): MeetingsPresenter = core.meetings()

    override fun stateOf(presenter: MeetingsPresenter): StateFlow<MeetingsState> = presenter.state

    override fun onResume() {
        super.onResume()
        presenter?.refresh()
    }

    override fun show(presenter: MeetingsPresenter, state: MeetingsState) {
        if (state.loading && state.notice == null) return showLoading()
        page.show(
            Items().apply {
                notice(this@MeetingsActivity, words, state.notice, presenter::dismissNotice)
                state.empty?.let { text -> add("empty", text) { it.nothing(text, R.drawable.art_houses) } }
                state.rows.forEach { row ->
                    add("meeting-${row.doc}", row) { context ->
                        val signs = listOfNotNull(context.savedHere(words).takeIf { row.waiting })
                        context.plainCard(row.title, row.detail, R.drawable.ic_council, row.spoken, signs) {
                            go(Screen.Meeting(row.doc))
                        }
                    }
                }
            },
        )
        page.offer(
            Items().apply {
                if (!state.canHold) return@apply
                add("hold", words.meetingHold) { context ->
                    context.button(words.meetingHold, Weight.MAIN, R.drawable.ic_add) { go(Screen.NewMeeting) }
                }
            },
        )
    }
}

/** One meeting: what was on its table, who sat around it, and what may be written down. */
class MeetingActivity : ScreenActivity<MeetingPresenter, MeetingState>() {
    override val screen: Screen get() = Screen.Meeting(Routes.doc(intent))

    override fun present(core: AppCore, saved: String?): MeetingPresenter = core.meeting(Routes.doc(intent))

    override fun stateOf(presenter: MeetingPresenter): StateFlow<MeetingState> = presenter.state

    override fun onResume() {
        super.onResume()
        presenter?.refresh()
    }

    override fun show(presenter: MeetingPresenter, state: MeetingState) {
        if (state.gone) return showGone()
        if (state.loading && state.notice == null) return showLoading()
        page.show(
            Items().apply {
                notice(this@MeetingActivity, words, state.notice, presenter::dismissNotice)
                add("head", state.title to state.detail) { context ->
                    val head = context.titled(state.title, state.detail, R.drawable.ic_council, Shade.ACCENT)
                    context.card { below(head) }
                }
                state.flags.forEachIndexed { at, text ->
                    add("flag-$at", text) { it.banner(text, R.drawable.ic_alert, Shade.WARN) }
                }
                if (state.items.isNotEmpty()) counted("items", words.meetingItems, state.items.size)
                state.items.forEach { item(it, state.maySettle) }
                if (state.people.isNotEmpty()) {
                    counted("people", words.meetingPeople, state.people.size)
                    add("people-list", state.people) { it.personList(state.people) }
                }
                if (state.story.isNotEmpty()) {
                    heading("story", words.grievanceStory)
                    story(words, state.story, ::go)
                }
                if (state.tasks.isNotEmpty()) heading("write", words.meetingWrite)
                state.tasks.forEach { one ->
                    add("task-${one.task}", one) { context ->
                        context.button(one.text, Weight.SECOND, Icons.task(one.task)) {
                            go(Screen.MeetingEntry(Routes.doc(intent), one.task))
                        }
                    }
                }
            },
        )
        page.offer(Items())
    }

    private fun Items.item(row: ItemRow, maySettle: Boolean) = add("item-${row.item}", row to maySettle) { context ->
        context.card {
            val (icon, shade) = if (row.settled) {
                R.drawable.ic_check to Shade.GOOD
            } else {
                R.drawable.ic_clock to Shade.PLAIN
            }
            val head = context.titled(row.title, "", R.drawable.ic_council, Shade.ACCENT)
            below(head.apply { speakAs(row.spoken) })
            below(context.badges(listOf(context.badge(row.outcome, icon, shade))), Grid.ONE)
            row.grievances.forEach { one ->
                val line = context.titled(one.title, one.detail, R.drawable.ic_grievance, Shade.PLAIN)
                below(line.apply { speakAs(one.spoken) }, Grid.TWO)
            }
            if (maySettle) {
                val settle = context.button(words.itemSettle, Weight.SECOND, R.drawable.ic_check) {
                    go(Screen.Item(Routes.doc(intent), row.item))
                }
                below(settle.apply { tag = "settle-${row.item}" }, Grid.TWO)
            }
        }
    }
}
