package app.doorstep.screens

import app.doorstep.ffi.Changes
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.StepKind
import app.doorstep.ffi.SyncState
import app.doorstep.screens.words.Words
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.job
import kotlinx.coroutines.launch

/**
 * The app without its views: one for the process. It makes the presenters, and holds what they share.
 *
 * ```
 * val core = AppCore(client.asPhone(), mainScope, wordsFor(language), online)
 * core.start(savedScreens)
 * val today = core.today()
 * today.state.collect(::render)
 * ```
 *
 * @param phone the engine
 * @param scope the presenters run in it; on Android its dispatcher is the main thread's
 * @param words the labels, in the language that the engine was opened with
 * @param online whether the system knows of a network; while it knows of none, nothing is tried by itself
 */
class AppCore(
    val phone: Phone,
    scope: CoroutineScope,
    val words: Words,
    online: StateFlow<Boolean>,
    val clock: PhoneClock = PhoneClock.system(),
) : AutoCloseable {
    private val scope = CoroutineScope(scope.coroutineContext + SupervisorJob(scope.coroutineContext.job))
    private val changes = MutableSharedFlow<Changes>(extraBufferCapacity = CHANGES_BUFFERED)

    /** Meets the relay. */
    val syncer: Syncer = Syncer(phone, this.scope, online)

    /** Which screen is seen. */
    val navigator: Navigator = Navigator()

    private val setting = Setting(phone, words, clock, this.scope, changes, syncer)

    init {
        // Once for the app: a listener of the engine costs a call for each transaction.
        this.scope.launch(start = CoroutineStart.UNDISPATCHED) { phone.changes.collect(changes::emit) }
    }

    /**
     * Decides which screen is first, gives back those that were [savedScreens], and begins to sync. Call
     * it once.
     */
    suspend fun start(savedScreens: String? = null) {
        val enrolled = try {
            when (phone.status().state) {
                SyncState.NOT_INVITED, SyncState.ENROLLING -> false
                SyncState.REVOKED, SyncState.WAITING, SyncState.IN_STEP -> true
            }
        } catch (_: DoorstepException) {
            // Today asks again, and says what is wrong.
            true
        }
        if (enrolled) navigator.restore(savedScreens.orEmpty()) else navigator.replace(Screen.Enrol)
        if (enrolled && navigator.stack.value.first() == Screen.Enrol) navigator.home()
        syncer.start(changes)
    }

    /** The screen Enrol; [saved] is what its `save` gave. */
    fun enrol(saved: String? = null): EnrolPresenter = EnrolPresenter(setting, saved)

    /** The screen Today. */
    fun today(): TodayPresenter = TodayPresenter(setting)

    /** The form for a new household; [saved] is what its `save` gave. */
    fun newHousehold(saved: String? = null): HouseholdFormPresenter = HouseholdFormPresenter(setting, saved)

    /** The form for a visit to this household; [saved] is what its `save` gave. */
    fun visit(household: String, saved: String? = null): VisitPresenter =
        VisitPresenter(setting, household, saved)

    /** The story of a grievance. */
    fun grievance(doc: String): GrievancePresenter = GrievancePresenter(setting, doc)

    /** The form for a step on a grievance; [saved] is what its `save` gave. */
    fun step(doc: String, kind: StepKind, saved: String? = null): StepPresenter =
        StepPresenter(setting, doc, kind, saved)

    /** All grievances; [saved] is what its `save` gave. */
    fun grievances(saved: String? = null): GrievancesPresenter = GrievancesPresenter(setting, saved)

    /** One field over everything; [saved] is what its `save` gave. */
    fun search(saved: String? = null): SearchPresenter = SearchPresenter(setting, saved)

    /** A household. */
    fun household(doc: String): HouseholdPresenter = HouseholdPresenter(setting, doc)

    /** The meetings of the council. */
    fun meetings(): MeetingsPresenter = MeetingsPresenter(setting)

    /** One meeting. */
    fun meeting(doc: String): MeetingPresenter = MeetingPresenter(setting, doc)

    /** A form; [saved] is what its `save` gave. */
    fun form(screen: Screen.Form, saved: String? = null): FormPresenter<*> = when (screen) {
        is Screen.HouseholdEntry -> FormPresenter(setting, HouseholdSheet(setting, screen.doc, screen.task), saved)
        is Screen.MeetingEntry -> FormPresenter(setting, MeetingSheet(setting, screen.doc, screen.task), saved)
        Screen.NewMeeting -> FormPresenter(setting, NewMeetingSheet(setting), saved)
        is Screen.Item -> FormPresenter(setting, ItemSheet(setting, screen.meeting, screen.item), saved)
    }

    /** What was delivered, and what was not. */
    fun arrivals(): ArrivalsPresenter = ArrivalsPresenter(setting)

    /** Ends every presenter and the syncer. The engine stays open: it is the caller's. */
    override fun close() {
        scope.cancel()
    }

    private companion object {
        const val CHANGES_BUFFERED = 64
    }
}
