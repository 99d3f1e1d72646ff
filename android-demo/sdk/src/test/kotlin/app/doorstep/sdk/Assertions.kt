package app.doorstep.sdk

import app.doorstep.ffi.DoorstepException
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.fail

/** The stable word of any of the six errors. */
internal val DoorstepException.word: String
    get() = when (this) {
        is DoorstepException.Rejected -> code
        is DoorstepException.Unreachable -> code
        is DoorstepException.NotAdmitted -> code
        is DoorstepException.Outdated -> code
        is DoorstepException.StorageFull -> code
        is DoorstepException.Damaged -> code
    }

/** The sentence for the person of any of the six errors. */
internal val DoorstepException.words: String
    get() = when (this) {
        is DoorstepException.Rejected -> sentence
        is DoorstepException.Unreachable -> sentence
        is DoorstepException.NotAdmitted -> sentence
        is DoorstepException.Outdated -> sentence
        is DoorstepException.StorageFull -> sentence
        is DoorstepException.Damaged -> sentence
    }

/** Runs [verb], which must fail as a [E] with this code and a sentence. */
internal suspend inline fun <reified E : DoorstepException> assertCode(
    code: String,
    verb: suspend () -> Any?,
): E {
    val error = try {
        verb()
        null
    } catch (error: DoorstepException) {
        error
    } ?: fail("$code was expected, and it went well")
    assertEquals(code, error.word, error.message)
    assertTrue(error.words.length > 8, error.words)
    return assertInstanceOf(E::class.java, error)
}
