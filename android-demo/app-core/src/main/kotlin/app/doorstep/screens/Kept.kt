package app.doorstep.screens

/**
 * A form as a small string, for a screen's saved state: names and values, one a line.
 *
 * A form lives there and nowhere else. There is no file of drafts: what a resident said is on the
 * phone's disk only once it was saved, inside the engine's own files. A process that the system ended
 * gives the string back; then the form has its act id too, so that a save whose answer was never seen
 * is one, however often it is sent.
 */
internal object Kept {
    /** As a string; empty for nothing. */
    fun write(values: Map<String, String>): String =
        values.entries.joinToString("\n") { (name, value) -> "${escape(name)}\t${escape(value)}" }

    /** Back from a string. What is not of this form is left out, so that an old one never hurts. */
    fun read(text: String): Map<String, String> = buildMap {
        for (line in text.split('\n')) {
            val tab = line.indexOf('\t')
            if (tab > 0) put(unescape(line.substring(0, tab)), unescape(line.substring(tab + 1)))
        }
    }

    private fun escape(text: String): String = buildString(text.length) {
        for (char in text) {
            when (char) {
                '\\' -> append("\\\\")
                '\n' -> append("\\n")
                '\t' -> append("\\t")
                else -> append(char)
            }
        }
    }

    private fun unescape(text: String): String = buildString(text.length) {
        var escaped = false
        for (char in text) {
            when {
                escaped -> {
                    append(if (char == 'n') '\n' else if (char == 't') '\t' else char)
                    escaped = false
                }
                char == '\\' -> escaped = true
                else -> append(char)
            }
        }
    }
}
