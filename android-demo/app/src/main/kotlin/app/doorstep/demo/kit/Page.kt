package app.doorstep.demo.kit

import android.app.Activity
import android.os.Build
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.WindowInsets
import android.widget.ImageButton
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import app.doorstep.demo.R

/**
 * The frame of every screen: a coloured bar with its name, what it shows, and at the bottom, where the thumb is,
 * what is done next. The bar grows behind the status bar, the bottom behind the navigation bar or above the keyboard.
 */
class Page(private val activity: Activity, backLabel: String?) {
    private val title: TextView = activity.words("", Look.TITLE, R.color.on_bar)
    private val band: TextView = activity.words("", Look.BODY, R.color.on_bar)
    private val bar: LinearLayout
    private val content = Column(activity)
    private val actions = Column(activity)
    private val foot: LinearLayout

    /** What is scrolled. */
    val scroll: ScrollView = ScrollView(activity)

    /** Everything. */
    val root: LinearLayout

    init {
        bar = activity.stack {
            setBackgroundColor(context.getColor(R.color.bar))
            below(context.row { head(backLabel) })
            below(band, 0)
        }
        scroll.addView(content)
        scroll.isFillViewport = true
        val side = activity.dp(Grid.TWO)
        content.setPadding(side, side, side, activity.dp(Grid.THREE))
        foot = activity.stack {
            setBackgroundColor(context.getColor(R.color.surface))
            val hair = View(context).apply { setBackgroundColor(context.getColor(R.color.hair)) }
            addView(hair, MATCH_PARENT, context.dp(1))
            actions.setPadding(side, context.dp(Grid.ONE), side, context.dp(Grid.ONE))
            below(actions, 0)
        }
        root = activity.stack {
            addView(bar, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
            addView(scroll, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
            addView(foot, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        }
        prepareBand()
        activity.setContentView(root)
        edgeToEdge()
    }

    /** Shows the screen's name. */
    fun title(text: String) {
        if (title.text.toString() != text) title.text = text
        activity.title = text
    }

    /** Shows how things stand with the relay, below the name; none hides the band. */
    fun status(text: String?, icon: Int, press: () -> Unit) {
        band.visibility = if (text == null) View.GONE else View.VISIBLE
        if (text == null || band.text.toString() == text) return
        band.text = text
        band.leadWith(icon, R.color.on_bar)
        band.setOnClickListener { press() }
    }

    /** How far down it is scrolled, in pixels; given back by [begin] after a rotation. */
    val scrolled: Int get() = scroll.scrollY

    private var startAt = 0

    /** Begins that far down, once there is something to show. */
    fun begin(at: Int) {
        startAt = at
    }

    /** Shows what there is. */
    fun show(items: Items) {
        content.show(items)
        val at = startAt
        if (at == 0 || items.list.any { it.key == LOADING }) return
        startAt = 0
        scroll.post { scroll.scrollTo(0, at) }
    }

    /** Shows what can be done. */
    fun offer(items: Items) {
        actions.show(items)
        foot.visibility = if (items.list.isEmpty()) View.GONE else View.VISIBLE
    }

    /** The view of the item with this key, wherever it is. */
    fun find(key: String): View? = content.find(key) ?: actions.find(key)

    private fun LinearLayout.head(backLabel: String?) {
        minimumHeight = context.dp(BAR)
        val side = context.dp(Grid.TWO)
        val edge = context.dp(Grid.HALF)
        setPadding(if (backLabel == null) side else edge, edge, side, edge)
        if (backLabel != null) addView(back(backLabel))
        title.markHeading()
        addView(title, LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f))
    }

    private fun back(label: String) = ImageButton(activity).apply {
        tag = "back"
        setImageDrawable(context.icon(R.drawable.ic_back, R.color.on_bar))
        background = context.touchable(context.rounded(R.color.bar, Grid.BUTTON / 2), Grid.BUTTON / 2)
        contentDescription = label
        setOnClickListener { activity.onBackPressedDispatch() }
        layoutParams = LinearLayout.LayoutParams(context.dp(Grid.BUTTON), context.dp(Grid.BUTTON))
    }

    private fun prepareBand() {
        band.tag = "status"
        band.gravity = Gravity.CENTER_VERTICAL
        band.minimumHeight = activity.dp(Grid.BUTTON)
        val side = activity.dp(Grid.TWO)
        band.setPadding(side, activity.dp(Grid.ONE), side, activity.dp(Grid.ONE))
        band.background = activity.touchable(activity.rounded(R.color.bar_band, 0), 0)
        band.isClickable = true
        band.isFocusable = true
        band.visibility = View.GONE
        band.accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
        band.accessibilityDelegate = Role("android.widget.Button")
    }

    /** Before Android 11 the system keeps the bars free by itself, in the colours of the theme. */
    private fun edgeToEdge() {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) return
        activity.window.setDecorFitsSystemWindows(false)
        root.setOnApplyWindowInsetsListener { _, insets ->
            val bars = insets.getInsets(WindowInsets.Type.systemBars() or WindowInsets.Type.displayCutout())
            val keyboard = insets.getInsets(WindowInsets.Type.ime())
            bar.setPadding(bars.left, bars.top, bars.right, 0)
            scroll.setPadding(bars.left, 0, bars.right, if (foot.visibility == View.GONE) bars.bottom else 0)
            foot.setPadding(bars.left, 0, bars.right, maxOf(bars.bottom, keyboard.bottom))
            WindowInsets.CONSUMED
        }
    }

    companion object {
        /** The key of what is shown while there is nothing to show yet. */
        const val LOADING: String = "loading"

        private const val BAR = 64
    }
}

@Suppress("DEPRECATION") // the dispatcher that replaces it begins with Android 13
private fun Activity.onBackPressedDispatch() = onBackPressed()
