package app.doorstep.screens

/** Something to choose in a form. */
data class Option(
    /** Given back to the presenter when it is tapped. */
    val value: String,
    /** As the person reads it. */
    val text: String,
    /** It is chosen now. */
    val chosen: Boolean,
)

/** How things stand with the relay, in one plain sentence. */
data class StatusLine(
    /** The sentence. */
    val text: String,
    /** Whether a person must look at it. */
    val tone: Tone,
)

/** How loud something is shown. */
enum class Tone {
    /** All is well; having no signal is well, too. */
    CALM,

    /** A person must look at it. */
    ATTENTION,
}

/** One thing that a form asks for. */
sealed interface Field {
    /** Given back to the presenter with what was entered. */
    val key: String

    /** What is asked, as the person reads it. */
    val label: String

    /** The form cannot be saved without it. */
    val required: Boolean

    /** One of several. Tapping what is chosen takes the choice back where it is not required. */
    data class Choose(
        override val key: String,
        override val label: String,
        override val required: Boolean,
        /** What there is to choose. */
        val options: List<Option>,
    ) : Field

    /** Any of several: each tap ticks one, or takes its tick away. */
    data class Tick(
        override val key: String,
        override val label: String,
        override val required: Boolean,
        /** What there is to tick. */
        val options: List<Option>,
    ) : Field

    /** Nothing to answer: a sentence to know before one saves. */
    data class Say(override val key: String, override val label: String) : Field {
        override val required: Boolean get() = false
    }

    /** Words. */
    data class Write(
        override val key: String,
        override val label: String,
        override val required: Boolean,
        /** As it stands. */
        val text: String,
        /** What kind of words, for the keyboard. */
        val input: Input,
    ) : Field
}

/** What kind of words a field takes. */
enum class Input {
    /** A short line. */
    LINE,

    /** Some sentences. */
    WORDS,

    /** A telephone number. */
    PHONE,

    /** A number. */
    NUMBER,
}

/** What came of a form: it was saved. */
data class Done(
    /** For the person: where it is and what comes next. */
    val text: String,
    /** The document. */
    val doc: String,
    /** What it was not saved in, to be read before one leaves. */
    val leftOut: List<LeftOut> = emptyList(),
)

/** A document that an entry was not saved in, or where a person has to do the rest. */
data class LeftOut(
    /** What it is about. */
    val title: String,
    /** Why, as a sentence. */
    val why: String,
)

/** A form that is a list of fields: a new household, a step on a grievance. */
data class FormState(
    /** Nothing to show yet. */
    val loading: Boolean = true,
    /** What is done here: "Take it on". */
    val title: String = "",
    /** What it is about. */
    val about: String = "",
    /** What is asked, in order. */
    val fields: List<Field> = emptyList(),
    /** The save button works. */
    val canSave: Boolean = false,
    /** What is still needed, as a sentence. */
    val missing: String? = null,
    /** As the save button says it. */
    val saveText: String = "",
    /** It is being saved. */
    val saving: Boolean = false,
    /** Something came while the form was open: that as a sentence, with a button to look again. */
    val newCame: String? = null,
    /** A message above the form. */
    val notice: Notice? = null,
    /** What the form is about is not on this phone any more. */
    val gone: Boolean = false,
    /** It was saved: say so and leave. */
    val done: Done? = null,
)
