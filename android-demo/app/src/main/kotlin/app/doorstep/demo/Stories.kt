package app.doorstep.demo

import android.content.Context
import android.graphics.Paint
import android.view.View
import android.widget.LinearLayout
import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Look
import app.doorstep.demo.kit.Rail
import app.doorstep.demo.kit.Role
import app.doorstep.demo.kit.Shade
import app.doorstep.demo.kit.badge
import app.doorstep.demo.kit.below
import app.doorstep.demo.kit.card
import app.doorstep.demo.kit.dp
import app.doorstep.demo.kit.leadWith
import app.doorstep.demo.kit.rounded
import app.doorstep.demo.kit.speakAs
import app.doorstep.demo.kit.stack
import app.doorstep.demo.kit.words
import app.doorstep.screens.Fact
import app.doorstep.screens.Screen
import app.doorstep.screens.StoryRow
import app.doorstep.screens.words.Words

private const val WRAP = LinearLayout.LayoutParams.WRAP_CONTENT
private const val MATCH = LinearLayout.LayoutParams.MATCH_PARENT
private const val QUOTE_CORNER = 12

/** Everything that was written, beside its rail. */
internal fun Items.story(words: Words, rows: List<StoryRow>, go: (Screen) -> Unit) =
    rows.forEachIndexed { at, row ->
        val place = placeOf(at, rows.size)
        add("story-${row.event}", row to place, 0) { it.storyRow(words, row, place, go) }
    }

private fun Context.storyRow(words: Words, row: StoryRow, place: Rail.Place, go: (Screen) -> Unit): View =
    LinearLayout(this).apply {
        addView(Rail(context, Icons.story(row.icon), place, row.counts), WRAP, MATCH)
        addView(storyTexts(words, row), LinearLayout.LayoutParams(0, WRAP, 1f))
        row.opens?.let { to ->
            isClickable = true
            isFocusable = true
            setOnClickListener { go(to) }
            accessibilityDelegate = Role("android.widget.Button")
        }
        speakAs(row.spoken)
    }

private fun Context.storyTexts(words: Words, row: StoryRow): View = stack {
    setPadding(dp(Grid.TWO), dp(Grid.ONE), 0, dp(Grid.TWO))
    val sentence = words(row.sentence, if (row.counts) Look.ROW else Look.QUIET)
    if (!row.counts) sentence.paintFlags = sentence.paintFlags or Paint.STRIKE_THRU_TEXT_FLAG
    below(sentence)
    row.where?.let { below(words(it, Look.BODY).apply { leadWith(R.drawable.ic_chevron, R.color.quiet) }) }
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

private fun placeOf(at: Int, of: Int): Rail.Place = when {
    of == 1 -> Rail.Place.ONLY
    at == 0 -> Rail.Place.FIRST
    at == of - 1 -> Rail.Place.LAST
    else -> Rail.Place.MIDDLE
}

/** What else is to be known, in one card. */
internal fun Context.facts(facts: List<Fact>): View = card {
    facts.forEachIndexed { at, fact ->
        val line = stack {
            below(words(fact.label, Look.QUIET))
            below(words(fact.text, Look.ROW), 0)
            speakAs("${fact.label}, ${fact.text}")
        }
        below(line, if (at == 0) 0 else Grid.TWO)
    }
}
