package app.doorstep.screens

import app.doorstep.ffi.StepKind
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update

/** A screen of the app, with what it is about. */
sealed interface Screen {
    /** Become a member's phone. */
    data object Enrol : Screen

    /** The first one. */
    data object Today : Screen

    /** Enter a household. */
    data object NewHousehold : Screen

    /** What was delivered, and what was not. */
    data object Arrivals : Screen

    /** Record a visit to this household. */
    data class Visit(val household: String) : Screen

    /** The story of a grievance. */
    data class Grievance(val doc: String) : Screen

    /** One step on a grievance. */
    data class Step(val doc: String, val kind: StepKind) : Screen

    /** All grievances, in one list. */
    data object Grievances : Screen

    /** One field over everything. */
    data object Search : Screen

    /** A household. */
    data class Household(val doc: String) : Screen

    /** The meetings of the council. */
    data object Meetings : Screen

    /** One meeting with its items. */
    data class Meeting(val doc: String) : Screen

    /** A form that a [FormPresenter] fills. */
    sealed interface Form : Screen

    /** One entry in a household. */
    data class HouseholdEntry(val doc: String, val task: HouseholdTask) : Form

    /** One entry in a meeting. */
    data class MeetingEntry(val doc: String, val task: MeetingTask) : Form

    /** Write down a meeting. */
    data object NewMeeting : Form

    /** What came of an item of a meeting. */
    data class Item(val meeting: String, val item: String) : Form

    /** As a short text, for a saved state or an intent. */
    fun asText(): String = when (this) {
        Enrol -> "enrol"
        Today -> "today"
        NewHousehold -> "household"
        Arrivals -> "arrivals"
        Grievances -> "grievances"
        Search -> "search"
        Meetings -> "meetings"
        NewMeeting -> "new-meeting"
        is Visit -> "visit:$household"
        is Grievance -> "grievance:$doc"
        is Household -> "home:$doc"
        is Meeting -> "meeting:$doc"
        is Step -> "step:$doc:${kind.name}"
        is HouseholdEntry -> "home-entry:$doc:${task.name}"
        is MeetingEntry -> "meeting-entry:$doc:${task.name}"
        is Item -> "item:$meeting:$item"
    }

    companion object {
        /** Back from [asText]; null for what is not known. */
        fun of(text: String): Screen? {
            val parts = text.split(':')
            val plain = plain(parts.first())
            if (plain != null) return plain
            val doc = parts.getOrNull(1)?.takeIf { it.isNotEmpty() } ?: return null
            val last = parts.getOrNull(2)
            return when (parts.first()) {
                "visit" -> Visit(doc)
                "grievance" -> Grievance(doc)
                "home" -> Household(doc)
                "meeting" -> Meeting(doc)
                "step" -> StepKind.entries.firstOrNull { it.name == last }?.let { Step(doc, it) }
                "home-entry" -> HouseholdTask.entries.firstOrNull { it.name == last }?.let { HouseholdEntry(doc, it) }
                "meeting-entry" -> MeetingTask.entries.firstOrNull { it.name == last }?.let { MeetingEntry(doc, it) }
                "item" -> last?.takeIf { it.isNotEmpty() }?.let { Item(doc, it) }
                else -> null
            }
        }

        private fun plain(word: String): Screen? = when (word) {
            "enrol" -> Enrol
            "today" -> Today
            "household" -> NewHousehold
            "arrivals" -> Arrivals
            "grievances" -> Grievances
            "search" -> Search
            "meetings" -> Meetings
            "new-meeting" -> NewMeeting
            else -> null
        }
    }
}

/** What may be written into a household, each with a form of its own. */
enum class HouseholdTask {
    NOTE,
    CONSENT,
    PRIORITY,
    END_PRIORITY,
    ADD_PERSON,
    PERSON_LEFT,
    ADD_PHONE,
    REPLACE_PHONE,
    NOTICE,
    FIELD,
    SAME_AS,
    NOT_SAME,
    CONTINUES,
    SETTLE,
    CORRECT,
}

/** What may be written into a meeting, each with a form of its own. */
enum class MeetingTask {
    ADD_ITEM,
    ATTENDANCE,
    NOTE,
    SETTLE,
    CORRECT,
}

/** Which screens lie on each other. The lowest is Today or Enrol. */
class Navigator {
    private val screens = MutableStateFlow<List<Screen>>(listOf(Screen.Today))

    /** The lowest first; never empty. */
    val stack: StateFlow<List<Screen>> = screens.asStateFlow()

    /** The one that is seen. */
    val current: Screen
        get() = screens.value.last()

    /** Puts a screen on top; once, where a row was tapped twice. */
    fun open(screen: Screen) {
        screens.update { if (it.last() == screen || it.size >= DEPTH_MAX) it else it + screen }
    }

    /** Takes the top one away; false where there is none below: leave the app. */
    fun back(): Boolean {
        var went = false
        screens.update {
            went = it.size > 1
            if (went) it.dropLast(1) else it
        }
        return went
    }

    /** Back to Today. */
    fun home() {
        replace(Screen.Today)
    }

    /** Only this one. */
    fun replace(screen: Screen) {
        screens.value = listOf(screen)
    }

    /** For a screen's saved state. */
    fun save(): String = screens.value.joinToString(" ", transform = Screen::asText)

    /** Back from [save]; what is not known is left out. */
    fun restore(text: String) {
        val read = text.split(' ').mapNotNull(Screen::of).take(DEPTH_MAX)
        if (read.isNotEmpty()) screens.value = read
    }

    companion object {
        /** Screens on each other, at most. */
        const val DEPTH_MAX: Int = 16
    }
}
