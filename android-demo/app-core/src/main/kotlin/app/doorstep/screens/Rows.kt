package app.doorstep.screens

import app.doorstep.ffi.BuildingLine
import app.doorstep.ffi.Consent
import app.doorstep.ffi.Grade
import app.doorstep.ffi.GrievanceLine
import app.doorstep.ffi.HouseholdLine
import app.doorstep.ffi.MeetingLine
import app.doorstep.ffi.SyncState
import app.doorstep.ffi.SyncStatus
import app.doorstep.ffi.VisitLine
import app.doorstep.screens.words.Words

/** A building that the member answers for. */
data class BuildingRow(
    /** Its id. */
    val place: String,
    /** What people call it. */
    val name: String,
    /** Households, open grievances, in words. */
    val counts: String,
    /** Something in it is past its due. */
    val overdue: Boolean,
    /** The row for a screen reader. */
    val spoken: String,
)

/** A grievance in a list. */
data class GrievanceRow(
    /** The document. */
    val doc: String,
    /** What was found. */
    val title: String,
    /** Where, what kind, how far. */
    val detail: String,
    /** By when; empty where nothing says so. */
    val due: String,
    /** That is past. */
    val overdue: Boolean,
    /** Of the most urgent grade. */
    val urgent: Boolean,
    /** Something of one's own in it is not delivered yet. */
    val waiting: Boolean,
    /** The row for a screen reader. */
    val spoken: String,
)

/** A household in a list. */
data class HouseholdRow(
    /** The document. */
    val doc: String,
    /** Building and unit. */
    val title: String,
    /** When somebody was last met, and whether they wish to be visited. */
    val detail: String,
    /** Why it is to be visited first; null = it is not. */
    val priority: String?,
    /** Something of one's own in it is not delivered yet. */
    val waiting: Boolean,
    /** The row for a screen reader. */
    val spoken: String,
)

internal fun statusLine(status: SyncStatus): StatusLine {
    val attention = status.alarms.isNotEmpty() || status.state == SyncState.REVOKED
    return StatusLine(status.text, if (attention) Tone.ATTENTION else Tone.CALM)
}

internal fun buildingRow(line: BuildingLine, words: Words): BuildingRow {
    val counts = joined(
        words.comma,
        words.households(line.households),
        line.priority.takeIf { it > 0 }?.let(words::priorityHouseholds),
        line.open.takeIf { it > 0 }?.let(words::openGrievances),
        line.overdue.takeIf { it > 0 }?.let(words::overdueGrievances),
    )
    return BuildingRow(line.place, line.name, counts, line.overdue > 0, joined(words.comma, line.name, counts))
}

internal fun grievanceRow(line: GrievanceLine, words: Words, times: Times): GrievanceRow {
    val due = dueText(line, times)
    val group = line.group?.size?.takeIf { it > 1 }?.let(words::groupOf)
    val detail = joined(words.dot, line.placeName, line.kind, line.stageText, group)
    return GrievanceRow(
        doc = line.doc,
        title = line.what,
        detail = detail,
        due = due,
        overdue = line.overdue,
        urgent = line.grade == Grade.A,
        waiting = line.waiting > 0,
        spoken = joined(
            words.comma,
            words.gradeUrgent.takeIf { line.grade == Grade.A },
            line.what,
            line.placeName,
            line.kind,
            line.stageText,
            group,
            due,
            words.savedHere.takeIf { line.waiting > 0 },
        ),
    )
}

/** By when; nothing where it is over, for then nobody has a step to take. */
internal fun dueText(line: GrievanceLine, times: Times): String =
    line.dueS?.takeUnless { line.over }?.let { times.due(it, line.overdue) }.orEmpty()

internal fun householdRow(line: HouseholdLine, words: Words, times: Times): HouseholdRow {
    val title = householdTitle(line, words)
    val detail = householdDetail(line, words, times)
    return HouseholdRow(
        doc = line.doc,
        title = title,
        detail = detail,
        priority = line.priority,
        waiting = line.waiting > 0,
        spoken = joined(
            words.comma,
            title,
            line.priority,
            detail,
            words.savedHere.takeIf { line.waiting > 0 },
        ),
    )
}

internal fun householdTitle(line: HouseholdLine, words: Words): String =
    joined(words.dot, line.placeName, line.unit)

internal fun householdDetail(line: HouseholdLine, words: Words, times: Times): String = joined(
    words.comma,
    line.lastMetS?.let { words.lastMet(times.past(it)) } ?: words.neverMet,
    // What must be known before one rings; that they may be visited needs no words.
    line.consent?.takeUnless { it == Consent.YES }?.let(words::consent),
)

/** A visit in a list. */
data class VisitRow(
    /** The document. */
    val doc: String,
    /** When. */
    val title: String,
    /** What for, who, and what came of it. */
    val detail: String,
    /** Something of one's own in it is not delivered yet. */
    val waiting: Boolean,
    /** The row for a screen reader. */
    val spoken: String,
)

internal fun visitRow(line: VisitLine, words: Words, times: Times): VisitRow {
    val time = line.startedS?.let(times::past).orEmpty()
    val detail = joined(words.dot, line.outcomeText, line.purpose, line.visitor)
    return VisitRow(
        doc = line.doc,
        title = time.ifEmpty { line.purpose },
        detail = detail,
        waiting = line.waiting > 0,
        spoken = joined(words.comma, time, detail, words.savedHere.takeIf { line.waiting > 0 }),
    )
}

/** A meeting in a list. */
data class MeetingRow(
    /** The document. */
    val doc: String,
    /** Block and day. */
    val title: String,
    /** Where, and how many were there. */
    val detail: String,
    /** Something of one's own in it is not delivered yet. */
    val waiting: Boolean,
    /** The row for a screen reader. */
    val spoken: String,
)

internal fun meetingRow(line: MeetingLine, words: Words, times: Times): MeetingRow {
    val title = meetingTitle(line, words, times)
    val detail = joined(words.dot, line.venue, words.presentCount(line.present))
    return MeetingRow(
        doc = line.doc,
        title = title,
        detail = detail,
        waiting = line.waiting > 0,
        spoken = joined(words.comma, title, detail, words.savedHere.takeIf { line.waiting > 0 }),
    )
}

internal fun meetingTitle(line: MeetingLine, words: Words, times: Times): String =
    joined(words.dot, line.placeName, line.day?.let(times::day))
