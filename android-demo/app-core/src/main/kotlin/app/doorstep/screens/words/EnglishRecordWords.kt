package app.doorstep.screens.words

import app.doorstep.ffi.Seat
import app.doorstep.screens.Ask
import app.doorstep.screens.FoundKind
import app.doorstep.screens.GrievanceChoice
import app.doorstep.screens.HouseholdTask
import app.doorstep.screens.MeetingTask

/** English. */
@Suppress("TooManyFunctions")
internal object EnglishRecordWords : RecordWords {
    override val groupNotAll: String = "Not all of them are on this phone."
    override val groupFace: String = "stands for all of them"
    override val takeOver: String = "Take the resolution over?"
    override val takeOverAsked: String =
        "It is written here as solved in the same way. The resident is asked for their own word all the same."
    override val takeOverYes: String = "Yes, solved here too"
    override val evidenceLater: String =
        "You solved this yourself, so your word alone is not enough: type the code that the resident was given. " +
            "A signature or a recording cannot be added here yet."
    override val leftOut: String = "To be done by hand"
    override val goOn: String = "Go on"

    override fun groupOf(size: Int): String = "one of $size of the same trouble"

    override fun stepSavedIn(count: Int): String =
        "Saved in $count grievances on this phone. It is delivered by itself when there is signal."

    override fun whyNot(count: Int): String = "Why not the others? ($count)"

    override val grievancesAll: String = "All grievances"
    override val grievancesNone: String = "There is none here."
    override val showMore: String = "Show more"
    override val listTooLong: String = "There are more. Search for what is not in this list."
    override val search: String = "Search"
    override val searchField: String = "Name, unit, words"
    override val searchHint: String = "Any part of a name, of a unit or of what was written."
    override val searchNothing: String = "Nothing on this phone has these words."
    override val searchMore: String = "There is more. Type more of it."

    override fun grievanceChoice(choice: GrievanceChoice): String = when (choice) {
        GrievanceChoice.MINE -> "Mine"
        GrievanceChoice.OPEN -> "All open"
        GrievanceChoice.OVER -> "Over"
    }

    override fun foundKind(kind: FoundKind): String = when (kind) {
        FoundKind.HOUSEHOLD -> "Households"
        FoundKind.GRIEVANCE -> "Grievances"
        FoundKind.VISIT -> "Visits"
        FoundKind.MEETING -> "Meetings"
    }

    override val householdOpen: String = "Open the household"
    override val householdVisit: String = "Record a visit"
    override val householdPersons: String = "Who lives there"
    override val householdPhones: String = "Telephone"
    override val householdKnown: String = "What is known"
    override val householdVisits: String = "Visits"
    override val householdGrievances: String = "Grievances"
    override val householdWrite: String = "Write down"
    override val otherTasks: String = "Other entries"
    override val personLeft: String = "left"
    override val phoneOpen: String = "Show the number"
    override val phoneHide: String = "Hide the number"
    override val factConsent: String = "Visits"
    override val factNotice: String = "Privacy notice"
    override val factSameAs: String = "The same household as"
    override val factContinues: String = "Moved here from"
    override val factPriorityEnded: String = "Visited first until"
    override val reviewDue: String = "to be looked at again"

    override fun reviewBy(day: String): String = "until $day"

    override fun until(day: String): String = "until $day"

    override fun noticeVersion(version: Int): String = "version $version"

