package app.doorstep.demo.kit

import android.content.Context
import android.view.View
import android.view.ViewGroup
import kotlin.math.max

/**
 * Lays its children beside each other, and goes on below where a line is full. With [columns] all are equally wide;
 * with [fill] the children of a line share what is left of it, so that both edges are straight.
 */
class Flow(
    context: Context,
    private val columns: Int = 0,
    private val fill: Boolean = false,
    private val gap: Int = Grid.ONE,
) : ViewGroup(context) {
    private class Row(val children: List<View>, val height: Int)

    private var rows: List<Row> = emptyList()

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val room = MeasureSpec.getSize(widthSpec) - paddingLeft - paddingRight
        val between = context.dp(gap)
        val wide = if (columns > 0) (room - between * (columns - 1)) / columns else room
        val mode = if (columns > 0) MeasureSpec.EXACTLY else MeasureSpec.AT_MOST
        val free = MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED)
        children().forEach { it.measure(MeasureSpec.makeMeasureSpec(wide, mode), free) }
        rows = split(room, between)
        // Neighbours in a line are equally high.
        if (columns > 0 || fill) rows.forEach { even(it, room, between) }
        val height = rows.sumOf { it.height } + between * max(0, rows.size - 1) + paddingTop + paddingBottom
        setMeasuredDimension(MeasureSpec.getSize(widthSpec), height)
    }

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        val between = context.dp(gap)
        val backwards = layoutDirection == LAYOUT_DIRECTION_RTL
        var y = paddingTop
        rows.forEach { row ->
            var x = paddingLeft
            row.children.forEach { child ->
                val start = if (backwards) width - x - child.measuredWidth else x
                child.layout(start, y, start + child.measuredWidth, y + child.measuredHeight)
                x += child.measuredWidth + between
            }
            y += row.height + between
        }
    }

    private fun even(row: Row, room: Int, between: Int) {
        val used = row.children.sumOf { it.measuredWidth } + between * (row.children.size - 1)
        val more = if (fill) (room - used) / row.children.size else 0
        val high = MeasureSpec.makeMeasureSpec(row.height, MeasureSpec.EXACTLY)
        row.children.forEach {
            it.measure(MeasureSpec.makeMeasureSpec(it.measuredWidth + more, MeasureSpec.EXACTLY), high)
        }
    }

    private fun split(room: Int, between: Int): List<Row> {
        val made = mutableListOf<Row>()
        var row = mutableListOf<View>()
        var used = 0
        children().forEach { child ->
            val needed = child.measuredWidth + if (row.isEmpty()) 0 else between
            if (row.isNotEmpty() && (used + needed > room || row.size == columns)) {
                made += Row(row, row.maxOf { it.measuredHeight })
                row = mutableListOf()
                used = 0
            }
            used += child.measuredWidth + if (row.isEmpty()) 0 else between
            row += child
        }
        if (row.isNotEmpty()) made += Row(row, row.maxOf { it.measuredHeight })
        return made
    }

    private fun children() = (0 until childCount).map(::getChildAt).filter { it.visibility != GONE }
}
