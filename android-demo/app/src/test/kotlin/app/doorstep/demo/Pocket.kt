package app.doorstep.demo

import android.app.Activity
import android.app.Application
import android.content.Context
import android.content.Intent
import android.graphics.Rect
import android.net.ConnectivityManager
import android.os.Bundle
import android.os.Looper
import android.os.SystemClock
import android.view.MotionEvent
import android.view.View
import android.view.ViewGroup
import android.view.inputmethod.EditorInfo
import android.widget.EditText
import android.widget.TextView
import org.junit.Assert.assertTrue
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowNetwork
import org.robolectric.util.ReflectionHelpers
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.LockSupport

/**
 * A phone in somebody's hand: real activities above each other on a real engine, touched by finger.
 *
 * What one of them starts is opened, what finishes is left, as the system does it. [close] ends the process.
 */
class Pocket(private val home: Path) : AutoCloseable {
    private class Level(val type: Class<out Activity>, val intent: Intent, var saved: Bundle? = null) {
        var running: ActivityController<out Activity>? = null
    }

    private val stack = ArrayDeque<Level>()

    /** How often the glass was touched. */
    var taps = 0

    /** What is seen. */
    val top: Activity get() = checkNotNull(stack.last().running).get()

    /** The process. */
    val app: DoorstepApp get() = RuntimeEnvironment.getApplication() as DoorstepApp

    /** Opens the app from the launcher, or an activity of it. */
    fun launch(type: Class<out Activity> = TodayActivity::class.java, intent: Intent? = null) {
        TestApp.home = home
        put(Level(type, intent ?: Intent(app, type)))
    }

    /** Opens another screen on the same process, and leaves the one before. */
    fun show(intent: Intent) {
        stack.removeLastOrNull()?.running?.pause()?.stop()?.destroy()
        @Suppress("UNCHECKED_CAST") // only activities are started here
        launch(Class.forName(checkNotNull(intent.component).className) as Class<out Activity>, intent)
    }

