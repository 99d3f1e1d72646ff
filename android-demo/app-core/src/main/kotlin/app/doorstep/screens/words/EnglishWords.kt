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
import java.util.Locale

/** English. */
@Suppress("TooManyFunctions")
object EnglishWords : Words, RecordWords by EnglishRecordWords {
    override val language: Language = Language.ENGLISH

    override val appName: String = "Doorstep"
    override val back: String = "Back"
    override val save: String = "Save"
    override val cancel: String = "Cancel"
    override val dismiss: String = "OK"
    override val loading: String = "One moment"
    override val gone: String = "This cannot be done here any more. Go back to see how it stands."
    override val lookAgain: String = "Look again"
    override val required: String = "needed"
    override val optional: String = "if you like"
    override val savedHere: String = "saved here"
    override val savedBefore: String =
        "This was saved already, as it stood the first time. Add what has changed as a new entry."
    override val me: String = "You"
    override val comma: String = ", "
    override val dot: String = " · "

    override fun screenTitle(screen: Screen): String = when (screen) {
        Screen.Enrol -> "Join"
        Screen.Today -> today
        Screen.NewHousehold -> "New household"
        Screen.Arrivals -> arrivals
        is Screen.Visit -> "Record a visit"
        is Screen.Grievance -> "Grievance"
        Screen.Grievances -> grievancesAll
        Screen.Search -> search
        Screen.Meetings -> meetings
        Screen.NewMeeting -> meetingHold
        is Screen.Household -> "Household"
        is Screen.Meeting -> "Meeting"
        is Screen.HouseholdEntry -> householdTask(screen.task)
        is Screen.MeetingEntry -> meetingTask(screen.task)
        is Screen.Item -> itemSettle
        is Screen.Step -> "Next step"
    }

    override fun noticeButton(kind: NoticeKind): String? = when (kind) {
        NoticeKind.SHOW, NoticeKind.WAIT -> null
        NoticeKind.ENROL -> "Join again"
        NoticeKind.UPDATE -> "Update the app"
        NoticeKind.FREE_SPACE -> "Free some space"
        NoticeKind.REPORT -> "Report this"
    }

    override fun todayAt(hour: String): String = "today $hour"

    override fun yesterdayAt(hour: String): String = "yesterday $hour"

    override fun tomorrowAt(hour: String): String = "tomorrow $hour"

    override fun daysAgo(days: Int): String = "${counted(days, "day", "days")} ago"

    override fun inDays(days: Int): String = "in ${counted(days, "day", "days")}"

    override fun due(time: String): String = "due $time"

    override fun overdueSince(time: String): String = "overdue, was due $time"

    override fun about(time: String): String = "about $time"

    override fun date(year: Int?, month: Int, day: Int): String =
        listOfNotNull(day.toString(), MONTHS[month - 1], year?.toString()).joinToString(" ")

    override val enrolAccept: String = "Join with this invitation"
    override val enrolHint: String = "doorstep:1:..."
    override val enrolAskNow: String = "Ask now"
    override val enrolOther: String = "Use another invitation"

    override fun enrolTitle(stage: EnrolStage): String = when (stage) {
        EnrolStage.INVITATION -> "Join"
        EnrolStage.ASKING -> "Asking the office"
        EnrolStage.COMPARE -> "Compare these digits"
        EnrolStage.DONE -> "You have joined"
    }

    override fun enrolText(stage: EnrolStage): String = when (stage) {
        EnrolStage.INVITATION -> "Paste or type the invitation that you were given. It is one line."
        EnrolStage.ASKING ->
            "The invitation is kept. This phone joins as soon as there is signal; there is nothing more to do."
        EnrolStage.COMPARE ->
            "Read these six digits to the organiser. When they are the same there, the organiser confirms " +
                "this phone, and it goes on by itself."
        EnrolStage.DONE -> "This phone is yours now. Everything that you save stays on it until it is delivered."
    }