    override fun householdTask(task: HouseholdTask): String = when (task) {
        HouseholdTask.NOTE -> "Add a note"
        HouseholdTask.CONSENT -> "May it be visited?"
        HouseholdTask.PRIORITY -> "Visit it first"
        HouseholdTask.END_PRIORITY -> "No longer first"
        HouseholdTask.ADD_PERSON -> "Somebody lives there"
        HouseholdTask.PERSON_LEFT -> "Somebody left"
        HouseholdTask.ADD_PHONE -> "Add a telephone"
        HouseholdTask.REPLACE_PHONE -> "Change a telephone"
        HouseholdTask.NOTICE -> "Privacy notice given"
        HouseholdTask.FIELD -> "Needs and other facts"
        HouseholdTask.SAME_AS -> "The same as another household"
        HouseholdTask.NOT_SAME -> "Not the same after all"
        HouseholdTask.CONTINUES -> "Moved here from another one"
        HouseholdTask.SETTLE -> "Settle what differs"
        HouseholdTask.CORRECT -> "Strike an entry"
    }

    override val visitAsked: String = "Had the household asked for it?"
    override val visitAskedFor: String = "They asked"
    override val visitNotAskedFor: String = "We came by ourselves"
    override val visitCompanions: String = "Who came along?"

    override val meetings: String = "Council meetings"
    override val meetingsNone: String = "No meeting is written down yet."
    override val meetingHold: String = "Write down a meeting"
    override val meetingItems: String = "On the table"
    override val meetingPeople: String = "Around the table"
    override val meetingWrite: String = "Write down"
    override val itemOpen: String = "nothing came of it yet"
    override val itemSettle: String = "What came of it?"
    override val attends: String = "was there"
    override val attendsNot: String = "was not there"
    override val notOnThisPhone: String = "a grievance that is not on this phone"

    override fun presentCount(count: Int): String = "$count present"

    override fun dayAgo(days: Int): String = when (days) {
        0 -> "Today"
        1 -> "Yesterday"
        else -> "$days days ago"
    }

    override fun seat(seat: Seat): String = when (seat) {
        Seat.FIXED -> "Fixed seat"
        Seat.FLOATING -> "Floating seat"
    }

    override fun meetingTask(task: MeetingTask): String = when (task) {
        MeetingTask.ADD_ITEM -> "Put something on the table"
        MeetingTask.ATTENDANCE -> "Who was there"
        MeetingTask.NOTE -> "Add a note"
        MeetingTask.SETTLE -> "Settle what differs"
        MeetingTask.CORRECT -> "Strike an entry"
    }

    override fun ask(ask: Ask): String = when (ask) {
        Ask.ATTENDS -> "There?"
        Ask.BIRTH -> "Born about"
        Ask.BLOCK -> "Block"
        Ask.BY -> "Who said so?"
        Ask.CARRIED -> "Put off the last time"
        Ask.CHANNEL -> "By which way?"
        Ask.CODE -> "Why first?"
        Ask.CONSENT -> "May it be visited?"
        Ask.DAY -> "Which day?"
        Ask.ENTRY -> "Which entry?"
        Ask.FIELD -> "What about?"
        Ask.FLAG -> "What differs?"
        Ask.GRIEVANCES -> "Which grievances?"
        Ask.HOUSEHOLD -> "Which household?"
        Ask.LANGUAGE -> "In which language?"
        Ask.LINK -> "Which one?"
        Ask.NAME -> "Name"
        Ask.NUMBER -> "Telephone"
        Ask.OTHERS -> "Others who were there, one a line"
        Ask.OUTCOME -> "What came of it?"
        Ask.PEOPLE -> "On the fixed seats"
        Ask.PERSON -> "Who?"
        Ask.PHONE -> "Which number?"
        Ask.REASON -> "Why?"
        Ask.RELATION -> "What are they there?"
        Ask.REVIEW -> "When is it looked at again?"
        Ask.SEAT -> "On which seat?"
        Ask.TEXT -> "In your words"
        Ask.TITLE -> "What is it about?"
        Ask.UNTIL -> "For how long?"
        Ask.VALUE -> "How is it?"
        Ask.VENUE -> "Where?"
        Ask.VERSION -> "Version, as printed on it"
        Ask.WHO -> "Who?"
        Ask.WHOSE -> "Whose?"
        Ask.WRITTEN -> "Written as solved into"
    }
}
