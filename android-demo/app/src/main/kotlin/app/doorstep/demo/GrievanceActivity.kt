package app.doorstep.demo

import android.content.Context
import android.view.View
import android.widget.Button
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
import app.doorstep.demo.kit.leadWith
import app.doorstep.demo.kit.offer
import app.doorstep.demo.kit.speakAs
import app.doorstep.demo.kit.stack
import app.doorstep.demo.kit.words
import app.doorstep.screens.AppCore
import app.doorstep.screens.GrievancePresenter
import app.doorstep.screens.GrievanceState
import app.doorstep.screens.GroupState
import app.doorstep.screens.Refusal
import app.doorstep.screens.Screen
import app.doorstep.screens.StepButton
import app.doorstep.screens.TakeOverRow
import kotlinx.coroutines.flow.StateFlow

/** A grievance: how far it is, its story, and the steps that may be taken now. */
class GrievanceActivity : ScreenActivity<GrievancePresenter, GrievanceState>() {
    override val screen: Screen get() = Screen.Grievance(Routes.doc(intent))

    override fun present(core: AppCore, saved: String?): GrievancePresenter = core.grievance(Routes.doc(intent))

    override fun stateOf(presenter: GrievancePresenter): StateFlow<GrievanceState> = presenter.state

    override fun onResume() {
        super.onResume()
        presenter?.refresh()
    }

    override fun show(presenter: GrievancePresenter, state: GrievanceState) {
        if (state.gone) return showGone()
        if (state.loading && state.notice == null) return showLoading()
        page.show(
            Items().apply {
                notice(this@GrievanceActivity, words, state.notice, presenter::dismissNotice)
                newCame(state.newCame, words.lookAgain, presenter::seenNew)
                add("head", listOf(state.title, state.place, state.stage, state.due, state.story)) { it.head(state) }
                flags(state.flags)
                state.group?.let { group(presenter, it) }
                heading("story", words.grievanceStory)
                story(words, state.story, ::go)
                if (state.facts.isNotEmpty()) add("facts", state.facts, Grid.THREE) { it.facts(state.facts) }
                state.household?.let { doc ->
                    add("household", doc) { context ->
                        context.button(words.householdOpen, Weight.QUIET, R.drawable.ic_household) {
                            go(Screen.Household(doc))
                        }
                    }
                }
                if (state.steps.isNotEmpty()) {
                    heading("steps", words.grievanceSteps)
                    state.steps.forEach { step(it, Weight.SECOND) }
                }
                state.whyNot?.let { refusals(presenter, it, state.refusals) }
            },
        )
        page.offer(Items().apply { state.main?.let { step(it, Weight.MAIN) } })
    }

    private fun Context.head(state: GrievanceState): View = card {
        below(words(state.title, Look.TITLE))
        if (state.place.isNotEmpty()) {
            below(words(state.place, Look.QUIET).apply { leadWith(R.drawable.ic_building, R.color.quiet) }, Grid.ONE)
        }
        val signs = listOfNotNull(
            badge(state.stage, Icons.stage(state.story.filter { it.counts }.map { it.icon }), Shade.ACCENT),
            dueBadge(state.due, state.overdue),
        )
        below(badges(signs), Grid.TWO)
    }

    private fun Items.flags(flags: List<String>) = flags.forEachIndexed { at, text ->
        add("flag-$at", text) { it.banner(text, R.drawable.ic_alert, Shade.WARN) }
    }

    private fun Items.group(presenter: GrievancePresenter, group: GroupState) {
        heading("group", group.text)
        val said = listOfNotNull(
            group.face?.let { R.drawable.ic_star to it },
            group.provisional?.let { R.drawable.ic_device to it },
        )
        said.forEach { (icon, text) ->
            add("group-$icon", text) { it.words(text, Look.QUIET).apply { leadWith(icon, R.color.quiet) } }
        }
        group.others.forEach { row ->
            add("group-${row.doc}", row) { context ->
                context.card(row.spoken, { go(Screen.Grievance(row.doc)) }) {
                    below(context.titled(row.title, row.detail, R.drawable.ic_group, Shade.ACCENT))
                    val face = row.face?.let { context.badge(it, R.drawable.ic_star, Shade.GOOD) }
                    if (face != null) below(context.badges(listOf(face)), Grid.ONE)
                    speakAs(row.spoken)
                }
            }
        }
        group.takeOver.forEach { takeOver(presenter, it, group.saving) }
    }

    private fun Items.takeOver(presenter: GrievancePresenter, row: TakeOverRow, saving: Boolean) =
        add("take-over-${row.resolution}", row to saving) { context ->
            val said = listOf(row.text, row.time).filter { it.isNotEmpty() }.joinToString(words.dot)
            val text = row.question?.let { "$said\n$it" } ?: said
            context.banner(text, R.drawable.ic_step_resolve, Shade.GOOD) {
                if (row.question == null) {
                    val ask = takeOverButton(words.takeOver, "take-over") { presenter.askTakeOver(row.resolution) }
                    below(ask, Grid.TWO)
                } else {
                    val yes = takeOverButton(words.takeOverYes, "take-over-yes") { presenter.takeOver() }
                    yes.offer(!saving, Weight.SECOND, R.drawable.ic_check)
                    below(yes, Grid.TWO)
                    below(takeOverButton(words.cancel, "take-over-no") { presenter.cancelTakeOver() }, Grid.ONE)
                }
            }
        }

    private fun takeOverButton(text: String, key: String, press: () -> Unit): Button =
        button(text, Weight.SECOND, null, press).apply { tag = key }

    private fun Items.refusals(presenter: GrievancePresenter, line: String, refusals: List<Refusal>) {
        add("why-not", line to refusals.isEmpty(), Grid.TWO) { context ->
            context.button(line, Weight.QUIET, R.drawable.ic_info) { presenter.toggleRefusals() }
        }
        if (refusals.isEmpty()) return
        add("refusals", refusals) { context ->
            context.card {
                refusals.forEachIndexed { at, one ->
                    val row = context.stack {
                        below(context.words(one.text, Look.ROW))
                        below(context.words(one.why, Look.QUIET), 0)
                        speakAs("${one.text}, ${one.why}")
                    }
                    below(row, if (at == 0) 0 else Grid.TWO)
                }
            }
        }
    }

    private fun Items.step(step: StepButton, weight: Weight) = add("step-${step.kind}", step to weight) { context ->
        context.button(step.text, weight, Icons.step(step.kind)) {
            go(Screen.Step(Routes.doc(intent), step.kind))
        }
    }
}
