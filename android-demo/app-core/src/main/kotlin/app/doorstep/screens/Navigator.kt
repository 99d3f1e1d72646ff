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
    fun save(): String = screens.value.joinToString(" ") { screen ->
        when (screen) {
            Screen.Enrol -> "enrol"
            Screen.Today -> "today"
            Screen.NewHousehold -> "household"
            Screen.Arrivals -> "arrivals"
            is Screen.Visit -> "visit:${screen.household}"
            is Screen.Grievance -> "grievance:${screen.doc}"
            is Screen.Step -> "step:${screen.doc}:${screen.kind.name}"
        }
    }

    /** Back from [save]; what is not known is left out. */
    fun restore(text: String) {
        val read = text.split(' ').mapNotNull(::screenOf).take(DEPTH_MAX)
        if (read.isNotEmpty()) screens.value = read
    }

    private fun screenOf(text: String): Screen? {
        val parts = text.split(':')
        val doc = parts.getOrNull(1).orEmpty()
        return when (parts.first()) {
            "enrol" -> Screen.Enrol
            "today" -> Screen.Today
            "household" -> Screen.NewHousehold
            "arrivals" -> Screen.Arrivals
            "visit" -> Screen.Visit(doc).takeIf { doc.isNotEmpty() }
            "grievance" -> Screen.Grievance(doc).takeIf { doc.isNotEmpty() }
            "step" -> StepKind.entries.firstOrNull { it.name == parts.getOrNull(2) }?.let { Screen.Step(doc, it) }
            else -> null
        }
    }

    companion object {
        /** Screens on each other, at most. */
        const val DEPTH_MAX: Int = 16
    }
}