    override val today: String = "Today"
    override val todayBuildings: String = "My buildings"
    override val todayCameBack: String = "Came back"
    override val todayDue: String = "To do"
    override val todayHouseholds: String = "Households"
    override val todayAddHousehold: String = "Add a household"
    override val todayEmpty: String =
        "Nothing here yet. Your buildings appear when the phone has synced with the office."
    override val neverMet: String = "not met yet"

    override fun lastMet(time: String): String = "met $time"

    override fun households(count: Int): String = counted(count, "household", "households")

    override fun priorityHouseholds(count: Int): String = "${number(count)} to visit first"

    override fun openGrievances(count: Int): String = "${number(count)} open"

    override fun overdueGrievances(count: Int): String = "${number(count)} overdue"

    override val householdBuilding: String = "Building"
    override val householdUnit: String = "Unit, as people say it"
    override val householdName: String = "Name"
    override val householdPhone: String = "Telephone"
    override val householdConsent: String = "May it be visited?"
    override val householdSaved: String =
        "The household is saved on this phone. It is delivered by itself when there is signal."
    override val missingBuilding: String = "Choose the building."
    override val missingUnit: String = "Write the unit."

    override fun consent(consent: Consent): String = when (consent) {
        Consent.NO -> "does not wish visits"
        Consent.BY_APPOINTMENT -> "by appointment"
        Consent.YES -> "may be visited"
    }

    override val visitOutcome: String = "What came of it?"
    override val visitPurpose: String = "What for?"
    override val visitPersons: String = "Persons met"
    override val visitMorePersons: String = "One more"
    override val visitFewerPersons: String = "One fewer"
    override val visitAddGrievance: String = "A grievance was found"
    override val visitRemoveGrievance: String = "Remove this grievance"
    override val visitWhat: String = "What is the trouble?"
    override val visitKind: String = "Kind"
    override val visitGrade: String = "How urgent?"
    override val visitReporter: String = "Who asked?"
    override val visitNote: String = "Note"
    override val visitNoteHint: String = "What helps next time"
    override val visitComeAgain: String = "Come again"
    override val reporterHousehold: String = "This household"
    override val reporterAnonymous: String = "Does not wish to be named"
    override val missingOutcome: String = "Choose what came of it."
    override val missingPurpose: String = "Choose what it was for."
    override val missingWhat: String = "Write what the trouble is."
    override val missingKind: String = "Choose the kind of grievance."

    override fun outcome(outcome: VisitOutcome): String = when (outcome) {
        VisitOutcome.MET -> "Met"
        VisitOutcome.NOT_HOME -> "Not home"
        VisitOutcome.REFUSED -> "Refused"
        VisitOutcome.LEFT_CARD -> "Left a card"
    }

    override fun comeAgainIn(days: Int): String = when (days) {
        1 -> "Tomorrow"
        WEEK -> "In a week"
        else -> if (days % WEEK == 0) "In ${days / WEEK} weeks" else "In ${counted(days, "day", "days")}"
    }

    override fun visitSaved(grievances: Int): String {
        val what = when (grievances) {
            0 -> "The visit is saved on this phone."
            else -> "The visit and ${counted(grievances, "grievance", "grievances")} are saved on this phone."
        }
        return "$what It is delivered by itself when there is signal."
    }

    override val grievanceSteps: String = "What you can do"
    override val grievanceStory: String = "What happened"
    override val grievanceFlags: String = "Please look at this"
    override val newCame: String = "Something new came just now."
    override val newCameForm: String = "Something new came while you were writing."
    override val stepSaved: String = "Saved on this phone. It is delivered by itself when there is signal."
    override val factKind: String = "Kind"
    override val factGrade: String = "Urgency"
    override val factOwner: String = "Answers for it"
    override val factNobody: String = "nobody yet"
    override val factHelpers: String = "Help"
    override val factReporter: String = "Asked by"
    override val factLevel: String = "Stands with"
    override val factRound: String = "Round"
    override val gradeUrgent: String = "urgent"

    override fun grade(grade: Grade): String = when (grade) {
        Grade.A -> "A: urgent, 2 hours"
        Grade.B -> "B: pressing, 24 hours"
        Grade.C -> "C: ordinary, 7 days"
        Grade.D -> "D: long, 15 days"
    }

