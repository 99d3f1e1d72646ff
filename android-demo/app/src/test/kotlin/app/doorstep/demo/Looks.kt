package app.doorstep.demo

import android.content.res.ColorStateList
import android.graphics.Color
import android.graphics.Rect
import android.graphics.drawable.ColorDrawable
import android.graphics.drawable.Drawable
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.LayerDrawable
import android.graphics.drawable.StateListDrawable
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.ScrollView
import android.widget.TextView
import kotlin.math.max
import kotlin.math.min
import kotlin.math.pow

/** What must be so of every screen, whatever it shows: asked of its tree of views, in words where it is not so. */
object Looks {
    private const val CONTRAST_MIN = 7.0
    private const val TARGET_DP = 48

    /** Everything that is wrong with a screen; empty where nothing is. */
    fun wrong(root: View): List<String> {
        val shown = views(root).filter { it.isShown && it.width > 0 }.toList()
        return shown.filterIsInstance<TextView>().flatMap { cut(it) + pale(it, root) } +
            shown.flatMap { small(it) + mute(it, root) + outside(it) } +
            shown.filterIsInstance<ViewGroup>().flatMap(::overlap)
    }

    /** Text that is not to be read whole. */
    private fun cut(view: TextView): List<String> {
        if (view.text.isEmpty()) return emptyList()
        val layout = view.layout ?: return listOf("not laid out: ${name(view)}")
        val room = view.width - view.compoundPaddingLeft - view.compoundPaddingRight
        val high = view.height - view.compoundPaddingTop - view.compoundPaddingBottom
        val wrong = mutableListOf<String>()
        for (line in 0 until layout.lineCount) {
            if (layout.getEllipsisCount(line) > 0) wrong += "shortened: ${name(view)}"
            if (layout.getLineMax(line) > room + 1) wrong += "too wide: ${name(view)}"
            val end = layout.getLineEnd(line)
            val split = end < view.text.length && view.text[end - 1].isLatin() && view.text[end].isLatin()
            if (split && view !is EditText) wrong += "a word is split: ${name(view)}"
        }
        if (layout.getLineEnd(layout.lineCount - 1) < view.text.length) wrong += "lines are missing: ${name(view)}"
        if (layout.height > high + 1 && view !is EditText) wrong += "too high: ${name(view)}, ${layout.height} in $high"
        return wrong
    }

    /** Text without contrast to what is behind it. */
    private fun pale(view: TextView, root: View): List<String> {
        if (view.text.isEmpty() && view.hint.isNullOrEmpty()) return emptyList()
        val colour = if (view.text.isEmpty()) view.currentHintTextColor else view.currentTextColor
        val behind = groundOf(view, root)
        val found = contrast(colour, behind)
        return if (found >= CONTRAST_MIN) emptyList() else listOf("contrast %.1f: %s".format(found, name(view)))
    }

    /** Something to touch that is too small for a gloved thumb. */
    private fun small(view: View): List<String> {
        if (!view.isClickable && view !is EditText) return emptyList()
        val least = TARGET_DP * view.resources.displayMetrics.density - 1
        val large = view.width >= least && view.height >= least
        return if (large) emptyList() else listOf("too small to touch: ${name(view)}")
    }

    /** Something to touch that has no name for those who listen. */
    private fun mute(view: View, root: View): List<String> {
        if (!view.isClickable && !view.isFocusable) return emptyList()
        if (view is ScrollView || view.javaClass.simpleName == "DecorView") return emptyList()
        val said = view.contentDescription ?: (view as? TextView)?.let { it.text.ifEmpty { it.hint } }
        val labelled = view.id != View.NO_ID && views(root).any { it.labelFor == view.id }
        return if (!said.isNullOrBlank() || labelled) emptyList() else listOf("without a name: ${name(view)}")
    }

    /** A view that reaches over the edge of its parent. */
    private fun outside(view: View): List<String> {
        val parent = view.parent as? ViewGroup ?: return emptyList()
        if (parent is ScrollView) return emptyList()
        val fits = view.left >= 0 && view.top >= 0 && view.right <= parent.width && view.bottom <= parent.height
        return if (fits) emptyList() else listOf("over the edge: ${name(view)}")
    }

    /** Neighbours that cover each other. */
    private fun overlap(parent: ViewGroup): List<String> {
        if (parent.javaClass.simpleName == "DecorView") return emptyList()
        val children = (0 until parent.childCount).map(parent::getChildAt)
            .filter { it.isShown && it.width > 0 && it.height > 0 }
        return children.flatMapIndexed { at, one ->
            children.drop(at + 1)
                .filter { Rect.intersects(bounds(one), bounds(it)) }
                .map { "one covers the other: ${name(one)} and ${name(it)}" }
        }
    }

    private fun bounds(view: View) = Rect(view.left, view.top, view.right, view.bottom)

    private fun name(view: View): String {
        val words = (view as? TextView)?.text?.take(40) ?: view.contentDescription?.take(40)
        return "${view.javaClass.simpleName} ${view.tag ?: ""} '${words ?: ""}' ${view.width}x${view.height}"
    }

    private fun Char.isLatin() = this in 'a'..'z' || this in 'A'..'Z'

    /** The colour behind a view: the first ground that hides what is below it. */
    private fun groundOf(view: View, root: View): Int =
        generateSequence(view) { it.parent as? View }.mapNotNull { it.background?.let(::colourOf) }
            .firstOrNull { Color.alpha(it) == 255 } ?: root.context.getColor(R.color.ground)

    private fun colourOf(drawable: Drawable): Int? = when (drawable) {
        is ColorDrawable -> drawable.color
        is GradientDrawable -> drawable.color?.let(ColorStateList::getDefaultColor)
        is StateListDrawable -> drawable.current.takeIf { it !== drawable }?.let(::colourOf)
        is LayerDrawable ->
            (0 until drawable.numberOfLayers).firstNotNullOfOrNull { colourOf(drawable.getDrawable(it)) }
        else -> null
    }

    /** How well one colour stands out from another: WCAG 2.2, 1 to 21. */
    fun contrast(one: Int, other: Int): Double {
        val a = luminance(one)
        val b = luminance(other)
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    private fun luminance(colour: Int): Double =
        0.2126 * linear(Color.red(colour)) + 0.7152 * linear(Color.green(colour)) + 0.0722 * linear(Color.blue(colour))

    private fun linear(part: Int): Double {
        val of = part / 255.0
        return if (of <= 0.04045) of / 12.92 else ((of + 0.055) / 1.055).pow(2.4)
    }
}
