package app.doorstep.screens

import app.doorstep.ffi.DoorstepException

/** A message above a screen, which stays until it is dismissed or the next attempt. */
data class Notice(
    /** What the app does about it. */
    val kind: NoticeKind,
    /** For the person. */
    val text: String,
    /** A stable word: small print, for a report. */
    val code: String,
)

/** What the app does about a message: one for each kind of error that the engine has. */
enum class NoticeKind {
    /** Show it: the person can change something. */
    SHOW,

    /** Nothing: no relay was reached, everything goes out later. Never shown as an error. */
    WAIT,

    /** Lead to the enrolment. */
    ENROL,

    /** Say that the app is to be updated. */
    UPDATE,

    /** Say that space is to be freed; what was typed stays in the form. */
    FREE_SPACE,

    /** Say that it is to be reported, with its code. */
    REPORT,
}

/** The message for an error. */
internal fun noticeOf(error: DoorstepException): Notice = when (error) {
    is DoorstepException.Rejected -> Notice(NoticeKind.SHOW, error.sentence, error.code)
    is DoorstepException.Unreachable -> Notice(NoticeKind.WAIT, error.sentence, error.code)
    is DoorstepException.NotAdmitted -> Notice(NoticeKind.ENROL, error.sentence, error.code)
    is DoorstepException.Outdated -> Notice(NoticeKind.UPDATE, error.sentence, error.code)
    is DoorstepException.StorageFull -> Notice(NoticeKind.FREE_SPACE, error.sentence, error.code)
    is DoorstepException.Damaged -> Notice(NoticeKind.REPORT, error.sentence, error.code)
}

/** The act of a form was saved before, with other words in the form. */
internal const val CODE_ACT_REUSED: String = "act_reused"

/** What the form is about changed in a way that it must be looked at again, or it is not here. */
internal const val CODE_LOOK_AGAIN: String = "look_again"
