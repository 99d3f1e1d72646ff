package app.doorstep.demo.kit

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.Typeface
import android.graphics.drawable.Drawable
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.RippleDrawable
import android.text.Layout
import android.util.TypedValue
import android.view.View
import android.widget.TextView
import app.doorstep.demo.R

/** The grid of the app, in dp: every distance is a multiple of eight, or half of it. */
object Grid {
    /** Between an icon and its word. */
    const val HALF = 4

    /** Between things that belong together. */
    const val ONE = 8

    /** Within a card, and at the edge of the screen. */
    const val TWO = 16

    /** Between groups. */
    const val THREE = 24

    /** No control is smaller than this, either way. */
    const val TARGET = 48

    /** Buttons and choices: for gloves. */
    const val BUTTON = 56
}

/** The sizes of text, in sp. Nothing that has to be read is smaller than 18. */
enum class Look(val size: Float, val bold: Boolean, val colour: Int) {
    /** The name of a screen. */
    TITLE(26f, true, R.color.ink),

    /** Over a group. */
    HEADING(21f, true, R.color.ink),

    /** The first line of a row. */
    ROW(20f, true, R.color.ink),

    /** What is read. */
    BODY(18f, false, R.color.ink),

    /** What is there when it is looked for. */
    QUIET(18f, false, R.color.quiet),

    /** On a button. */
    BUTTON(20f, true, R.color.ink),

    /** Six digits to compare across a table. */
    DIGITS(46f, true, R.color.ink),
}

/** Grounds with the text that is read on them. */
enum class Shade(val back: Int, val fore: Int) {
    PLAIN(R.color.plain_back, R.color.plain_fore),
    ACCENT(R.color.accent_back, R.color.accent_fore),
    GOOD(R.color.good_back, R.color.good_fore),
    WARN(R.color.warn_back, R.color.warn_fore),
    ALARM(R.color.alarm_back, R.color.alarm_fore),
    INFO(R.color.info_back, R.color.info_fore),
}

/** Pixels of so many dp. */
fun Context.dp(of: Int): Int = Math.round(of * resources.displayMetrics.density)

/** Pixels of so many sp: what stands beside text grows with it. */
fun Context.sp(of: Int): Int =
    Math.round(TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, of.toFloat(), resources.displayMetrics))

/** A text that wraps and is never cut. */
fun Context.words(text: CharSequence, look: Look, colour: Int = look.colour): TextView = TextView(this).apply {
    this.text = text
    wear(look, colour)
}

/** Takes a look on. */
fun TextView.wear(look: Look, colour: Int = look.colour) {
    setTextSize(TypedValue.COMPLEX_UNIT_SP, look.size)
    typeface = if (look.bold) BOLD else Typeface.DEFAULT
    setTextColor(context.getColor(colour))
    setLineSpacing(0f, LINE_SPACING)
    includeFontPadding = true
    breakStrategy = Layout.BREAK_STRATEGY_HIGH_QUALITY
    hyphenationFrequency = Layout.HYPHENATION_FREQUENCY_NONE
}

/** A heading, for those who jump from one to the next by ear, too. */
fun Context.heading(text: CharSequence): TextView = words(text, Look.HEADING).apply { markHeading() }

/** Says that this is a heading, where the system knows headings. */
fun View.markHeading() {
    if (android.os.Build.VERSION.SDK_INT >= android.os.Build.VERSION_CODES.P) isAccessibilityHeading = true
}

/** An icon in a colour. */
fun Context.icon(id: Int, colour: Int): Drawable = checkNotNull(getDrawable(id)).mutate().apply {
    setTint(getColor(colour))
}

/** Puts an icon before the text, as large as the text. */
fun TextView.leadWith(id: Int, colour: Int, size: Int = 24) {
    val side = context.sp(size)
    setCompoundDrawablesRelative(context.icon(id, colour).apply { setBounds(0, 0, side, side) }, null, null, null)
    compoundDrawablePadding = context.dp(Grid.ONE)
}

/** Puts an icon above the text. */
fun TextView.topWith(id: Int, colour: Int, size: Int = 32) {
    val side = context.sp(size)
    setCompoundDrawablesRelative(null, context.icon(id, colour).apply { setBounds(0, 0, side, side) }, null, null)
    compoundDrawablePadding = context.dp(Grid.HALF)
}

/** A rounded ground, with a line around it where one is asked for. */
fun Context.rounded(fill: Int, corner: Int = 16, line: Int? = null, width: Int = 1): GradientDrawable =
    GradientDrawable().apply {
        setColor(getColor(fill))
        cornerRadius = dp(corner).toFloat()
        if (line != null) setStroke(dp(width), getColor(line))
    }

/** The same, answering a touch. */
fun Context.touchable(ground: Drawable, corner: Int = 16): Drawable =
    RippleDrawable(ColorStateList.valueOf(getColor(R.color.touch)), ground, rounded(R.color.ink, corner))

private val BOLD: Typeface = Typeface.create("sans-serif-medium", Typeface.BOLD)
private const val LINE_SPACING = 1.12f
