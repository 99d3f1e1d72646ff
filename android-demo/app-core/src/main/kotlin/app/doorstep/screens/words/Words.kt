package app.doorstep.screens.words

import app.doorstep.ffi.By
import app.doorstep.ffi.Channel
import app.doorstep.ffi.Consent
import app.doorstep.ffi.Grade
import app.doorstep.ffi.Language
import app.doorstep.ffi.Level
import app.doorstep.ffi.VisitOutcome
import app.doorstep.screens.EnrolStage
import app.doorstep.screens.NoticeKind
import app.doorstep.screens.Screen
import app.doorstep.screens.SyncEnd

/**
 * What the app says of itself: titles, buttons, labels, times, counts. What happened to a grievance, why
 * something waits, why something was refused comes from the engine, in the same language.
 */
@Suppress("TooManyFunctions")
interface Words : RecordWords {
    /** The language that the engine is opened with. */
    val language: Language

    // Everywhere.
    val appName: String
    val back: String
    val save: String
    val cancel: String
    val dismiss: String
    val loading: String
    val gone: String
    val lookAgain: String
    val required: String
    val optional: String
    val savedHere: String
    val savedBefore: String
    val me: String

    /** Between the pieces of a sentence. */
    val comma: String

    /** Between the pieces of a row. */
    val dot: String

    /** The title of a screen. */
    fun screenTitle(screen: Screen): String

    /** The button of a message; null = it is just dismissed. */
    fun noticeButton(kind: NoticeKind): String?

    // Times; hours as "14:20".
    fun todayAt(hour: String): String
    fun yesterdayAt(hour: String): String
    fun tomorrowAt(hour: String): String
    fun daysAgo(days: Int): String
    fun inDays(days: Int): String
    fun due(time: String): String
    fun overdueSince(time: String): String
    fun about(time: String): String

    /** A day; the year where it is not this one. */
    fun date(year: Int?, month: Int, day: Int): String

    // Enrol.
    val enrolAccept: String
    val enrolHint: String
    val enrolAskNow: String
    val enrolOther: String
    fun enrolTitle(stage: EnrolStage): String
    fun enrolText(stage: EnrolStage): String

    // Today.
    val today: String
    val todayBuildings: String
    val todayCameBack: String
    val todayDue: String
    val todayHouseholds: String
    val todayAddHousehold: String
    val todayEmpty: String
    val neverMet: String
    fun lastMet(time: String): String
    fun households(count: Int): String
    fun priorityHouseholds(count: Int): String
    fun openGrievances(count: Int): String
    fun overdueGrievances(count: Int): String

    // A new household.
    val householdBuilding: String
    val householdUnit: String
    val householdName: String
    val householdPhone: String
    val householdConsent: String
    val householdSaved: String
    val missingBuilding: String
    val missingUnit: String
    fun consent(consent: Consent): String

    // A visit.
    val visitOutcome: String
    val visitPurpose: String
    val visitPersons: String
    val visitMorePersons: String
    val visitFewerPersons: String
    val visitAddGrievance: String
    val visitRemoveGrievance: String
    val visitWhat: String
    val visitKind: String
    val visitGrade: String
    val visitReporter: String
    val visitNote: String
    val visitNoteHint: String
    val visitComeAgain: String
    val reporterHousehold: String
    val reporterAnonymous: String
    val missingOutcome: String
    val missingPurpose: String
    val missingWhat: String
    val missingKind: String
    fun outcome(outcome: VisitOutcome): String

    /** A choice of when: "Tomorrow", "In a week". */
    fun comeAgainIn(days: Int): String

    /** It was saved, with so many grievances. */
    fun visitSaved(grievances: Int): String

    // A grievance and its steps.
    val grievanceSteps: String
    val grievanceStory: String
    val grievanceFlags: String
    val newCame: String
    val newCameForm: String
    val stepSaved: String
    val factKind: String
    val factGrade: String
    val factOwner: String
    val factNobody: String
    val factHelpers: String
    val factReporter: String
    val factLevel: String
    val factRound: String
    val gradeUrgent: String
    fun grade(grade: Grade): String
    fun level(level: Level): String
    fun by(by: By): String
    fun channel(channel: Channel): String
    fun satisfaction(points: Int): String
    fun round(round: Int): String

    /** The label of a question in a step's form, by its key. */
    fun stepField(key: String): String

    /** This question must be answered. */
    fun missingAnswer(label: String): String

    // What has arrived.
    val arrivals: String
    val arrivalsWaiting: String
    val arrivalsNothing: String
    val alarmSeen: String
    val tryNow: String
    val syncRunning: String
    val neverUpToDate: String
    fun syncEnd(end: SyncEnd): String
    fun upToDate(time: String): String
    fun waitingCount(count: Int): String
    fun deliveredCount(count: Int): String
    fun more(count: Int): String
}

/** The words of a language. */
fun wordsFor(language: Language): Words = when (language) {
    Language.CHINESE -> ChineseWords
    Language.ENGLISH -> EnglishWords
}
