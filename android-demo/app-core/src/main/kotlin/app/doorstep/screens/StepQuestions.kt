package app.doorstep.screens

import app.doorstep.ffi.Choice
import app.doorstep.ffi.Grade
import app.doorstep.ffi.StepForm
import app.doorstep.ffi.StepKind

/**
 * The form for a step as the engine gave it: what the person saw when they began. It is kept with what
 * they answered, since a step that was offered then may not be offered any more when the process that
 * died comes back, and what they wrote is theirs all the same.
 */
internal data class StepQuestions(
    val act: String,
    val view: String,
    val kind: StepKind,
    /** As the heading says it. */
    val title: String,
    /** What was found. */
    val about: String,
    val grade: Grade,
    val dueS: Long?,
    val reasons: List<Choice>,
    val hows: List<Choice>,
    val resolutions: List<Choice>,
    val people: List<Choice>,
    val levels: List<Choice>,
) {
    fun toMap(): Map<String, String> = buildMap {
        put(ACT, act)
        put(VIEW, view)
        put(KIND, kind.name)
        put(TITLE, title)
        put(ABOUT, about)
        put(GRADE, grade.name)
        dueS?.let { put(DUE, it.toString()) }
        put(REASONS, written(reasons))
        put(HOWS, written(hows))
        put(RESOLUTIONS, written(resolutions))
        put(PEOPLE, written(people))
        put(LEVELS, written(levels))
    }

    companion object {
        private const val ACT = "act"
        private const val VIEW = "view"
        private const val KIND = "kind"
        private const val TITLE = "title"
        private const val ABOUT = "about"
        private const val GRADE = "grade"
        private const val DUE = "due"
        private const val REASONS = "reasons"
        private const val HOWS = "hows"
        private const val RESOLUTIONS = "resolutions"
        private const val PEOPLE = "people"
        private const val LEVELS = "levels"

        fun of(form: StepForm): StepQuestions = StepQuestions(
            act = form.act,
            view = form.view,
            kind = form.kind,
            title = form.text,
            about = form.line.what,
            grade = form.line.grade,
            dueS = form.line.dueS,
            reasons = form.reasons.map { Choice(it.code.toString(), it.text) },
            hows = form.hows,
            resolutions = form.resolutions.map { Choice(it.event, it.text) },
            people = form.people.map { Choice(it.member, it.name) },
            levels = form.levels,
        )

        /** Back from [toMap]; null where it is of another step or of no form at all. */
        fun fromMap(values: Map<String, String>, kind: StepKind): StepQuestions? {
            if (values[KIND] != kind.name) return null
            return StepQuestions(
                act = values[ACT]?.takeIf { it.isNotEmpty() } ?: return null,
                view = values[VIEW] ?: return null,
                kind = kind,
                title = values[TITLE].orEmpty(),
                about = values[ABOUT].orEmpty(),
                grade = Grade.entries.named(values[GRADE]) ?: return null,
                dueS = values[DUE]?.toLongOrNull(),
                reasons = read(values[REASONS]),
                hows = read(values[HOWS]),
                resolutions = read(values[RESOLUTIONS]),
                people = read(values[PEOPLE]),
                levels = read(values[LEVELS]),
            )
        }

        private fun written(choices: List<Choice>): String = Kept.write(choices.associate { it.value to it.text })

        private fun read(text: String?): List<Choice> =
            Kept.read(text.orEmpty()).map { (value, shown) -> Choice(value, shown) }
    }
}
