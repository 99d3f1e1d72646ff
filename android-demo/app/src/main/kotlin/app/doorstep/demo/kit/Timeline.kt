package app.doorstep.demo.kit

import android.content.Context
import android.graphics.Canvas
import android.graphics.DashPathEffect
import android.graphics.Paint
import android.graphics.drawable.Drawable
import android.view.View
import app.doorstep.demo.R

/** The rail beside a story: a line from the step before to the next, and a knot with the step's icon. */
class Rail(context: Context, icon: Int, private val place: Place, private val counts: Boolean) : View(context) {
    /** Where in the story a step stands. */
    enum class Place { ONLY, FIRST, MIDDLE, LAST }

    private val line = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        color = context.getColor(R.color.outline)
        strokeWidth = context.dp(2).toFloat()
    }
    private val knot = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        color = context.getColor(if (counts) R.color.accent_back else R.color.surface)
    }
    private val ring = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        style = Paint.Style.STROKE
        strokeWidth = context.dp(2).toFloat()
        color = context.getColor(if (counts) R.color.primary else R.color.outline)
        if (!counts) pathEffect = DashPathEffect(floatArrayOf(context.dp(4).toFloat(), context.dp(4).toFloat()), 0f)
    }
    private val picture: Drawable = context.icon(icon, if (counts) R.color.accent_fore else R.color.quiet)

    init {
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        setMeasuredDimension(context.dp(WIDTH), getDefaultSize(context.dp(WIDTH), heightSpec))
    }

    override fun onDraw(canvas: Canvas) {
        val middle = width / 2f
        val centre = context.dp(CENTRE).toFloat()
        val radius = context.dp(RADIUS).toFloat()
        val bottom = height.toFloat()
        if (place == Place.MIDDLE || place == Place.LAST) canvas.drawLine(middle, 0f, middle, centre, line)
        if (place == Place.MIDDLE || place == Place.FIRST) canvas.drawLine(middle, centre, middle, bottom, line)
        canvas.drawCircle(middle, centre, radius, knot)
        canvas.drawCircle(middle, centre, radius - ring.strokeWidth / 2, ring)
        val half = context.dp(ICON) / 2
        picture.setBounds(
            (middle - half).toInt(),
            (centre - half).toInt(),
            (middle + half).toInt(),
            (centre + half).toInt(),
        )
        picture.draw(canvas)
    }

    private companion object {
        const val WIDTH = 40
        const val CENTRE = 24
        const val RADIUS = 19
        const val ICON = 22
    }
}
