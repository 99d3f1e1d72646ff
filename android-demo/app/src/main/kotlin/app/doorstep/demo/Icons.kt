package app.doorstep.demo

import app.doorstep.ffi.StepKind
import app.doorstep.screens.FoundKind
import app.doorstep.screens.HouseholdTask
import app.doorstep.screens.MeetingTask
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
        "duplicate_of" to R.drawable.ic_group,
        "not_duplicate" to R.drawable.ic_group,
        "council_item" to R.drawable.ic_council,
        "held" to R.drawable.ic_council,
        "item" to R.drawable.ic_council,
        "item_outcome" to R.drawable.ic_council,
        "attendance" to R.drawable.ic_person,
        "settle" to R.drawable.ic_check,
        "correct" to R.drawable.ic_cross,
        "found" to R.drawable.ic_household,
        "person" to R.drawable.ic_person,
        "person_left" to R.drawable.ic_person,
        "phone" to R.drawable.ic_step_contact,
        "consent" to R.drawable.ic_outcome_met,
        "priority" to R.drawable.ic_star,
        "priority_end" to R.drawable.ic_star,
        "notice_given" to R.drawable.ic_info,
        "started" to R.drawable.ic_visit,
        "joined" to R.drawable.ic_person,
        "outcome" to R.drawable.ic_outcome_met,
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
    fun step(kind: StepKind): Int = when (kind) {
        StepKind.LINK_DUPLICATE, StepKind.UNLINK_DUPLICATE -> R.drawable.ic_group
        else -> story(kind.name.lowercase())
    }

    /** Of an entry that may be written into a household. */
    fun task(task: HouseholdTask): Int = when (task) {
        HouseholdTask.NOTE, HouseholdTask.FIELD -> R.drawable.ic_step_note
        HouseholdTask.CONSENT -> R.drawable.ic_outcome_met
        HouseholdTask.PRIORITY, HouseholdTask.END_PRIORITY -> R.drawable.ic_star
        HouseholdTask.ADD_PERSON, HouseholdTask.PERSON_LEFT -> R.drawable.ic_person
        HouseholdTask.ADD_PHONE, HouseholdTask.REPLACE_PHONE -> R.drawable.ic_step_contact
        HouseholdTask.NOTICE -> R.drawable.ic_info
        HouseholdTask.SAME_AS, HouseholdTask.NOT_SAME, HouseholdTask.CONTINUES -> R.drawable.ic_household
        HouseholdTask.SETTLE -> R.drawable.ic_check
        HouseholdTask.CORRECT -> R.drawable.ic_cross
    }

    /** Of an entry that may be written into a meeting. */
    fun task(task: MeetingTask): Int = when (task) {
        MeetingTask.ADD_ITEM -> R.drawable.ic_add
        MeetingTask.ATTENDANCE -> R.drawable.ic_person
        MeetingTask.NOTE -> R.drawable.ic_step_note
        MeetingTask.SETTLE -> R.drawable.ic_check
        MeetingTask.CORRECT -> R.drawable.ic_cross
    }

    /** Of what was found. */
    fun found(kind: FoundKind): Int = when (kind) {
        FoundKind.HOUSEHOLD -> R.drawable.ic_household
        FoundKind.GRIEVANCE -> R.drawable.ic_grievance
        FoundKind.VISIT -> R.drawable.ic_visit
        FoundKind.MEETING -> R.drawable.ic_council
    }

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
        is Screen.Household -> R.drawable.ic_household
        is Screen.Meeting -> R.drawable.ic_council
        else -> R.drawable.ic_device
    }
}