    override fun level(level: Level): String = when (level) {
        Level.BUILDING -> "building"
        Level.GRID -> "grid"
        Level.BLOCK -> "block"
        Level.COMMUNITY -> "community"
        Level.SUB_DISTRICT -> "sub-district"
        Level.OUTSIDE -> "a body outside"
    }

    override fun by(by: By): String = when (by) {
        By.RESIDENT -> "The resident"
        By.FAMILY -> "Family"
        By.OTHER -> "Somebody else"
    }

    override fun channel(channel: Channel): String = when (channel) {
        Channel.IN_PERSON -> "In person"
        Channel.PHONE -> "By telephone"
        Channel.MESSAGE -> "By message"
        Channel.LETTER -> "By letter"
        Channel.NOTICE -> "By a notice"
    }

    override fun satisfaction(points: Int): String = "$points of 5"

    override fun round(round: Int): String = number(round)

    override fun stepField(key: String): String = when (key) {
        "reason" -> "Why?"
        "how" -> "How?"
        "channel" -> "By which way?"
        "resolution" -> "About what was done"
        "by" -> "Whose word is it?"
        "heard" -> "How was it heard?"
        "satisfaction" -> "How content?"
        "told" -> "How was the resident told?"
        "grade" -> "How urgent?"
        "due" -> "By when?"
        "level" -> "To which level?"
        "body" -> "To whom outside?"
        "to" -> "To whom?"
        "text" -> "In your words"
        "helpers" -> "Who helped?"
        "parties" -> "Between whom?"
        "also" -> "Record it in these too"
        "code" -> "The resident's code"
        "team" -> "Which team?"
        "other" -> "Which grievance?"
        "link" -> "Which link?"
        "item" -> "Which item?"
        "flag" -> "What differs?"
        "entry" -> "Which entry?"
        "evidence" -> "Evidence"
        else -> key
    }

    override fun missingAnswer(label: String): String = "Still to answer: $label"

    override val arrivals: String = "What has arrived"
    override val arrivalsWaiting: String = "Saved here, not delivered yet"
    override val arrivalsNothing: String = "Everything that you saved has been delivered."
    override val alarmSeen: String = "I have seen this"
    override val tryNow: String = "Try now"
    override val syncRunning: String = "Syncing with the office. You can go on working."
    override val neverUpToDate: String = "This phone has not synced with the office yet."

    override fun syncEnd(end: SyncEnd): String = when (end) {
        SyncEnd.COMPLETE -> "Everything was exchanged."
        SyncEnd.PARTLY -> "Part of it was exchanged; the rest follows by itself."
        SyncEnd.BUSY -> "The office is busy; the phone asks again by itself."
        SyncEnd.UNREACHABLE -> "No signal just now. Everything is saved here and goes out by itself later."
        SyncEnd.WAITING_FOR_CONFIRMATION -> "The organiser has not confirmed this phone yet."
        SyncEnd.NOT_ADMITTED -> "The office does not know this phone."
        SyncEnd.OUTDATED -> "The office has a newer version than this app. Everything stays saved here; update the app."
        SyncEnd.STORAGE_FULL -> "There is no space left on this phone. Free some, then try again."
        SyncEnd.TROUBLE -> "It did not work this time. Everything is saved here; the phone tries again by itself."
        SyncEnd.CANCELLED -> "Stopped. What was exchanged by then stays."
    }

    override fun upToDate(time: String): String = "Everything of the others was here $time."

    override fun waitingCount(count: Int): String = when (count) {
        0 -> "Nothing waits"
        1 -> "1 entry waits for the office"
        else -> "${number(count)} entries wait for the office"
    }

    override fun deliveredCount(count: Int): String = "${number(count)} delivered"

    override fun more(count: Int): String = "and ${number(count)} more"

    private fun number(count: Int): String = String.format(Locale.ROOT, "%,d", count)

    private fun counted(count: Int, one: String, many: String): String =
        "${number(count)} ${if (count == 1) one else many}"

    private const val WEEK = 7
    private val MONTHS = listOf(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    )
}
