package app.doorstep.screens

import app.doorstep.ffi.By
import app.doorstep.ffi.Channel
import app.doorstep.ffi.Choice
import app.doorstep.ffi.CodeLine
import app.doorstep.screens.words.Words

/** What a form asks: the key under which the answer is kept, and what its label is called. */
enum class Ask {
    ATTENDS,
    BIRTH,
    BLOCK,
    BY,
    CARRIED,
    CHANNEL,
    CODE,
    CONSENT,
    DAY,
    ENTRY,
    FIELD,
    FLAG,
    GRIEVANCES,
    HOUSEHOLD,
    LANGUAGE,
    LINK,
    NAME,
    NUMBER,
    OTHERS,
    OUTCOME,
    PEOPLE,
    PERSON,
    PHONE,
    REASON,
    RELATION,
    REVIEW,
    SEAT,
    TEXT,
    TITLE,
    UNTIL,
    VALUE,
    VENUE,
    VERSION,
    WHO,
    WHOSE,
    WRITTEN,
}

/** What a form stands on from the moment it is opened: its act, what was seen, and when. */
internal data class Begun(val act: String, val view: String, val openedS: Long)

/** One form of a [FormPresenter]: what it asks, and what is written with the answers. */
internal abstract class Sheet<F : Any>(protected val setting: Setting) {
    /** The document that it is about; null where it makes one. */
    abstract val doc: String?

    /** As the heading and the button say it. */
    abstract val title: String

    /** Reads what the form needs; null where that is not on this phone. */
    abstract suspend fun load(): F?

    abstract fun act(form: F): String

    /** What the person saw of the document. */
    open fun view(form: F): String = ""

    /** What it is about. */
    open fun about(form: F): String = ""

    /** What is kept with the form and is no answer: what was on the screen and is replaced, say. */
    open fun seen(form: F): Map<String, String> = emptyMap()

    /** What is usually answered, and so chosen already. */
    open fun presets(form: F): Map<String, String> = emptyMap()

    abstract fun fields(form: F, answers: Answers): List<Field>

    /** Saves it; null where an answer is missing after all. */
    abstract suspend fun write(form: F, begun: Begun, answers: Answers): Done?
}

/** The answers of a form, and the fields that show them. */
internal class Answers(val values: Map<String, String>, private val words: Words) {
    fun text(ask: Ask): String? = values[ask.name].orNothing()

    fun code(ask: Ask): Int? = text(ask)?.toIntOrNull()

    fun all(ask: Ask): List<String> = values[ask.name].severally()

    fun by(): By? = By.entries.named(text(Ask.BY))

    fun channel(): Channel? = Channel.entries.named(text(Ask.CHANNEL))

    /** What was on the screen and is replaced. */
    fun replaces(): List<String> = values[REPLACES].severally()

    fun choose(ask: Ask, offered: List<Choice>, required: Boolean = true): Field = Field.Choose(
        ask.name,
        words.ask(ask),
        required,
        offered.map { Option(it.value, it.text, it.value == values[ask.name]) },
    )

    fun codes(ask: Ask, offered: List<CodeLine>, required: Boolean = true): Field =
        choose(ask, offered.map { Choice(it.code.toString(), it.text) }, required)

    fun askBy(): Field = choose(Ask.BY, By.entries.map { Choice(it.name, words.by(it)) })

    fun askChannel(): Field = choose(Ask.CHANNEL, Channel.entries.map { Choice(it.name, words.channel(it)) })

    fun days(ask: Ask, days: List<Int>, required: Boolean = true): Field =
        choose(ask, days.map { Choice(it.toString(), words.comeAgainIn(it)) }, required)

    fun tick(ask: Ask, offered: List<Choice>): Field {
        val ticked = all(ask)
        val options = offered.map { Option(it.value, it.text, it.value in ticked) }
        return Field.Tick(ask.name, words.ask(ask), required = false, options)
    }

    fun write(ask: Ask, input: Input, required: Boolean = true): Field =
        Field.Write(ask.name, words.ask(ask), required, values[ask.name].orEmpty(), input)

    companion object {
        /** The key of what a value replaces. */
        const val REPLACES: String = "replaces"
    }
}
