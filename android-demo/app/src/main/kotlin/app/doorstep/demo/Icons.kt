package app.doorstep.demo

import app.doorstep.ffi.StepKind
import app.doorstep.screens.Screen

/** The pictures of what happens. Each stands beside its words, never instead of them. */
internal object Icons {
    private val STORY = mapOf(
        "discover" to R.drawable.ic_stage_discovered,
        "accept" to R.drawable.ic_step_accept,
        "decline" to R.drawable.ic_step_decline,
        "contact" to R.drawable.ic_step_contact,
        "progress" to R.drawable.ic_step_progress,
        "resolve" to R.drawable.ic_step_resolve,
        "asked_no_answer" to R.drawable.ic_step_asked_no_answer,
        "confirm" to R.drawable.ic_step_confirm,
        "reject" to R.drawable.ic_step_reject,
        "feed_back" to R.drawable.ic_step_feed_back,
        "close" to R.drawable.ic_step_close,
        "close_unsolved" to R.drawable.ic_step_close_unsolved,
        "withdraw" to R.drawable.ic_step_withdraw,
        "set_grade" to R.drawable.ic_step_set_grade,
        "set_due" to R.drawable.ic_step_set_due,
        "escalate" to R.drawable.ic_step_escalate,
        "take_over" to R.drawable.ic_step_take_over,
        "send_back" to R.drawable.ic_step_send_back,
        "assign" to R.drawable.ic_step_assign,
        "dispatch_team" to R.drawable.ic_step_assign,
        "transfer" to R.drawable.ic_stage_referred,
        "note" to R.drawable.ic_step_note,
        "duplicate_of" to R.drawable.ic_stage_void,
    )

    private val STAGE = mapOf(
        "discover" to R.drawable.ic_stage_discovered,
        "resolve" to R.drawable.ic_stage_resolved,
        "confirm" to R.drawable.ic_stage_confirmed,
        "reject" to R.drawable.ic_stage_reopened,
        "close" to R.drawable.ic_stage_closed,
        "close_unsolved" to R.drawable.ic_stage_unsolved,
        "withdraw" to R.drawable.ic_stage_withdrawn,
        "transfer" to R.drawable.ic_stage_referred,
        "duplicate_of" to R.drawable.ic_stage_void,
    )

    /** Of an entry of a story. A kind newer than this app is a note. */
    fun story(kind: String): Int = STORY[kind] ?: R.drawable.ic_step_note

    /** Of how far a grievance is, by the kinds of what counts in its story. */
    fun stage(counting: List<String>): Int = counting.fold(R.drawable.ic_stage_discovered) { now, kind ->
        when (kind) {
            "accept", "take_over" -> if (now == R.drawable.ic_stage_discovered) R.drawable.ic_stage_accepted else now
            "progress" -> if (now == R.drawable.ic_stage_accepted) R.drawable.ic_stage_in_progress else now
            else -> STAGE[kind] ?: now
        }
    }

    /** Of a step that is offered. */
    fun step(kind: StepKind): Int = story(kind.name.lowercase())

    /** Of what came of a visit. */
    fun outcome(value: String): Int? = when (value.lowercase()) {
        "met" -> R.drawable.ic_outcome_met
        "not_home" -> R.drawable.ic_outcome_not_home
        "refused" -> R.drawable.ic_outcome_refused
        "left_card" -> R.drawable.ic_outcome_left_card
        else -> null
    }

    /** Of a document, by the screen that shows it. */
    fun document(screen: Screen?): Int = when (screen) {
        is Screen.Grievance -> R.drawable.ic_grievance
        is Screen.Visit -> R.drawable.ic_household
        else -> R.drawable.ic_device
    }
}
