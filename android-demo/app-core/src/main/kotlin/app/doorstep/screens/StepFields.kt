package app.doorstep.screens

import app.doorstep.ffi.By
import app.doorstep.ffi.Channel
import app.doorstep.ffi.Evidence
import app.doorstep.ffi.FlagAsks
import app.doorstep.ffi.Grade
import app.doorstep.ffi.How
import app.doorstep.ffi.Level
import app.doorstep.ffi.SettleChoice
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
    const val HELPERS = "helpers"
    const val PARTIES = "parties"
    const val ALSO = "also"
    const val CODE = "code"
    const val TEAM = "team"
    const val OTHER = "other"
    const val LINK = "link"
    const val ITEM = "item"
    const val FLAG = "flag"
    const val ENTRY = "entry"
    const val EVIDENCE = "evidence"

    /** Answered in sentences. */
    val WORDS = setOf(TEXT)

    /** Answered in one line. */
    val LINES = setOf(BODY, PARTIES, CODE)
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
        for (key in listOf(StepKeys.HOW, StepKeys.RESOLUTION)) {
            if (key in asked) form.offered(key).firstOrNull()?.let { put(key, it.value) }
        }
        for (key in listOf(StepKeys.LEVEL, StepKeys.TEAM, StepKeys.LINK, StepKeys.FLAG)) {
            if (key in asked) form.offered(key).singleOrNull()?.let { put(key, it.value) }
        }
        if (StepKeys.BY in asked) put(StepKeys.BY, By.RESIDENT.name)
        if (StepKeys.HEARD in asked) put(StepKeys.HEARD, Channel.IN_PERSON.name)
        if (StepKeys.CHANNEL in asked) put(StepKeys.CHANNEL, Channel.IN_PERSON.name)
        // One trouble, one tap: who means just one of them takes a tick away.
        if (StepKeys.ALSO in asked) put(StepKeys.ALSO, several(form.offered(StepKeys.ALSO).map { it.value }))
    }

    /** The answers that are still offered: what is not is to be answered again. */
    fun stillOffered(values: Map<String, String>): Map<String, String> {
        val fields = fields(values)
        return values.mapNotNull { (key, value) ->
            fields.firstOrNull { it.key == key }?.stillOffered(value)?.let { key to it }
        }.toMap()
    }

    fun fields(values: Map<String, String>): List<Field> = asked(values).map { asked ->
        val label = words.stepField(asked.key)
        val value = values[asked.key]
        when (asked.key) {
            in StepKeys.WORDS -> Field.Write(asked.key, label, asked.required, value.orEmpty(), Input.WORDS)
            in StepKeys.LINES -> Field.Write(asked.key, label, asked.required, value.orEmpty(), Input.LINE)
            StepKeys.EVIDENCE -> Field.Say(asked.key, words.evidenceLater)
            StepKeys.HELPERS, StepKeys.ALSO ->
                Field.Tick(asked.key, label, asked.required, ticks(asked.key, value.severally()))
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
            StepKind.CONTACT -> listOfNotNull(must(HOW), may(TEXT), ifOffered(ALSO))
            StepKind.PROGRESS -> listOfNotNull(
                must(HOW),
                may(PARTIES).takeIf { mediated(values) },
                may(TEXT),
                ifOffered(HELPERS),
                ifOffered(ALSO),
            )
            StepKind.RESOLVE -> listOfNotNull(must(HOW), may(TEXT), ifOffered(HELPERS), ifOffered(ALSO))
            StepKind.ASKED_NO_ANSWER -> listOf(must(RESOLUTION), must(CHANNEL))
            StepKind.CONFIRM -> listOf(must(RESOLUTION), must(BY), must(HEARD)) + evidence() + may(SATISFACTION)
            StepKind.REJECT -> listOf(must(RESOLUTION), must(BY), must(HEARD), must(REASON), may(TEXT))
            StepKind.FEED_BACK -> listOf(must(RESOLUTION), must(CHANNEL), may(TEXT))
            StepKind.CLOSE_UNSOLVED -> listOf(must(REASON), may(TOLD), may(TEXT))
            StepKind.WITHDRAW -> listOf(must(BY), must(HEARD)) + evidence() + must(REASON)
            StepKind.SET_GRADE -> listOf(must(GRADE), Asked(REASON, required = lessUrgent(values)))
            StepKind.SET_DUE -> listOf(must(DUE), Asked(REASON, required = later(values)))
            StepKind.ESCALATE ->
                listOfNotNull(must(LEVEL), must(BODY).takeIf { outside(values) }, must(REASON), may(TEXT))
            StepKind.TAKE_OVER -> listOf(must(LEVEL))
            StepKind.SEND_BACK -> listOf(must(LEVEL), must(REASON), may(TEXT))
            StepKind.ASSIGN -> listOf(must(TO), may(REASON))
            StepKind.DISPATCH_TEAM -> listOf(must(TEAM), may(TEXT))
            StepKind.TRANSFER -> listOf(must(OTHER), must(REASON))
            StepKind.LINK_DUPLICATE -> listOf(must(OTHER))
            StepKind.UNLINK_DUPLICATE -> listOf(must(LINK), may(REASON))
            StepKind.COUNCIL_ITEM -> listOf(must(ITEM))
            StepKind.SETTLE -> listOfNotNull(must(FLAG), settled(values), may(REASON))
            StepKind.CORRECT -> listOf(must(ENTRY), must(REASON))
            StepKind.NOTE -> listOf(must(TEXT))
        }
    }

    private fun ifOffered(key: String): Asked? = may(key).takeIf { form.offered(key).isNotEmpty() }

    /** More than this member's word: a code that the resident was given. Files come later, and that is said. */
    private fun evidence(): List<Asked> =
        if (form.evidenceNeeded) listOf(must(StepKeys.CODE), may(StepKeys.EVIDENCE)) else emptyList()

    /** What the settling of this flag has to say. */
    private fun settled(values: Map<String, String>): Asked? = when (FlagValue(values[StepKeys.FLAG].orEmpty()).asks) {
        FlagAsks.GRADE -> must(StepKeys.GRADE)
        FlagAsks.DUE -> must(StepKeys.DUE)
        FlagAsks.SEEN, null -> null
    }

    private fun options(key: String, value: String?): List<Option> = when (key) {
        StepKeys.BY -> By.entries.map { Option(it.name, words.by(it), it.name == value) }
        StepKeys.CHANNEL, StepKeys.HEARD, StepKeys.TOLD ->
            Channel.entries.map { Option(it.name, words.channel(it), it.name == value) }
        StepKeys.GRADE -> Grade.entries.map { Option(it.name, words.grade(it), it.name == value) }
        StepKeys.DUE -> DUE_DAYS.map { Option(it.toString(), words.comeAgainIn(it), it.toString() == value) }
        StepKeys.SATISFACTION -> (SATISFACTION_MAX downTo 1).map {
            Option(it.toString(), words.satisfaction(it), it.toString() == value)
        }
        else -> form.offered(key).map { Option(it.value, it.text, it.value == value) }
    }

    private fun ticks(key: String, values: List<String>): List<Option> =
        form.offered(key).map { Option(it.value, it.text, it.value in values) }

    /** What the person saw of the others that it is to be recorded in. */
    fun also(values: Map<String, String>): List<String> =
        if (asked(values).none { it.key == StepKeys.ALSO }) {
            emptyList()
        } else {
            values[StepKeys.ALSO].severally().mapNotNull { form.others[it] }
        }

    /** The step, once nothing is missing. */
    fun step(values: Map<String, String>): Step? = with(StepKeys) {
        val given = Given(values)
        when (form.kind) {
            StepKind.ACCEPT -> Step.Accept
            StepKind.CLOSE -> Step.Close
            StepKind.DECLINE -> Step.Decline(given.code(REASON) ?: return null, given.text(TEXT))
            StepKind.CONTACT -> Step.Contact(given.how() ?: return null, given.text(TEXT))
            StepKind.PROGRESS -> Step.Progress(
                given.how() ?: return null,
                given.text(TEXT),
                given.all(HELPERS),
                given.text(PARTIES).takeIf { mediated(values) },
            )
            StepKind.RESOLVE -> Step.Resolve(given.how() ?: return null, given.text(TEXT), given.all(HELPERS))
            StepKind.ASKED_NO_ANSWER, StepKind.CONFIRM, StepKind.REJECT, StepKind.FEED_BACK -> answer(given)
            StepKind.CLOSE_UNSOLVED ->
                Step.CloseUnsolved(given.code(REASON) ?: return null, given.channel(TOLD), given.text(TEXT))
            StepKind.WITHDRAW -> Step.Withdraw(
                given.by() ?: return null,
                given.channel(HEARD) ?: return null,
                given.code(REASON) ?: return null,
                given.evidence(),
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
            StepKind.DISPATCH_TEAM -> Step.DispatchTeam(given.text(TEAM) ?: return null, given.text(TEXT))
            StepKind.TRANSFER -> Step.Transfer(given.text(OTHER) ?: return null, given.code(REASON) ?: return null)
            StepKind.LINK_DUPLICATE -> Step.LinkDuplicate(given.text(OTHER) ?: return null)
            StepKind.UNLINK_DUPLICATE -> Step.UnlinkDuplicate(given.text(LINK) ?: return null, given.code(REASON))
            StepKind.COUNCIL_ITEM -> {
                val (meeting, item) = given.all(ITEM).takeIf { it.size == 2 } ?: return null
                Step.CouncilItem(meeting, item)
            }
            StepKind.SETTLE -> settle(given)
            StepKind.CORRECT -> Step.Correct(given.text(ENTRY) ?: return null, given.code(REASON) ?: return null)
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
                given.evidence(),
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

    private fun settle(given: Given): Step? {
        val flag = FlagValue(given.text(StepKeys.FLAG) ?: return null)
        val choice = when (flag.asks ?: return null) {
            FlagAsks.SEEN -> SettleChoice.Seen
            FlagAsks.GRADE -> SettleChoice.Grade(Grade.entries.named(given.text(StepKeys.GRADE)) ?: return null)
            FlagAsks.DUE -> SettleChoice.Due(given.dueS() ?: return null)
        }
        return Step.Settle(flag.flag, flag.about, choice, given.code(StepKeys.REASON))
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

    private fun mediated(values: Map<String, String>): Boolean =
        How.entries.named(values[StepKeys.HOW]) in MEDIATIONS

    private fun dueS(values: Map<String, String>): Long? =
        values[StepKeys.DUE]?.toLongOrNull()?.let { openedS + it * DAY_S }

    private inner class Given(private val values: Map<String, String>) {
        fun text(key: String): String? = values[key].orNothing()

        fun all(key: String): List<String> = values[key].severally()

        fun code(key: String): Int? = values[key]?.toIntOrNull()

        fun how(): How? = How.entries.named(values[StepKeys.HOW])

        fun by(): By? = By.entries.named(values[StepKeys.BY])

        fun level(): Level? = Level.entries.named(values[StepKeys.LEVEL])

        fun channel(key: String): Channel? = Channel.entries.named(values[key])

        fun dueS(): Long? = dueS(values)

        fun evidence(): List<Evidence> =
            text(StepKeys.CODE)?.takeIf { form.evidenceNeeded }?.let { listOf(Evidence.Code(it)) }.orEmpty()
    }

    private companion object {
        const val SATISFACTION_MAX = 5
        val DUE_DAYS = listOf(1, 2, 3, 7, 14, 30)
        val MEDIATIONS =
            setOf(How.PEOPLES_MEDIATION, How.ADMINISTRATIVE_MEDIATION, How.JUDICIAL_MEDIATION)
    }
}
