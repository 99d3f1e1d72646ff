package app.doorstep.screens.words

import app.doorstep.ffi.Seat
import app.doorstep.screens.Ask
import app.doorstep.screens.FoundKind
import app.doorstep.screens.GrievanceChoice
import app.doorstep.screens.HouseholdTask
import app.doorstep.screens.MeetingTask

/** What is said on the screens of groups, lists, households and meetings. */
@Suppress("TooManyFunctions")
interface RecordWords {
    // One trouble in several grievances.
    val groupNotAll: String
    val groupFace: String
    val takeOver: String
    val takeOverAsked: String
    val takeOverYes: String
    val evidenceLater: String
    val leftOut: String
    val goOn: String

    /** "in a group of 3". */
    fun groupOf(size: Int): String

    /** Saved in so many grievances at once. */
    fun stepSavedIn(count: Int): String

    /** The line that so many refusals are folded behind. */
    fun whyNot(count: Int): String

    // Lists and search.
    val grievancesAll: String
    val grievancesNone: String
    val showMore: String
    val listTooLong: String
    val search: String
    val searchField: String
    val searchHint: String
    val searchNothing: String
    val searchMore: String
    fun grievanceChoice(choice: GrievanceChoice): String
    fun foundKind(kind: FoundKind): String

    // A household.
    val householdOpen: String
    val householdVisit: String
    val householdPersons: String
    val householdPhones: String
    val householdKnown: String
    val householdVisits: String
    val householdGrievances: String
    val householdWrite: String
    val otherTasks: String
    val personLeft: String
    val phoneOpen: String
    val phoneHide: String
    val factConsent: String
    val factNotice: String
    val factSameAs: String
    val factContinues: String
    val factPriorityEnded: String
    val reviewDue: String
    fun reviewBy(day: String): String
    fun until(day: String): String
    fun noticeVersion(version: Int): String
    fun householdTask(task: HouseholdTask): String

    // A visit.
    val visitAsked: String
    val visitAskedFor: String
    val visitNotAskedFor: String
    val visitCompanions: String

    // Meetings.
    val meetings: String
    val meetingsNone: String
    val meetingHold: String
    val meetingItems: String
    val meetingPeople: String
    val meetingWrite: String
    val itemOpen: String
    val itemSettle: String
    val attends: String
    val attendsNot: String
    val notOnThisPhone: String
    fun presentCount(count: Int): String
    fun dayAgo(days: Int): String
    fun seat(seat: Seat): String
    fun meetingTask(task: MeetingTask): String

    /** The label of a question in a form. */
    fun ask(ask: Ask): String
}
