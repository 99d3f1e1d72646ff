package app.doorstep.screens

/** Characters that a field of sentences takes: at most 12,000 bytes, and the engine takes 16 KiB. */
const val WORDS_CHARS_MAX: Int = 4_000

/** Characters that a field of one line takes. */
const val LINE_CHARS_MAX: Int = 200

/** Grievances that one visit takes; the engine's own bound. */
const val FOUND_MAX: Int = 16

/** Persons met on one visit, by the buttons. */
const val PERSONS_MET_MAX: Int = 99

/** At most so many characters of it, and never half of one. */
internal fun cut(text: String, charsMax: Int): String = when {
    text.length <= charsMax -> text
    text[charsMax - 1].isHighSurrogate() -> text.substring(0, charsMax - 1)
    else -> text.substring(0, charsMax)
}

/** What was typed; null where that is nothing but blanks. */
internal fun String?.orNothing(): String? = this?.trim()?.takeIf { it.isNotEmpty() }

/** Pieces of a sentence for a row or for a screen reader; what is empty is left out. */
internal fun joined(separator: String, vararg pieces: String?): String =
    pieces.filterNot { it.isNullOrBlank() }.joinToString(separator)

/** The entry of an enumeration that a value of the engine names: `peoples_mediation`, `PEOPLES_MEDIATION`. */
internal fun <E : Enum<E>> List<E>.named(value: String?): E? {
    val plain = value?.replace("_", "") ?: return null
    return firstOrNull { it.name.replace("_", "").equals(plain, ignoreCase = true) }
}
