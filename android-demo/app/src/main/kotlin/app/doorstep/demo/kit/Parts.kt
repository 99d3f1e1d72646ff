package app.doorstep.demo.kit

import android.content.Context
import android.content.res.ColorStateList
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.Button
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.ProgressBar
import android.widget.TextView
import app.doorstep.demo.R

/** How much a button asks to be pressed. */
enum class Weight { MAIN, SECOND, QUIET }

/** A box whose children stand below each other. */
fun Context.stack(build: LinearLayout.() -> Unit): LinearLayout = LinearLayout(this).apply {
    orientation = LinearLayout.VERTICAL
    build()
}

/** A box whose children stand beside each other. */
fun Context.row(build: LinearLayout.() -> Unit): LinearLayout = LinearLayout(this).apply {
    orientation = LinearLayout.HORIZONTAL
    gravity = Gravity.CENTER_VERTICAL
    build()
}

/** Adds a child that is as wide as there is room, [gap] dp below the one before. */
fun <V : View> LinearLayout.below(child: V, gap: Int = Grid.HALF, width: Int = MATCH_PARENT): V {
    val place = LinearLayout.LayoutParams(width, WRAP_CONTENT)
    if (childCount > 0) place.topMargin = context.dp(gap)
    addView(child, place)
    return child
}

/** A button. Its icon only repeats what its word says. */
fun Context.button(text: String, weight: Weight, icon: Int? = null, press: () -> Unit): Button {
    val button = WordButton(this)
    button.text = text
    button.isAllCaps = false
    button.stateListAnimator = null
    button.gravity = Gravity.CENTER
    button.minHeight = dp(Grid.BUTTON)
    button.minimumHeight = dp(Grid.BUTTON)
    button.setPadding(dp(Grid.TWO), dp(Grid.ONE), dp(Grid.TWO), dp(Grid.ONE))
    button.dress(weight, icon)
    button.setOnClickListener { press() }
    return button
}

/** A button whose icon stands beside its word, not at the far edge. */
private class WordButton(context: Context) : Button(context) {
    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        super.onLayout(changed, left, top, right, bottom)
        val icon = compoundDrawablesRelative[0] ?: return
        val words = layout ?: return
        if (text.isEmpty()) return
        val widest = (0 until words.lineCount).maxOf { words.getLineWidth(it) }
        val free = width - compoundPaddingLeft - compoundPaddingRight - widest
        val side = icon.bounds.height()
        val shift = if (layoutDirection == LAYOUT_DIRECTION_RTL) -free / 2 else free / 2
        icon.setBounds(shift.toInt(), 0, shift.toInt() + side, side)
        invalidate()
    }

    override fun getAccessibilityClassName(): CharSequence = "android.widget.Button"
}

/** Shows whether it can be pressed, readable either way. */
fun Button.offer(can: Boolean, weight: Weight, icon: Int? = null) {
    isEnabled = can
    dress(weight, icon)
}

private fun Button.dress(weight: Weight, icon: Int?) {
    val (fill, line, colour) = when {
        !isEnabled -> Triple(R.color.plain_back, R.color.outline, R.color.plain_fore)
        weight == Weight.MAIN -> Triple(R.color.primary, R.color.primary, R.color.on_primary)
        weight == Weight.SECOND -> Triple(R.color.surface, R.color.outline, R.color.primary)
        else -> Triple(R.color.surface, R.color.surface, R.color.primary)
    }
    wear(Look.BUTTON, colour)
    background = context.touchable(context.rounded(fill, CORNER, line, 1), CORNER)
    if (icon == null) setCompoundDrawablesRelative(null, null, null, null) else leadWith(icon, colour)
}

/** A card; with [press] all of it is one button that says [spoken]. */
fun Context.card(spoken: String? = null, press: (() -> Unit)? = null, build: LinearLayout.() -> Unit): LinearLayout =
    stack {
        setPadding(dp(Grid.TWO), dp(Grid.TWO), dp(Grid.TWO), dp(Grid.TWO))
        val ground = rounded(R.color.surface, line = R.color.hair)
        background = if (press == null) ground else touchable(ground)
        build()
        if (press != null) {
            minimumHeight = dp(Grid.BUTTON)
            isClickable = true
            isFocusable = true
            setOnClickListener { press() }
            accessibilityDelegate = Role("android.widget.Button")
        }
        if (spoken != null) speakAs(spoken)
    }

