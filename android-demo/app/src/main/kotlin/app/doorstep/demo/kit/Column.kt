package app.doorstep.demo.kit

import android.content.Context
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.LinearLayout

/**
 * One thing in a [Column].
 *
 * [content] is everything that it shows: while that is equal, the view stays as it is. [change] takes new content
 * into the same view; without it the view is made again.
 */
class Item(
    val key: String,
    val content: Any,
    val gap: Int,
    val make: (Context) -> View,
    val change: ((View) -> Unit)? = null,
)

/** Gathers what a screen shows, from top to bottom. */
class Items {
    internal val list = mutableListOf<Item>()

    /** Adds one thing, [gap] dp below the one before. */
    fun add(
        key: String,
        content: Any = Unit,
        gap: Int = Grid.ONE,
        change: ((View) -> Unit)? = null,
        make: (Context) -> View,
    ) {
        list += Item(key, content, gap, make, change)
    }

    /** A heading over what follows. */
    fun heading(key: String, text: String, gap: Int = Grid.THREE) =
        add(key, text, gap) { it.heading(text) }
}

/**
 * Shows items below each other, and when it is told what there is now, keeps every view whose content is the same:
 * so a change elsewhere takes neither the cursor out of a field nor the reader of the screen out of its place.
 */
class Column(context: Context) : LinearLayout(context) {
    private var shown: List<Item> = emptyList()

    init {
        orientation = VERTICAL
    }

    /** Shows these. Keys differ from each other. */
    fun show(items: Items) {
        val old = shown.mapIndexed { at, item -> item.key to (item to getChildAt(at)) }.toMap()
        val views = items.list.map { item ->
            val (was, view) = old[item.key] ?: return@map item.make(context)
            keepOrMake(was, view, item)
        }
        for (at in childCount - 1 downTo 0) if (getChildAt(at) !in views) removeViewAt(at)
        views.forEachIndexed { at, view ->
            if (getChildAt(at) !== view) {
                if (view.parent === this) removeView(view)
                addView(view, at, view.layoutParams ?: LayoutParams(MATCH_PARENT, WRAP_CONTENT))
            }
            val item = items.list[at]
            view.tag = item.key
            (view.layoutParams as LayoutParams).topMargin = if (at == 0) 0 else context.dp(item.gap)
        }
        shown = items.list
    }

    /** The view of the item with this key, where it is shown. */
    fun find(key: String): View? = shown.indexOfFirst { it.key == key }.takeIf { it >= 0 }?.let(::getChildAt)

    private fun keepOrMake(was: Item, view: View, item: Item): View = when {
        was.content == item.content -> view
        item.change != null -> view.also(item.change)
        else -> item.make(context).also { made ->
            if (view.isAccessibilityFocused) {
                made.post { made.performAccessibilityAction(AccessibilityNodeInfo.ACTION_ACCESSIBILITY_FOCUS, null) }
            }
        }
    }
}
