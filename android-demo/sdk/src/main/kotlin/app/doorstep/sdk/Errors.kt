package app.doorstep.sdk

import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.InternalException
import app.doorstep.ffi.Language
import kotlinx.coroutines.CancellationException
import java.nio.charset.CharacterCodingException

/**
 * Runs [verb] so that whatever goes wrong in it is a [DoorstepException].
 *
 * Three things arrive from the bindings in another form: a bug of the engine, a call after the end, and a text that
 * cannot be told as UTF-8, which never reaches the engine.
 */
internal inline fun <T> typed(language: Language, verb: () -> T): T = try {
    verb()
} catch (bug: InternalException) {
    throw bugFound(language, bug)
} catch (cancelled: CancellationException) {
    // It is an IllegalStateException too, and none of ours.
    throw cancelled
} catch (destroyed: IllegalStateException) {
    throw closed(language, destroyed)
} catch (text: CharacterCodingException) {
    throw badText(language, text)
}

internal fun bugFound(language: Language, cause: Throwable): DoorstepException =
    DoorstepException.Damaged("bug", Sentence.BUG.inLanguage(language)).because(cause)

internal fun closed(language: Language, cause: Throwable): DoorstepException =
    DoorstepException.Rejected("closed", Sentence.CLOSED.inLanguage(language)).because(cause)

internal fun badText(language: Language, cause: Throwable): DoorstepException =
    DoorstepException.Rejected("bad_text", Sentence.BAD_TEXT.inLanguage(language)).because(cause)

private fun DoorstepException.because(cause: Throwable): DoorstepException = apply { initCause(cause) }

/** What this layer has to say to the person itself. */
private enum class Sentence(private val chinese: String, private val english: String) {
    BUG(
        "程序出错了。已保存的内容都在。请报告这个问题。",
        "Something is wrong in the app. Everything that was saved is still there. Please report it.",
    ),
    CLOSED(
        "正在退出，没有保存。请重新打开后再试。",
        "The app was closing, and this was not done. Open it again and try once more.",
    ),
    BAD_TEXT(
        "这段文字里有无法保存的字符，请删去后再试。",
        "There is a character in this text that cannot be saved. Remove it and try again.",
    ),
    ;

    fun inLanguage(language: Language): String = when (language) {
        Language.CHINESE -> chinese
        Language.ENGLISH -> english
    }
}
