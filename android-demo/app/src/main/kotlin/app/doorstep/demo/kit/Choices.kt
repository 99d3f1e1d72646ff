package app.doorstep.demo.kit

import android.content.Context
import android.view.Gravity
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.Checkable
import android.widget.LinearLayout
import android.widget.TextView
import app.doorstep.demo.R

/** Something to choose, as the views know it. */
data class Pick(
    val value: String,
    val text: String,
    val chosen: Boolean,
    val icon: Int? = null,
    /** Any of them may be chosen, not just one. */
    val many: Boolean = false,
)

/** One choice. Chosen it has another ground, a thick line and a filled ring or box: three signs beside the colour. */
class ChoiceView(context: Context, private val tile: Boolean) : TextView(context), Checkable {
    private var pick: Pick? = null

    init {
        minimumHeight = context.dp(if (tile) TILE else Grid.BUTTON)
        minimumWidth = context.dp(Grid.BUTTON)
        gravity = if (tile) Gravity.CENTER else Gravity.CENTER_VERTICAL
        setPadding(context.dp(14), context.dp(Grid.ONE), context.dp(Grid.TWO), context.dp(Grid.ONE))
        isClickable = true
        isFocusable = true
        wear(Look.BODY)
    }

    /** Shows this. */
    fun show(now: Pick) {
        if (now == pick) return
        pick = now
        tag = now.value
        text = now.text
        val colour = if (now.chosen) R.color.accent_fore else R.color.ink
        wear(Look.BODY, colour)
        if (tile) topWith(tileIcon(now), colour) else leadWith(ring(now), colour)
        background = context.touchable(
            if (now.chosen) {
                context.rounded(R.color.accent_back, CORNER, R.color.primary, 3)
            } else {
                context.rounded(R.color.surface, CORNER, R.color.outline, 1)
            },
            CORNER,
        )
    }

    /** The icon of a tile stands right above its word, however high its neighbour made it. */
    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        super.onLayout(changed, left, top, right, bottom)
        val icon = compoundDrawablesRelative[1] ?: return
        val words = layout ?: return
        val free = height - compoundPaddingTop - compoundPaddingBottom - words.height
        val side = icon.bounds.width()
        icon.setBounds(0, free / 2, side, free / 2 + side)
        invalidate()
    }

    override fun isChecked(): Boolean = pick?.chosen == true

    /** The state decides, not the view. */
    override fun setChecked(checked: Boolean) = Unit

    override fun toggle() = Unit

    override fun getAccessibilityClassName(): CharSequence =
        if (pick?.many == true) "android.widget.CheckBox" else "android.widget.RadioButton"

    override fun onInitializeAccessibilityNodeInfo(info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(info)
        info.isCheckable = true
        @Suppress("DEPRECATION") // its successor begins with Android 16
        info.isChecked = isChecked
    }

    private fun ring(now: Pick) = when {
        now.many -> if (now.chosen) R.drawable.ic_checkbox_on else R.drawable.ic_checkbox_off
        else -> if (now.chosen) R.drawable.ic_radio_on else R.drawable.ic_radio_off
    }

    private fun tileIcon(now: Pick) = now.icon ?: ring(now)

    private companion object {
        const val TILE = 96
        const val CORNER = 14
    }
}

/** What to choose from, with its label: a grid of tiles or a flow of pills. */
class ChoiceGroup(context: Context, tiles: Boolean, private val choose: (String) -> Unit) : LinearLayout(context) {
    private val tile = tiles
    private val label = context.words("", LABEL)
    private val flow = Flow(context, columns = if (tiles) 2 else 0, fill = !tiles)

    init {
        orientation = VERTICAL
        label.markHeading()
        below(label)
        below(flow, Grid.ONE)
    }

    /** Shows these; views of choices that are still there stay. */
    fun show(name: String, picks: List<Pick>) {
        label.text = name
        label.visibility = if (name.isEmpty()) GONE else VISIBLE
        while (flow.childCount > picks.size) flow.removeViewAt(flow.childCount - 1)
        picks.forEachIndexed { at, pick ->
            val view = flow.getChildAt(at) as ChoiceView? ?: ChoiceView(context, tile).also(flow::addView)
            view.show(pick)
            view.setOnClickListener { choose(pick.value) }
        }
    }
}

/** The label over something to fill in. */
internal val LABEL = Look.HEADING

/** Adds a group of choices. */
fun Items.choices(
    key: String,
    label: String,
    picks: List<Pick>,
    tiles: Boolean = false,
    gap: Int = Grid.THREE,
    choose: (String) -> Unit,
) = add(key, label to picks, gap, change = { (it as ChoiceGroup).show(label, picks) }) { context ->
    ChoiceGroup(context, tiles, choose).apply { show(label, picks) }
}
