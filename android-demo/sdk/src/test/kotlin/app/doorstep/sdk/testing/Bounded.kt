package app.doorstep.sdk.testing

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit

/** How long anything in a test may take that does not say so itself, in s. */
const val PATIENCE_S: Long = 60

/** Runs a test's coroutines, and fails where they are not done in [seconds]. */
fun bounded(seconds: Long = PATIENCE_S, test: suspend CoroutineScope.() -> Unit) {
    runBlocking { withTimeout(seconds * 1_000, test) }
}

/** Does something that may block for ever, such as reading from a process, and fails after [seconds]. */
internal fun <T> awaited(seconds: Long = PATIENCE_S, what: () -> T): T =
    CompletableFuture.supplyAsync(what).get(seconds, TimeUnit.SECONDS)
