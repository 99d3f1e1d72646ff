package app.doorstep.demo

import android.app.Activity
import android.text.TextUtils
import android.view.View
import android.widget.Button
import android.widget.FrameLayout
import android.widget.LinearLayout
import android.widget.TextView
import app.doorstep.demo.kit.Look
import app.doorstep.demo.kit.Weight
import app.doorstep.demo.kit.button
import app.doorstep.demo.kit.dp
import app.doorstep.demo.kit.words
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** [Looks] finds what it is there to find: one planted fault each. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "en-rUS-w360dp-h760dp-port-xhdpi")
class LooksTest {
    private val activity = Robolectric.buildActivity(Activity::class.java).setup().get()

    /** What is wrong where these stand below each other. */
    private fun wrong(width: Int, height: Int, vararg children: View): List<String> {
        val box = LinearLayout(activity).apply { orientation = LinearLayout.VERTICAL }
        children.forEach { box.addView(it, width, height) }
        return wrong(box)
    }

    private fun wrong(box: View): List<String> {
        val root = FrameLayout(activity).apply { setBackgroundColor(activity.getColor(R.color.ground)) }
        root.addView(box)
        activity.setContentView(root)
        val exact = { of: Int -> View.MeasureSpec.makeMeasureSpec(activity.dp(of), View.MeasureSpec.EXACTLY) }
        root.measure(exact(WIDTH), exact(HEIGHT))
        root.layout(0, 0, activity.dp(WIDTH), activity.dp(HEIGHT))
        return Looks.wrong(root)
    }

    private fun found(what: String, wrong: List<String>) =
        assertTrue("$what in $wrong", wrong.any { it.startsWith(what) })

    private fun text(words: String) = activity.words(words, Look.BODY)

    @Test
    fun nothingIsFoundWhereNothingIsWrong() {
        val fine = wrong(MATCH, WRAP, text("A sentence that is read"), activity.button("Press", Weight.MAIN) {})
        assertEquals(emptyList<String>(), fine)
    }

    @Test
    fun textThatIsCut() {
        val dots = text("A sentence that does not fit in its place").apply {
            maxLines = 1
            ellipsize = TextUtils.TruncateAt.END
        }
        found("shortened", wrong(activity.dp(100), WRAP, dots))
        val long = text("A sentence that needs more lines than there are")
        found("too high", wrong(activity.dp(100), activity.dp(30), long))
        found("a word is split", wrong(activity.dp(60), WRAP, text("Indivisibilities")))
    }

    @Test
    fun textThatIsPale() {
        val grey = TextView(activity).apply {
            text = "grey"
            setTextColor(0xFF888888.toInt())
        }
        found("contrast", wrong(MATCH, WRAP, grey))
    }

    @Test
    fun whatIsTooSmallOrHasNoName() {
        val small = Button(activity).apply {
            text = "x"
            minHeight = 0
            minimumHeight = 0
        }
        found("too small", wrong(activity.dp(100), activity.dp(40), small))
        found("without a name", wrong(activity.dp(100), activity.dp(60), View(activity).apply { isClickable = true }))
    }

    @Test
    fun whatCoversOrLeavesItsPlace() {
        val pile = FrameLayout(activity).apply { repeat(2) { addView(text("one over the other")) } }
        found("one covers the other", wrong(pile))
        found("over the edge", wrong(activity.dp(WIDTH + 40), WRAP, text("wide")))
    }

    private companion object {
        const val WIDTH = 360
        const val HEIGHT = 760
        const val MATCH = LinearLayout.LayoutParams.MATCH_PARENT
        const val WRAP = LinearLayout.LayoutParams.WRAP_CONTENT
    }
}
