package app.doorstep.demo

import android.content.Context
import android.graphics.Paint
import android.view.View
import android.widget.LinearLayout
import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Look
import app.doorstep.demo.kit.Rail
import app.doorstep.demo.kit.Shade
import app.doorstep.demo.kit.Weight
import app.doorstep.demo.kit.badge
import app.doorstep.demo.kit.badges
import app.doorstep.demo.kit.banner
import app.doorstep.demo.kit.below
import app.doorstep.demo.kit.button
import app.doorstep.demo.kit.card
import app.doorstep.demo.kit.dp
import app.doorstep.demo.kit.leadWith
import app.doorstep.demo.kit.rounded
import app.doorstep.demo.kit.speakAs
import app.doorstep.demo.kit.stack
import app.doorstep.demo.kit.words
import app.doorstep.screens.AppCore
import app.doorstep.screens.GrievancePresenter
import app.doorstep.screens.GrievanceState
import app.doorstep.screens.Screen
import app.doorstep.screens.StepButton
import app.doorstep.screens.StoryRow
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
                add("head", state.copy(facts = emptyList(), steps = emptyList(), notice = null)) { it.head(state) }
                flags(state.flags)
                heading("story", words.grievanceStory)
                state.story.forEachIndexed { at, row -> story(row, placeOf(at, state.story.size)) }
                if (state.facts.isNotEmpty()) add("facts", state.facts, Grid.THREE) { it.facts(state) }
                if (state.steps.isNotEmpty()) {
                    heading("steps", words.grievanceSteps)
                    state.steps.forEach { step(it, Weight.SECOND) }
                }
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

    private fun Items.story(row: StoryRow, place: Rail.Place) = add("story-${row.event}", row to place, 0) { context ->
        LinearLayout(context).apply {
            addView(Rail(context, Icons.story(row.icon), place, row.counts), WRAP, MATCH)
            addView(context.storyTexts(row), LinearLayout.LayoutParams(0, WRAP, 1f))
            speakAs(row.spoken)
        }
    }

    private fun Context.storyTexts(row: StoryRow): View = stack {
        setPadding(dp(Grid.TWO), dp(Grid.ONE), 0, dp(Grid.TWO))
        val sentence = words(row.sentence, if (row.counts) Look.ROW else Look.QUIET)
        if (!row.counts) sentence.paintFlags = sentence.paintFlags or Paint.STRIKE_THRU_TEXT_FLAG
        below(sentence)
        below(words(listOf(row.who, row.time).filter { it.isNotEmpty() }.joinToString(words.dot), Look.QUIET))
        row.words?.let { said ->
            val quote = words(said, Look.BODY)
            quote.background = rounded(R.color.surface, QUOTE_CORNER, R.color.hair)
            quote.setPadding(dp(Grid.TWO), dp(Grid.ONE), dp(Grid.TWO), dp(Grid.ONE))
            below(quote, Grid.ONE, WRAP)
        }
        row.remark?.let { remark ->
            val warning = words(remark, Look.BODY, Shade.WARN.fore)
            below(warning.apply { leadWith(R.drawable.ic_info, Shade.WARN.fore) }, Grid.ONE)
        }
        row.mark?.let { below(badge(it, R.drawable.ic_device, Shade.INFO), Grid.ONE, WRAP) }
    }

    private fun Context.facts(state: GrievanceState): View = card {
        state.facts.forEachIndexed { at, fact ->
            val line = stack {
                below(words(fact.label, Look.QUIET))
                below(words(fact.text, Look.ROW), 0)
                speakAs("${fact.label}, ${fact.text}")
            }
            below(line, if (at == 0) 0 else Grid.TWO)
        }
    }

    private fun Items.step(step: StepButton, weight: Weight) = add("step-${step.kind}", step to weight) { context ->
        context.button(step.text, weight, Icons.step(step.kind)) {
            go(Screen.Step(Routes.doc(intent), step.kind))
        }
    }

    private fun placeOf(at: Int, of: Int): Rail.Place = when {
        of == 1 -> Rail.Place.ONLY
        at == 0 -> Rail.Place.FIRST
        at == of - 1 -> Rail.Place.LAST
        else -> Rail.Place.MIDDLE
    }

    private companion object {
        const val WRAP = LinearLayout.LayoutParams.WRAP_CONTENT
        const val MATCH = LinearLayout.LayoutParams.MATCH_PARENT
        const val QUOTE_CORNER = 12
    }
}
