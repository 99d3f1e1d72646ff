package app.doorstep.screens

import app.doorstep.ffi.Choice
import app.doorstep.ffi.FlagAsks
import app.doorstep.ffi.Grade
import app.doorstep.ffi.StepForm
import app.doorstep.ffi.StepKind
import app.doorstep.screens.words.Words

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
    /** The engine wants more than this member's word for what a resident said. */
    val evidenceNeeded: Boolean,
    /** What there is to choose, by the keys of [StepKeys]. */
    val offered: Map<String, List<Choice>>,
    /** The others of the group that it may be recorded in too: what the person saw of each, by its document. */
    val others: Map<String, String>,
) {
    fun offered(key: String): List<Choice> = offered[key].orEmpty()

    fun toMap(): Map<String, String> = buildMap {
        put(ACT, act)
        put(VIEW, view)
        put(KIND, kind.name)
        put(TITLE, title)
        put(ABOUT, about)
        put(GRADE, grade.name)
        dueS?.let { put(DUE, it.toString()) }
        if (evidenceNeeded) put(EVIDENCE, YES)
        offered.forEach { (key, choices) -> put("$OFFERED$key", written(choices)) }
        put(OTHERS, Kept.write(others))
    }

    companion object {
        private const val ACT = "act"
        private const val VIEW = "view"
        private const val KIND = "kind"
        private const val TITLE = "title"
        private const val ABOUT = "about"
        private const val GRADE = "grade"
        private const val DUE = "due"
        private const val EVIDENCE = "evidence"
        private const val OFFERED = "offered."
        private const val OTHERS = "others"
        private const val YES = "yes"

        fun of(form: StepForm, words: Words): StepQuestions = StepQuestions(
            act = form.act,
            view = form.view,
            kind = form.kind,
            title = form.text,
            about = form.line.what,
            grade = form.line.grade,
            dueS = form.line.dueS,
            evidenceNeeded = form.evidenceNeeded,
            offered = offered(form, words).filterValues { it.isNotEmpty() },
            others = form.group.associate { it.line.doc to it.view },
        )

        private fun offered(form: StepForm, words: Words): Map<String, List<Choice>> = mapOf(
            StepKeys.REASON to form.reasons.map { Choice(it.code.toString(), it.text) },
            StepKeys.HOW to form.hows,
            StepKeys.RESOLUTION to form.resolutions.map { Choice(it.event, it.text) },
            StepKeys.TO to form.people.map { Choice(it.member, it.name) },
            StepKeys.LEVEL to form.levels,
            StepKeys.HELPERS to form.helpers.map { Choice(it.member, it.name) },
            StepKeys.TEAM to form.teams,
            StepKeys.OTHER to form.grievances.map {
                Choice(it.doc, joined(words.dot, it.what, it.placeName, it.stageText))
            },
            StepKeys.LINK to form.links.map { Choice(it.event, it.title) },
            StepKeys.ITEM to form.meetings.flatMap { choice ->
                choice.items.map { Choice(several(listOf(choice.meeting.doc, it.value)), it.text) }
            },
            StepKeys.FLAG to form.flags.map { Choice(several(listOf(it.flag, it.asks.name) + it.about), it.text) },
            StepKeys.ALSO to form.group.map {
                Choice(it.line.doc, joined(words.dot, it.line.what, it.line.stageText))
            },
            StepKeys.ENTRY to form.corrections.map {
                Choice(it.event, joined(words.dot, it.sentence, if (it.mine) words.me else it.author.name))
            },
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
                evidenceNeeded = values[EVIDENCE] == YES,
                offered = values.filterKeys { it.startsWith(OFFERED) }
                    .map { (key, choices) -> key.removePrefix(OFFERED) to read(choices) }.toMap(),
                others = Kept.read(values[OTHERS].orEmpty()),
            )
        }

        private fun written(choices: List<Choice>): String = Kept.write(choices.associate { it.value to it.text })

        private fun read(text: String): List<Choice> =
            Kept.read(text).map { (value, shown) -> Choice(value, shown) }
    }
}

/** A flag as one value of a choice: its word, what its settling has to say, and the events that it is about. */
internal class FlagValue(text: String) {
    private val parts = text.severally()

    val flag: String = parts.firstOrNull().orEmpty()
    val asks: FlagAsks? = FlagAsks.entries.named(parts.getOrNull(1))
    val about: List<String> = parts.drop(2)
}
