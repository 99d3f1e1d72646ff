package app.doorstep.demo

import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Look
import app.doorstep.demo.kit.Shade
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

/** What the design promises of its colours and sizes. */
@RunWith(RobolectricTestRunner::class)
class ColoursTest {
    private val pairs = listOf(
        R.color.ink to R.color.ground,
        R.color.ink to R.color.surface,
        R.color.quiet to R.color.ground,
        R.color.quiet to R.color.surface,
        R.color.primary to R.color.ground,
        R.color.primary to R.color.surface,
        R.color.on_primary to R.color.primary,
        R.color.on_bar to R.color.bar,
        R.color.on_bar to R.color.bar_band,
    ) + Shade.entries.map { it.fore to it.back } + listOf(Shade.WARN.fore to R.color.ground)

    private fun ratio(pair: Pair<Int, Int>): Double {
        val app = RuntimeEnvironment.getApplication()
        return Looks.contrast(app.getColor(pair.first), app.getColor(pair.second))
    }

    @Test
    fun textIsReadByDayAndByNight() {
        for (time in listOf("+notnight", "+night")) {
            RuntimeEnvironment.setQualifiers(time)
            val app = RuntimeEnvironment.getApplication()
            pairs.forEach { pair ->
                val names = pair.toList().joinToString(" on ") { app.resources.getResourceEntryName(it) }
                assertTrue("$time: $names has ${ratio(pair)}", ratio(pair) >= 7.0)
            }
            // Lines that say where to touch are no text: 3:1.
            listOf(R.color.surface, R.color.ground).forEach { assertTrue(time, ratio(R.color.outline to it) >= 3.0) }
        }
    }

    @Test
    fun theMeasureOfContrastIsTheStandards() {
        assertEquals(21.0, Looks.contrast(0xFF000000.toInt(), 0xFFFFFFFF.toInt()), 0.01)
        assertEquals(4.54, Looks.contrast(0xFF767676.toInt(), 0xFFFFFFFF.toInt()), 0.01)
    }

    @Test
    fun nothingIsSmallerThanPromised() {
        assertTrue(Look.entries.all { it.size >= 18f })
        assertTrue(Look.TITLE.size in 24f..28f)
        assertTrue(Grid.TARGET >= 48 && Grid.BUTTON >= 56)
    }
}
