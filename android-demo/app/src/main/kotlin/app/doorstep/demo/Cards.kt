package app.doorstep.demo

import android.content.Context
import android.view.Gravity
import android.view.View
import android.widget.ImageButton
import android.widget.LinearLayout
import android.widget.TextView
import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Look
import app.doorstep.demo.kit.Shade
import app.doorstep.demo.kit.badge
import app.doorstep.demo.kit.badges
import app.doorstep.demo.kit.below
import app.doorstep.demo.kit.card
import app.doorstep.demo.kit.disc
import app.doorstep.demo.kit.dp
import app.doorstep.demo.kit.heading
import app.doorstep.demo.kit.icon
import app.doorstep.demo.kit.markHeading
import app.doorstep.demo.kit.rounded
import app.doorstep.demo.kit.row
import app.doorstep.demo.kit.speakAs
import app.doorstep.demo.kit.stack
import app.doorstep.demo.kit.touchable
import app.doorstep.demo.kit.words
import app.doorstep.screens.GrievanceRow
import app.doorstep.screens.words.Words

/** A grievance in a list. */
internal fun Context.grievanceCard(
    words: Words,
    row: GrievanceRow,
    icon: Int,
    shade: Shade,
    press: () -> Unit,
): View = card(row.spoken, press) {
    below(titled(row.title, row.detail, icon, shade))
    val signs = listOfNotNull(
        badge(words.gradeUrgent, R.drawable.ic_step_set_grade, Shade.ALARM).takeIf { row.urgent },
        dueBadge(row.due, row.overdue),
        savedHere(words).takeIf { row.waiting },
    )
    if (signs.isNotEmpty()) below(badges(signs), Grid.ONE)
    speakAs(row.spoken)
}

/** A row of any list that opens another screen. */
internal fun Context.plainCard(
    title: String,
    detail: String,
    icon: Int,
    spoken: String,
    signs: List<TextView> = emptyList(),
    press: (() -> Unit)? = null,
): View = card(spoken, press) {
    below(titled(title, detail, icon, Shade.ACCENT))
    if (signs.isNotEmpty()) below(badges(signs), Grid.ONE)
    speakAs(spoken)
}

/** Something of one's own is not delivered yet. */
internal fun Context.savedHere(words: Words): TextView = badge(words.savedHere, R.drawable.ic_device, Shade.INFO)

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

/** A card with a second target beside it: a button that only has an icon, and a name for those who listen. */
internal fun Context.beside(card: View, icon: Int, name: String, press: () -> Unit): LinearLayout = row {
    addView(card, LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.MATCH_PARENT, 1f))
    val button = ImageButton(context).apply {
        setImageDrawable(context.icon(icon, R.color.primary))
        background = context.touchable(context.rounded(R.color.surface, line = R.color.hair))
        contentDescription = name
        tag = name
        setOnClickListener { press() }
    }
    val place = LinearLayout.LayoutParams(dp(Grid.BUTTON), LinearLayout.LayoutParams.MATCH_PARENT)
    place.marginStart = dp(Grid.ONE)
    addView(button, place)
}

/** A heading with its count. */
internal fun Items.counted(key: String, title: String, count: Int) = add(key, title to count, Grid.THREE) { context ->
    context.row {
        addView(context.heading(title), LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.WRAP_CONTENT, 1f))
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

private const val COUNT_CORNER = 12
