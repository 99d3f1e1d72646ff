package app.doorstep.screens

import app.doorstep.ffi.LeftOutLine

/** Several values as one answer: ids and words of the engine have no blanks. */
internal fun several(values: Iterable<String>): String = values.joinToString(" ")

/** Back from [several]. */
internal fun String?.severally(): List<String> = orEmpty().split(' ').filter { it.isNotEmpty() }

/** The answers when [value] of a field is tapped; once more takes it back where nothing requires it. */
internal fun Map<String, String>.tapped(field: Field, value: String): Map<String, String> {
    val before = this[field.key]
    return when {
        field is Field.Tick -> {
            val ticked = before.severally()
            this + (field.key to several(if (value in ticked) ticked - value else ticked + value))
        }
        before == value && !field.required -> this - field.key
        else -> this + (field.key to value)
    }
}

/** The answer as far as this field still offers it; null = it is to be answered again. */
internal fun Field.stillOffered(value: String): String? = when (this) {
    is Field.Choose -> value.takeIf { options.any { it.value == value } }
    is Field.Tick -> several(value.severally().filter { one -> options.any { it.value == one } })
    is Field.Write -> value
    is Field.Say -> null
}

internal fun leftOut(lines: List<LeftOutLine>): List<LeftOut> = lines.map { LeftOut(it.title, it.why) }

private const val DONE = "done"
private const val DONE_DOC = "done.doc"
private const val LEFT_OUT = "done.left."

/** What was saved, where a person has to read what came of it: for the screen's saved state. */
internal fun Done.kept(): String = if (leftOut.isEmpty()) {
    ""
} else {
    val left = leftOut.mapIndexed { at, one -> "$LEFT_OUT$at" to Kept.write(mapOf(one.title to one.why)) }
    Kept.write(mapOf(DONE to text, DONE_DOC to doc) + left)
}

/** Back from [kept]; null where that is something else. */
internal fun doneOf(kept: Map<String, String>): Done? {
    val left = kept.filterKeys { it.startsWith(LEFT_OUT) }.values
        .flatMap { one -> Kept.read(one).map { (title, why) -> LeftOut(title, why) } }
    return Done(kept[DONE] ?: return null, kept[DONE_DOC].orEmpty(), left)
}