/** Is read as one sentence instead of piece by piece. */
fun LinearLayout.speakAs(spoken: String) {
    contentDescription = spoken
    for (at in 0 until childCount) {
        getChildAt(at).importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO_HIDE_DESCENDANTS
    }
    if (!isFocusable) importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_YES
}

/** A word with its icon on a coloured ground: state that can be read without the colour. */
fun Context.badge(text: String, icon: Int, shade: Shade): TextView = words(text, Look.BODY, shade.fore).apply {
    leadWith(icon, shade.fore, BADGE_ICON)
    compoundDrawablePadding = dp(Grid.HALF)
    background = rounded(shade.back, BADGE_CORNER)
    setPadding(dp(Grid.ONE), dp(Grid.HALF), dp(Grid.ONE + Grid.HALF), dp(Grid.HALF))
    gravity = Gravity.CENTER_VERTICAL
}

/** Badges beside each other. */
fun Context.badges(all: List<TextView>): Flow = Flow(this).apply { all.forEach(::addView) }

/** An icon in a coloured disc, before a row. */
fun Context.disc(icon: Int, shade: Shade): ImageView = ImageView(this).apply {
    setImageDrawable(icon(icon, shade.fore))
    background = rounded(shade.back, DISC / 2)
    val inset = dp(Grid.ONE)
    setPadding(inset, inset, inset, inset)
    importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
    layoutParams = LinearLayout.LayoutParams(dp(DISC), dp(DISC)).apply {
        marginEnd = dp(Grid.ONE + Grid.HALF)
        topMargin = dp(Grid.HALF)
        gravity = Gravity.TOP
    }
}

/** A band across the screen that says something once: an icon, a sentence, what can be done. */
fun Context.banner(text: String, icon: Int, shade: Shade, buttons: LinearLayout.() -> Unit = {}): LinearLayout = stack {
    background = rounded(shade.back, line = shade.fore)
    setPadding(dp(Grid.TWO), dp(Grid.TWO), dp(Grid.TWO), dp(Grid.TWO))
    val sentence = words(text, Look.BODY, shade.fore)
    sentence.leadWith(icon, shade.fore)
    sentence.gravity = Gravity.CENTER_VERTICAL
    sentence.accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    below(sentence)
    buttons()
}

/** Nothing here: a drawing and a sentence. */
fun Context.nothing(text: String, drawing: Int): LinearLayout = stack {
    gravity = Gravity.CENTER_HORIZONTAL
    setPadding(dp(Grid.TWO), dp(Grid.THREE), dp(Grid.TWO), dp(Grid.THREE))
    below(drawing(drawing), width = WRAP_CONTENT)
    below(words(text, Look.BODY).apply { gravity = Gravity.CENTER }, Grid.TWO)
}

/** A drawing that only makes a screen friendlier. */
fun Context.drawing(of: Int): ImageView = ImageView(this).apply {
    setImageResource(of)
    importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
}

/** It goes on, and says what. */
fun Context.waiting(text: String): LinearLayout = stack {
    gravity = Gravity.CENTER
    setPadding(dp(Grid.TWO), dp(Grid.THREE), dp(Grid.TWO), dp(Grid.THREE))
    accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    below(spinner(), width = WRAP_CONTENT)
    below(words(text, Look.QUIET).apply { gravity = Gravity.CENTER }, Grid.TWO)
}

/** The turning ring, in the app's colour. */
fun Context.spinner(): ProgressBar = ProgressBar(this).apply {
    isIndeterminate = true
    indeterminateTintList = ColorStateList.valueOf(getColor(R.color.primary))
    importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
}

/** Says to a screen reader what kind of control a view is. */
class Role(private val name: String) : View.AccessibilityDelegate() {
    override fun onInitializeAccessibilityNodeInfo(host: View, info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(host, info)
        info.className = name
    }
}

private const val CORNER = 16
private const val BADGE_CORNER = 10
private const val BADGE_ICON = 20
private const val DISC = 40
