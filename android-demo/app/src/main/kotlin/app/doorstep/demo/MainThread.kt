package app.doorstep.demo

import android.os.Handler
import android.os.Looper
import kotlinx.coroutines.CoroutineDispatcher
import kotlin.coroutines.CoroutineContext

/** Runs coroutines on the main thread, at once where they are on it already: a tap is shown in the same frame. */
class MainThread(private val looper: Looper = Looper.getMainLooper()) : CoroutineDispatcher() {
    private val handler = Handler(looper)

    override fun isDispatchNeeded(context: CoroutineContext): Boolean = Looper.myLooper() !== looper

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        handler.post(block)
    }
}
