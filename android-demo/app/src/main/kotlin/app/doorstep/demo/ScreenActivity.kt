package app.doorstep.demo

import android.app.Activity
import android.content.Context
import android.os.Bundle
import android.view.MotionEvent
import android.view.View
import android.view.WindowManager
import android.widget.Toast
import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Page
import app.doorstep.demo.kit.Weight
import app.doorstep.demo.kit.button
import app.doorstep.demo.kit.nothing
import app.doorstep.demo.kit.waiting
import app.doorstep.screens.AppCore
import app.doorstep.screens.Done
import app.doorstep.screens.Screen
import app.doorstep.screens.words.Words
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch

/**
 * A screen: it waits for the engine, makes the presenter, and shows each state of it. Through a rotation the presenter
 * lives on; into a new process it goes as the small string that it saved.
 *
 * @param P the presenter
 * @param S its state
 */
abstract class ScreenActivity<P : AutoCloseable, S : Any> : Activity() {
    private class Kept<P>(val core: AppCore, val presenter: P)

    private var kept: Kept<P>? = null
    private var saved: String? = null
    private var left = false
    private val scope = CoroutineScope(MainThread() + SupervisorJob())
    private var watching: Job? = null
    private val finger = MutableStateFlow(false)

    /** The frame. */
    protected lateinit var page: Page
        private set

    /** The labels. */
    protected val words: Words get() = app.words

    /** The process. */
    protected val app: DoorstepApp get() = application as DoorstepApp

    /** The presenter, once the engine is open. */
    protected val presenter: P? get() = kept?.presenter

    /** Which screen this is. */
    protected abstract val screen: Screen

    /** The first of its stack: nothing to go back to. */
    protected open val first: Boolean get() = false

    /** Makes the presenter. */
    protected abstract fun present(core: AppCore, saved: String?): P

    /** Its state. */
    protected abstract fun stateOf(presenter: P): StateFlow<S>

    /** What must not be lost. */
    protected open fun saveOf(presenter: P): String = ""

    /** Shows a state. */
    protected abstract fun show(presenter: P, state: S)

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        if (resources.getBoolean(R.bool.screens_are_private)) {
            window.setFlags(WindowManager.LayoutParams.FLAG_SECURE, WindowManager.LayoutParams.FLAG_SECURE)
        }
        saved = state?.getString(SAVED)
        @Suppress("UNCHECKED_CAST") // this class alone puts it there
        kept = lastNonConfigurationInstance as Kept<P>?
        page = Page(this, words.back.takeUnless { first })
        page.title(words.screenTitle(screen))
        page.begin(state?.getInt(SCROLLED) ?: 0)
        app.open()
    }

    override fun onStart() {
        super.onStart()
        watching = scope.launch {
            app.engine.collectLatest { engine ->
                when (engine) {
                    Engine.Opening -> only(Page.LOADING) { it.waiting(words.loading) }
                    is Engine.Closed -> closed(engine.sentence)
                    is Engine.Open -> watch(engine.core)
                }
            }
        }
    }

    override fun onStop() {
        watching?.cancel()
        super.onStop()
    }

    /** What is under a finger stays there until it is lifted: a tap is not lost because something arrived. */
    override fun dispatchTouchEvent(event: MotionEvent): Boolean {
        if (event.actionMasked == MotionEvent.ACTION_DOWN) finger.value = true
        val taken = super.dispatchTouchEvent(event)
        if (event.actionMasked == MotionEvent.ACTION_UP || event.actionMasked == MotionEvent.ACTION_CANCEL) {
            // After the click, which the view posts.
            window.decorView.post { finger.value = false }
        }
        return taken
    }

    override fun onSaveInstanceState(state: Bundle) {
        super.onSaveInstanceState(state)
        // Where the engine is not open yet, what an earlier process saved is still what there is to save.
        state.putInt(SCROLLED, page.scrolled)
        state.putString(SAVED, kept?.let { saveOf(it.presenter) } ?: saved)
    }

    override fun onRetainNonConfigurationInstance(): Any? = kept.also { left = true }

    override fun onDestroy() {
        scope.cancel()
        if (!left) kept?.presenter?.close()
        super.onDestroy()
    }

    /** Opens another screen. */
    protected fun go(to: Screen) = startActivity(Routes.to(this, to))

    /** It was saved: says so, and goes back. */
    protected fun leave(done: Done) {
        if (isFinishing) return
        Toast.makeText(this, done.text, Toast.LENGTH_LONG).show()
        finish()
    }

    /** Shows that it is being read. */
    protected fun showLoading() = only(Page.LOADING) { it.waiting(words.loading) }

    /** Shows that what this was about is not here any more. */
    protected fun showGone() = only("gone") { it.nothing(words.gone, R.drawable.art_door) }

    private suspend fun watch(core: AppCore) {
        val mine = kept?.takeIf { it.core === core } ?: makeFor(core)
        stateOf(mine.presenter).collect { state ->
            finger.first { !it }
            show(mine.presenter, state)
        }
    }

    private fun makeFor(core: AppCore): Kept<P> {
        // Of another core: the language changed. What was typed goes on in the new one.
        val old = kept?.presenter
        val made = Kept(core, present(core, old?.let(::saveOf) ?: saved))
        old?.close()
        kept = made
        return made
    }

    private fun only(key: String, make: (Context) -> View) {
        page.show(Items().apply { add(key, make = make) })
        page.offer(Items())
    }

    private fun closed(sentence: String) {
        page.show(
            Items().apply {
                val said = "${getString(R.string.not_opened)}\n$sentence"
                add("closed", said) { it.nothing(said, R.drawable.art_phone) }
            },
        )
        page.offer(
            Items().apply {
                add("again", gap = Grid.ONE) { it.button(getString(R.string.try_again), Weight.MAIN) { app.open() } }
            },
        )
    }

    private companion object {
        const val SAVED = "form"
        const val SCROLLED = "scrolled"
    }
}
