package app.doorstep.demo

import android.content.Context
import android.content.Intent
import app.doorstep.ffi.StepKind
import app.doorstep.screens.Screen

/** Which activity shows a screen. The system keeps the stack of them, and gives it back to a new process. */
object Routes {
    private const val DOC = "doc"
    private const val KIND = "kind"
    private const val FORM = "form"

    /** The intent that opens a screen. */
    fun to(context: Context, screen: Screen): Intent = when (screen) {
        Screen.Enrol -> intent<EnrolActivity>(context)
        Screen.Today -> intent<TodayActivity>(context).addFlags(Intent.FLAG_ACTIVITY_CLEAR_TOP)
        Screen.NewHousehold -> intent<HouseholdFormActivity>(context)
        Screen.Arrivals -> intent<ArrivalsActivity>(context)
        is Screen.Visit -> intent<VisitActivity>(context).putExtra(DOC, screen.household)
        is Screen.Grievance -> intent<GrievanceActivity>(context).putExtra(DOC, screen.doc)
        Screen.Grievances -> intent<GrievancesActivity>(context)
        Screen.Search -> intent<SearchActivity>(context)
        Screen.Meetings -> intent<MeetingsActivity>(context)
        is Screen.Household -> intent<HouseholdActivity>(context).putExtra(DOC, screen.doc)
        is Screen.Meeting -> intent<MeetingActivity>(context).putExtra(DOC, screen.doc)
        is Screen.Form -> intent<EntryActivity>(context).putExtra(FORM, screen.asText())
        is Screen.Step -> intent<StepActivity>(context).putExtra(DOC, screen.doc).putExtra(KIND, screen.kind.name)
    }

    /** The document that an activity was opened for. */
    fun doc(intent: Intent): String = intent.getStringExtra(DOC).orEmpty()

    /** The step that an activity was opened for. */
    fun kind(intent: Intent): StepKind = StepKind.valueOf(intent.getStringExtra(KIND) ?: StepKind.NOTE.name)

    /** The form that an activity was opened for; null where it is none that this app knows. */
    fun form(intent: Intent): Screen.Form? = Screen.of(intent.getStringExtra(FORM).orEmpty()) as? Screen.Form

    private inline fun <reified A> intent(context: Context) = Intent(context, A::class.java)
}