    /** Waits until something is so. */
    fun until(what: String, condition: () -> Boolean) {
        val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S)
        settle()
        while (!condition()) {
            assertTrue("waited in vain: $what; on the screen: ${words()}", System.nanoTime() < end)
            LockSupport.parkNanos(PAUSE_NS)
            settle()
        }
    }

    /** Waits until this activity is seen. */
    inline fun <reified A : Activity> untilOn() = until(A::class.java.simpleName) { top is A }

    /** Waits for a view with this key, or this text. */
    fun awaited(key: String): View {
        until("a view '$key'") { find(key) != null }
        return checkNotNull(find(key))
    }

    /** The view with this key, or this text; what is inside a card counts as the card. */
    fun find(key: String): View? {
        val all = views(top.window.decorView)
        val found = all.firstOrNull { it.tag == key }
            ?: all.firstOrNull { it is TextView && it.text.toString() == key }
            ?: return null
        return generateSequence(found) { it.parent as? View }.firstOrNull { it.isClickable } ?: found
    }

    /** Touches what has this key or text, where it is. */
    fun tap(key: String) {
        var view = scrolledTo(awaited(key))
        // What arrived meanwhile may have put another view in its place.
        while (find(key) !== view) view = scrolledTo(awaited(key))
        press(view)
    }

    /** Touches a view: scrolls it into sight, presses its middle and lets go. */
    fun tap(view: View) = press(scrolledTo(view))

    /** Touches the view of this key, and lets go only when something has happened. */
    fun hold(key: String, meanwhile: () -> Unit) = press(scrolledTo(awaited(key)), meanwhile)

    private fun scrolledTo(view: View): View {
        view.requestRectangleOnScreen(Rect(0, 0, view.width, view.height), true)
        settle()
        return view
    }

    private fun press(view: View, meanwhile: () -> Unit = {}) {
        val seen = Rect()
        assertTrue("not in sight: ${view.tag}", view.getGlobalVisibleRect(seen))
        val down = SystemClock.uptimeMillis()
        touch(down, MotionEvent.ACTION_DOWN, seen)
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(PRESS_MS))
        meanwhile()
        touch(down, MotionEvent.ACTION_UP, seen)
        taps += 1
        settle()
    }

    /** Types into the field of this key, as a keyboard does. */
    fun type(key: String, text: String) {
        val field = views(awaited(key)).first { it is EditText } as EditText
        val keyboard = checkNotNull(field.onCreateInputConnection(EditorInfo()))
        keyboard.commitText(text, 1)
        settle()
    }

    /** What is in the field of this key. */
    fun typed(key: String): String = (views(awaited(key)).first { it is EditText } as EditText).text.toString()

    /** Leaves the screen by the arrow in its bar. */
    fun back() = tap("back")

    /** Turns the phone. */
    fun rotate(to: String) {
        RuntimeEnvironment.setQualifiers("+$to")
        checkNotNull(stack.last().running).configurationChange().visible()
        settle()
    }

    /** The system ends the process for want of memory, and the person comes back: what was saved is all there is. */
    fun dieAndComeBack() {
        stack.forEach { level ->
            val running = checkNotNull(level.running)
            val bundle = Bundle()
            running.saveInstanceState(bundle)
            if (level === stack.last()) running.pause().stop()
            running.destroy()
            level.saved = bundle
            level.running = null
        }
        app.shutDown()
        newProcess()
        appear(stack.last())
    }

    /** Signal comes or goes. */
    fun signal(there: Boolean) {
        val manager = app.getSystemService(ConnectivityManager::class.java)
        val network = ShadowNetwork.newInstance(1)
        shadowOf(manager).networkCallbacks.forEach { if (there) it.onAvailable(network) else it.onLost(network) }
        settle()
    }

    /** Every text that is seen. */
    fun words(): List<String> = if (stack.lastOrNull()?.running == null) {
        emptyList()
    } else {
        views(top.window.decorView).filter { it.isShown }.mapNotNull { (it as? TextView)?.text?.toString() }.toList()
    }

    /** Lets the main thread do what waits, and follows where it leads. */
    fun settle() {
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(FRAME_MS))
        follow()
    }

    override fun close() {
        stack.forEach { it.running?.close() }
        stack.clear()
        app.shutDown()
        shadowOf(Looper.getMainLooper()).idle()
    }

    private fun follow() {
        val here = stack.lastOrNull() ?: return
        val running = here.running ?: return
        val next = shadowOf(running.get()).nextStartedActivity
        val leaves = running.get().isFinishing
        if (!leaves && next == null) return
        running.pause().stop()
        if (leaves) {
            stack.removeLast()
            running.destroy()
        }
        if (next != null) {
            @Suppress("UNCHECKED_CAST") // only activities are started here
            put(Level(Class.forName(checkNotNull(next.component).className) as Class<out Activity>, next))
        } else {
            val below = stack.last()
            below.running?.restart()?.start()?.resume() ?: appear(below)
        }
        settle()
    }

    private fun put(level: Level) {
        stack.addLast(level)
        appear(level)
    }

    private fun appear(level: Level) {
        val made = Robolectric.buildActivity(level.type, level.intent)
        level.running = made
        if (level.saved == null) made.setup() else made.setup(level.saved)
        settle()
    }

    private fun newProcess() {
        val old = RuntimeEnvironment.getApplication()
        val fresh = TestApp()
        val base = ReflectionHelpers.ClassParameter.from(Context::class.java, old.baseContext)
        ReflectionHelpers.callInstanceMethod<Any>(Application::class.java, fresh, "attach", base)
        @Suppress("DEPRECATION") // the one way to a second process in a test
        RuntimeEnvironment.application = fresh
        fresh.onCreate()
    }

    private fun touch(down: Long, action: Int, at: Rect) {
        val now = SystemClock.uptimeMillis()
        val event = MotionEvent.obtain(down, now, action, at.exactCenterX(), at.exactCenterY(), 0)
        top.window.decorView.dispatchTouchEvent(event)
        event.recycle()
    }

    private companion object {
        const val PATIENCE_S = 60L
        const val PAUSE_NS = 2_000_000L
        const val PRESS_MS = 60L
        const val FRAME_MS = 20L
    }
}

/** A view and all below it. */
fun views(root: View): Sequence<View> = sequence {
    yield(root)
    if (root is ViewGroup) for (at in 0 until root.childCount) yieldAll(views(root.getChildAt(at)))
}
