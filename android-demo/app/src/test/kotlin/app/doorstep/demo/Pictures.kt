package app.doorstep.demo

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Insets
import android.view.View
import android.view.WindowInsets
import android.widget.ScrollView
import org.junit.Assert.assertTrue
import java.io.File

/** Screens as PNG files, in the folder of the property `screens.folder`. */
object Pictures {
    private const val STATUS_BAR = 48
    private const val NAVIGATION_BAR = 32
    private const val COLOURS_MIN = 20

    /** Draws what is seen, and the whole of it where some is below the fold. [look] is asked of each. */
    fun draw(activity: Activity, name: String, look: (View) -> Unit) {
        val decor = activity.window.decorView
        bars(decor)
        lay(decor, decor.width, decor.height)
        val scroll = views(decor).first { it is ScrollView } as ScrollView
        scroll.scrollTo(0, 0)
        look(decor)
        write(decor, name)
        val hidden = scroll.getChildAt(0).height - scroll.height
        if (hidden <= 0) return
        val width = decor.width
        val height = decor.height
        lay(decor, width, height + hidden)
        look(decor)
        write(decor, "$name-whole")
        lay(decor, width, height)
    }

    /** A status bar and a line for gestures, as a phone has them. */
    fun bars(decor: View) {
        val insets = WindowInsets.Builder()
            .setInsets(WindowInsets.Type.statusBars(), Insets.of(0, STATUS_BAR, 0, 0))
            .setInsets(WindowInsets.Type.navigationBars(), Insets.of(0, 0, 0, NAVIGATION_BAR))
            .build()
        views(decor).first { it is ScrollView }.let { (it.parent as View).dispatchApplyWindowInsets(insets) }
    }

    private fun lay(decor: View, width: Int, height: Int) {
        // Twice: a flow knows the height of its lines after it was measured once.
        repeat(2) {
            views(decor).forEach(View::forceLayout)
            decor.measure(
                View.MeasureSpec.makeMeasureSpec(width, View.MeasureSpec.EXACTLY),
                View.MeasureSpec.makeMeasureSpec(height, View.MeasureSpec.EXACTLY),
            )
            decor.layout(0, 0, width, height)
        }
    }

    private fun write(view: View, name: String) {
        val picture = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
        view.draw(Canvas(picture))
        val pixels = IntArray(picture.width * picture.height)
        picture.getPixels(pixels, 0, picture.width, 0, 0, picture.width, picture.height)
        assertTrue("$name is blank", pixels.toHashSet().size > COLOURS_MIN)
        val file = File(System.getProperty("screens.folder"), "$name.png")
        checkNotNull(file.parentFile).mkdirs()
        file.outputStream().use { assertTrue(picture.compress(Bitmap.CompressFormat.PNG, 100, it)) }
        picture.recycle()
    }
}
