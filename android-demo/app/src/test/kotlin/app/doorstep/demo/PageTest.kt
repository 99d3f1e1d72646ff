package app.doorstep.demo

import android.app.Activity
import android.graphics.Insets
import android.os.Looper
import android.view.View
import android.view.WindowInsets
import android.view.accessibility.AccessibilityNodeInfo
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Page
import app.doorstep.demo.kit.Pick
import app.doorstep.demo.kit.Weight
import app.doorstep.demo.kit.WriteField
import app.doorstep.demo.kit.Writing
import app.doorstep.demo.kit.button
import app.doorstep.demo.kit.choices
import app.doorstep.demo.kit.write
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertSame
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf

/** The frame of a screen. */
@RunWith(RobolectricTestRunner::class)
class PageTest {
    private val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
    private val page = Page(activity, "Back")

    private fun shown(vararg keys: String, chosen: String = "a") = page.show(
        Items().apply {
            keys.forEach { key -> write(key, "Label $key", "", Writing.LINE) {} }
            choices("pick", "Pick", listOf("a", "b").map { Pick(it, it, it == chosen) }) {}
        },
    )

    @Test
    fun whatStaysTheSameStaysWhereItIs() {
        shown("one", "two")
        val two = page.find("two") as WriteField
        two.edit.setText("typed")
        val pick = page.find("pick")
        shown("zero", "two", chosen = "b")
        assertSame(two, page.find("two"))
        assertEquals("typed", two.edit.text.toString())
        assertSame("a choice is shown in the same views", pick, page.find("pick"))
        assertEquals(null, page.find("one"))
        shown("one", "two")
        assertNotSame(two, (page.find("one")))
    }

    @Test
    fun barsAndKeyboardCoverNothing() {
        page.offer(Items().apply { add("go") { it.button("Go", Weight.MAIN) {} } })
        val bars = WindowInsets.Builder().setInsets(WindowInsets.Type.systemBars(), Insets.of(0, 50, 0, 30))
        page.root.dispatchApplyWindowInsets(bars.build())
        val bar = page.root.getChildAt(0)
        val foot = page.root.getChildAt(2)
        assertEquals(50, bar.paddingTop)
        assertEquals(30, foot.paddingBottom)
        bars.setInsets(WindowInsets.Type.ime(), Insets.of(0, 0, 0, 400))
        page.root.dispatchApplyWindowInsets(bars.build())
        assertEquals(400, foot.paddingBottom)
    }

    @Test
    fun whoListensHearsWhatItIs() {
        shown("one")
        shadowOf(Looper.getMainLooper()).idle()
        val choices = views(checkNotNull(page.find("pick"))).filter { it.isClickable }.toList()
        val said = choices.map { choice ->
            AccessibilityNodeInfo(choice).also(choice::onInitializeAccessibilityNodeInfo)
        }
        assertEquals(List(2) { "android.widget.RadioButton" to true }, said.map { "${it.className}" to it.isCheckable })
        @Suppress("DEPRECATION") // its successor begins with Android 16
        assertEquals(listOf(true, false), said.map { it.isChecked })
        val headings = views(page.root).filter(View::isAccessibilityHeading).toList()
        assertEquals(2, headings.size)
    }
}
