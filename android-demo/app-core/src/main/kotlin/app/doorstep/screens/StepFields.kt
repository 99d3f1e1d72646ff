package app.doorstep.screens

import app.doorstep.ffi.By
import app.doorstep.ffi.Channel
import app.doorstep.ffi.Choice
import app.doorstep.ffi.Grade
import app.doorstep.ffi.How
import app.doorstep.ffi.Level
import app.doorstep.ffi.Step
import app.doorstep.ffi.StepKind
import app.doorstep.screens.words.Words

/** What a step's form asks, by the names under which the answers are kept. */
internal object StepKeys {
    const val REASON = "reason"
    const val HOW = "how"
    const val CHANNEL = "channel"
    const val RESOLUTION = "resolution"
    const val BY = "by"
    const val HEARD = "heard"
    const val SATISFACTION = "satisfaction"
    const val TOLD = "told"
    const val GRADE = "grade"
    const val DUE = "due"
    const val LEVEL = "level"
    const val BODY = "body"
    const val TO = "to"
    const val TEXT = "text"
}

/** One question of a step's form. */
private data class Asked(val key: String, val required: Boolean)

private fun must(key: String) = Asked(key, required = true)

private fun may(key: String) = Asked(key, required = false)

/** The form for one step: what it asks, what is answered, and the step that comes of it. */
internal class StepFields(
    private val form: StepQuestions,
    /** When the form was opened, in s: a due date counts from there, so that sent twice it says the same. */
    private val openedS: Long,
    private val words: Words,
) {
    /** What is usually answered, and so chosen already. */
    fun presets(): Map<String, String> = buildMap {
        val asked = asked(emptyMap()).map { it.key }
        if (StepKeys.HOW in asked) form.hows.firstOrNull()?.let { put(StepKeys.HOW, it.value) }
        if (StepKeys.RESOLUTION in asked) {
            form.resolutions.firstOrNull()?.let { put(StepKeys.RESOLUTION, it.value) }
        }
        if (StepKeys.BY in asked) put(StepKeys.BY, By.RESIDENT.name)
        if (StepKeys.HEARD in asked) put(StepKeys.HEARD, Channel.IN_PERSON.name)
        if (StepKeys.CHANNEL in asked) put(StepKeys.CHANNEL, Channel.IN_PERSON.name)
        if (StepKeys.LEVEL in asked) form.levels.singleOrNull()?.let { put(StepKeys.LEVEL, it.value) }
    }

    /** The answers that are still offered: what is not is to be answered again. */
    fun stillOffered(values: Map<String, String>): Map<String, String> = values.filter { (key, value) ->
        when (val field = fields(values).firstOrNull { it.key == key }) {
            is Field.Choose -> field.options.any { it.value == value }
            is Field.Write -> true
            null -> false
        }
    }

    fun fields(values: Map<String, String>): List<Field> = asked(values).map { asked ->
        val label = words.stepField(asked.key)
        val value = values[asked.key]
        when (asked.key) {
            StepKeys.TEXT -> Field.Write(asked.key, label, asked.required, value.orEmpty(), Input.WORDS)
            StepKeys.BODY -> Field.Write(asked.key, label, asked.required, value.orEmpty(), Input.LINE)
            else -> Field.Choose(asked.key, label, asked.required, options(asked.key, value))
        }
    }

    /** What is still needed, as a sentence. */
    fun missing(values: Map<String, String>): String? =
        asked(values).firstOrNull { it.required && values[it.key].orNothing() == null }
            ?.let { words.missingAnswer(words.stepField(it.key)) }

    private fun asked(values: Map<String, String>): List<Asked> = with(StepKeys) {
        when (form.kind) {
            StepKind.ACCEPT, StepKind.CLOSE -> emptyList()
            StepKind.DECLINE -> listOf(must(REASON), may(TEXT))
            StepKind.CONTACT, StepKind.PROGRESS, StepKind.RESOLVE -> listOf(must(HOW), may(TEXT))
            StepKind.ASKED_NO_ANSWER -> listOf(must(RESOLUTION), must(CHANNEL))
            StepKind.CONFIRM -> listOf(must(RESOLUTION), must(BY), must(HEARD), may(SATISFACTION))
            StepKind.REJECT -> listOf(must(RESOLUTION), must(BY), must(HEARD), must(REASON), may(TEXT))
            StepKind.FEED_BACK -> listOf(must(RESOLUTION), must(CHANNEL), may(TEXT))
            StepKind.CLOSE_UNSOLVED -> listOf(must(REASON), may(TOLD), may(TEXT))
            StepKind.WITHDRAW -> listOf(must(BY), must(HEARD), must(REASON))
            StepKind.SET_GRADE -> listOf(must(GRADE), Asked(REASON, required = lessUrgent(values)))
            StepKind.SET_DUE -> listOf(must(DUE), Asked(REASON, required = later(values)))
            StepKind.ESCALATE ->
                listOfNotNull(must(LEVEL), must(BODY).takeIf { outside(values) }, must(REASON), may(TEXT))
            StepKind.TAKE_OVER -> listOf(must(LEVEL))
            StepKind.SEND_BACK -> listOf(must(LEVEL), must(REASON), may(TEXT))
            StepKind.ASSIGN -> listOf(must(TO), may(REASON))
            StepKind.NOTE -> listOf(must(TEXT))
        }
    }

    private fun options(key: String, value: String?): List<Option> = when (key) {
        StepKeys.REASON -> choices(form.reasons, value)
        StepKeys.HOW -> choices(form.hows, value)
        StepKeys.LEVEL -> choices(form.levels, value)
        StepKeys.RESOLUTION -> choices(form.resolutions, value)
        StepKeys.TO -> choices(form.people, value)
        StepKeys.BY -> By.entries.map { Option(it.name, words.by(it), it.name == value) }
        StepKeys.CHANNEL, StepKeys.HEARD, StepKeys.TOLD ->
            Channel.entries.map { Option(it.name, words.channel(it), it.name == value) }
        StepKeys.GRADE -> Grade.entries.map { Option(it.name, words.grade(it), it.name == value) }
        StepKeys.DUE -> DUE_DAYS.map { Option(it.toString(), words.comeAgainIn(it), it.toString() == value) }
        StepKeys.SATISFACTION -> (SATISFACTION_MAX downTo 1).map {
            Option(it.toString(), words.satisfaction(it), it.toString() == value)
        }
        else -> emptyList()
    }

    private fun choices(offered: List<Choice>, value: String?): List<Option> =
        offered.map { Option(it.value, it.text, it.value == value) }

    /** The step, once nothing is missing. */
    fun step(values: Map<String, String>): Step? = with(StepKeys) {
        val given = Given(values)
        when (form.kind) {
            StepKind.ACCEPT -> Step.Accept
            StepKind.CLOSE -> Step.Close
            StepKind.DECLINE -> Step.Decline(given.code(REASON) ?: return null, given.text(TEXT))
            StepKind.CONTACT -> Step.Contact(given.how() ?: return null, given.text(TEXT))
            StepKind.PROGRESS -> Step.Progress(given.how() ?: return null, given.text(TEXT))
            StepKind.RESOLVE -> Step.Resolve(given.how() ?: return null, given.text(TEXT))
            StepKind.ASKED_NO_ANSWER, StepKind.CONFIRM, StepKind.REJECT, StepKind.FEED_BACK -> answer(given)
            StepKind.CLOSE_UNSOLVED ->
                Step.CloseUnsolved(given.code(REASON) ?: return null, given.channel(TOLD), given.text(TEXT))
            StepKind.WITHDRAW -> Step.Withdraw(
                given.by() ?: return null,
                given.channel(HEARD) ?: return null,
                given.code(REASON) ?: return null,
            )
            StepKind.SET_GRADE ->
                Step.SetGrade(Grade.entries.named(values[GRADE]) ?: return null, given.code(REASON))
            StepKind.SET_DUE -> Step.SetDue(dueS(values) ?: return null, given.code(REASON))
            StepKind.ESCALATE -> Step.Escalate(
                given.level() ?: return null,
                given.code(REASON) ?: return null,
                given.text(TEXT),
                given.text(BODY).takeIf { outside(values) },
            )
            StepKind.TAKE_OVER -> Step.TakeOver(given.level() ?: return null)
            StepKind.SEND_BACK ->
                Step.SendBack(given.level() ?: return null, given.code(REASON) ?: return null, given.text(TEXT))
            StepKind.ASSIGN -> Step.Assign(values[TO] ?: return null, given.code(REASON))
            StepKind.NOTE -> Step.Note(given.text(TEXT) ?: return null)
        }
    }

    /** The steps about one resolution. */
    private fun answer(given: Given): Step? = with(StepKeys) {
        val resolution = given.text(RESOLUTION) ?: return null
        when (form.kind) {
            StepKind.ASKED_NO_ANSWER -> Step.AskedNoAnswer(resolution, given.channel(CHANNEL) ?: return null)
            StepKind.FEED_BACK ->
                Step.FeedBack(resolution, given.channel(CHANNEL) ?: return null, given.text(TEXT))
            StepKind.CONFIRM -> Step.Confirm(
                resolution,
                given.by() ?: return null,
                given.channel(HEARD) ?: return null,
                given.code(SATISFACTION),
            )
            StepKind.REJECT -> Step.Reject(
                resolution,
                given.by() ?: return null,
                given.channel(HEARD) ?: return null,
                given.code(REASON) ?: return null,
                given.text(TEXT),
            )
            else -> null
        }
    }

    /** Less urgent than now: that wants a reason. A is the most urgent. */
    private fun lessUrgent(values: Map<String, String>): Boolean {
        val grade = Grade.entries.named(values[StepKeys.GRADE]) ?: return false
        return grade > form.grade
    }

    private fun later(values: Map<String, String>): Boolean {
        val due = dueS(values) ?: return false
        val before = form.dueS ?: return false
        return due > before
    }

    private fun outside(values: Map<String, String>): Boolean =
        Level.entries.named(values[StepKeys.LEVEL]) == Level.OUTSIDE

    private fun dueS(values: Map<String, String>): Long? =
        values[StepKeys.DUE]?.toLongOrNull()?.let { openedS + it * DAY_S }

    private class Given(private val values: Map<String, String>) {
        fun text(key: String): String? = values[key].orNothing()

        fun code(key: String): Int? = values[key]?.toIntOrNull()

        fun how(): How? = How.entries.named(values[StepKeys.HOW])

        fun by(): By? = By.entries.named(values[StepKeys.BY])

        fun level(): Level? = Level.entries.named(values[StepKeys.LEVEL])

        fun channel(key: String): Channel? = Channel.entries.named(values[key])
    }

    private companion object {
        const val SATISFACTION_MAX = 5
        val DUE_DAYS = listOf(1, 2, 3, 7, 14, 30)
    }
}
