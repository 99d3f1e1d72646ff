package app.doorstep.sdk

import app.doorstep.ffi.Arrivals
import app.doorstep.ffi.Changes
import app.doorstep.ffi.DeviceKey
import app.doorstep.ffi.Doorstep
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.Found
import app.doorstep.ffi.GrievanceForm
import app.doorstep.ffi.GrievancePage
import app.doorstep.ffi.GrievanceRecord
import app.doorstep.ffi.HouseholdForm
import app.doorstep.ffi.HouseholdPage
import app.doorstep.ffi.HouseholdRecord
import app.doorstep.ffi.HouseholdStepForm
import app.doorstep.ffi.HouseholdStory
import app.doorstep.ffi.ItemRecord
import app.doorstep.ffi.ItemSettled
import app.doorstep.ffi.Language
import app.doorstep.ffi.ListFilter
import app.doorstep.ffi.Listening
import app.doorstep.ffi.MeetingForm
import app.doorstep.ffi.MeetingPage
import app.doorstep.ffi.MeetingRecord
import app.doorstep.ffi.MeetingStepForm
import app.doorstep.ffi.NewGrievance
import app.doorstep.ffi.NewHousehold
import app.doorstep.ffi.NewHouseholdStep
import app.doorstep.ffi.NewItemOutcome
import app.doorstep.ffi.NewMeeting
import app.doorstep.ffi.NewMeetingStep
import app.doorstep.ffi.NewStep
import app.doorstep.ffi.NewTakeOver
import app.doorstep.ffi.NewVisit
import app.doorstep.ffi.NewVisitStep
import app.doorstep.ffi.PageRequest
import app.doorstep.ffi.Settings
import app.doorstep.ffi.StepForm
import app.doorstep.ffi.StepKind
import app.doorstep.ffi.StoreKey
import app.doorstep.ffi.SyncBudget
import app.doorstep.ffi.SyncHandle
import app.doorstep.ffi.SyncReport
import app.doorstep.ffi.SyncStatus
import app.doorstep.ffi.Terms
import app.doorstep.ffi.Today
import app.doorstep.ffi.VisitForm
import app.doorstep.ffi.VisitPage
import app.doorstep.ffi.VisitRecord
import app.doorstep.ffi.VisitStepForm
import app.doorstep.ffi.Written
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withContext

/**
 * The engine for coroutines: one for each folder and process, kept as long as the app lives.
 *
 * ```kotlin
 * DoorstepClient.open(Settings(folder, Language.ENGLISH), SoftwareDeviceKey.inFile(keyFile)).use { client ->
 *     client.acceptInvitation(scanned)
 *     client.sync()                                                 // enrols, and fetches what there is
 *
 *     val form = client.householdForm()
 *     val home = client.foundHousehold(NewHousehold(form.act, form.buildings.first().place, "3-201"))
 *     client.changes.collect { show(client.household(home.doc)) }   // at once, then whenever something changed
 * }
 * ```
 *
 * - **Where it runs**: every verb suspends, and runs on the dispatcher that [open] was given, so all of it may be
 *   called from the main thread. A read takes some milliseconds; a write returns when it is durable, and never
 *   touches the network.
 * - **Cancellation**: a verb that has begun is not interrupted, so a write that a cancelled coroutine began may have
 *   been saved. Send the same act again: the answer says `repeated`. Only [sync] ends early.
 * - **Errors**: all are [DoorstepException], whose six kinds each ask for something else; `sentence` is for the
 *   person, in the language that was set, `code` for the app. Beside the codes of the engine there are, from this
 *   class: `closed` and `bad_text` (a text that is not Unicode: half of a pair of surrogates), both
 *   [DoorstepException.Rejected]; and `bug`, [DoorstepException.Damaged], whose cause is for the crash report and
 *   not for the person.
 * - **Ending**: [close] may be called by anybody at any time. What was saved is there when the folder is opened again.
 */
class DoorstepClient private constructor(
    private val engine: Doorstep,
    private val dispatcher: CoroutineDispatcher,
    @Volatile private var language: Language,
) : AutoCloseable {
    private val ending = Any()

    private var ended = false

    private val collectors = mutableSetOf<PendingChanges>()

    /**
     * What changed, for as long as it is collected.
     *
     * The first element comes at once when listening has begun. It names no document and says that everything may
     * have changed, so that `changes.collect { reload() }` is all that a screen needs: nothing is lost between its
     * first read and the listening. Every later element says what changed since the element before. A slow collector
     * gets fewer and larger ones, in which each document is named once for each reason; nothing is lost, and what
     * waits is never more than that.
     *
     * Several may collect, each for itself. It completes when the client is closed, after what was still waiting.
     */
    val changes: Flow<Changes> = flow {
        val pending = PendingChanges()
        // Where the client is closed already there is nothing to hear, and the flow is complete.
        if (!begin(pending)) return@flow
        var listening: Listening? = null
        try {
            // Kept at once, so that it is stopped even where this was cancelled while it began.
            if (!untilEnded(pending) { listening = it.listen(pending) }) return@flow
            emit(EVERYTHING)
            while (true) {
                // Woken on the dispatcher, so that a collector never runs on the engine's own thread.
                emit(withContext(dispatcher) { pending.take() } ?: break)
            }
        } finally {
            listening?.use { it.stop() }
            synchronized(ending) { collectors.remove(pending) }
        }
    }

    /**
     * Takes an invitation, as it was scanned or pasted. The next [sync] enrols this phone with it.
     *
     * @throws DoorstepException.Rejected `bad_invitation`, and `other_realm` where this folder belongs to another one.
     */
    suspend fun acceptInvitation(text: String): Unit = call { it.acceptInvitation(text) }

    /**
     * Meets the relay once: enrols where that is needed, sends what is saved, fetches what is new.
     *
     * Cancelled, it tells the engine to end the meeting and returns when that is over: then nothing of it is under
     * way any more, and what had been exchanged by then stays. [close] ends it too, with
     * [app.doorstep.ffi.Left.CANCELLED] in the report, or with the error `closed`.
     *
     * @throws DoorstepException.Unreachable where there is no relay now: everything goes out later.
     * @throws DoorstepException.NotAdmitted where the phone is not enrolled, or waits for its six digits to be
     *   confirmed.
     */
    suspend fun sync(budget: SyncBudget = SyncBudget()): SyncReport = withContext(dispatcher) {
        val handle = translated { engine.sync(budget) }
        try {
            report(handle)
        } catch (cancelled: CancellationException) {
            withContext(NonCancellable) { end(handle) }
            throw cancelled
        } finally {
            handle.close()
        }
    }

    /** Forgets an alarm that a person has looked at. */
    suspend fun clearAlarm(number: Long): Unit = call { it.clearAlarm(number) }

    /** Sets the language of all texts from now on. */
    suspend fun setLanguage(language: Language) {
        call { it.setLanguage(language) }
        this.language = language
    }

    /** The id of an act, 16 hexadecimal digits, for what no form was asked for. */
    suspend fun newAct(): String = call { it.newAct() }

    /** The first screen. */
    suspend fun today(): Today = call { it.today() }

    /** One household with what happened there last; none where it is not on this phone. */
    suspend fun household(doc: String): HouseholdRecord? = call { it.household(doc) }

    /** One visit; none where it is not on this phone. */
    suspend fun visit(doc: String): VisitRecord? = call { it.visit(doc) }

    /** One grievance, its story, and the steps that may be taken now; none where it is not on this phone. */
    suspend fun grievance(doc: String): GrievanceRecord? = call { it.grievance(doc) }

    /** A page of households, by place and unit. */
    suspend fun households(
        filter: ListFilter = ListFilter(),
        page: PageRequest = PageRequest(),
    ): HouseholdPage = call { it.households(filter, page) }

    /** A page of visits, newest first. */
    suspend fun visits(
        filter: ListFilter = ListFilter(),
        page: PageRequest = PageRequest(),
    ): VisitPage = call { it.visits(filter, page) }

    /** A page of grievances: open ones first, by their due. */
    suspend fun grievances(
        filter: ListFilter = ListFilter(),
        page: PageRequest = PageRequest(),
    ): GrievancePage = call { it.grievances(filter, page) }

    /** The screen "What has arrived". */
    suspend fun arrivals(): Arrivals = call { it.arrivals() }

    /** How things stand with the relay. */
    suspend fun status(): SyncStatus = call { it.status() }

    /** What the form for a new household needs, with the id of the act it will make. */
    suspend fun householdForm(): HouseholdForm = call { it.householdForm() }

    /**
     * What the form for a visit to this household needs.
     *
     * @throws DoorstepException.Rejected `look_again` where the household is not on this phone.
     */
    suspend fun visitForm(household: String): VisitForm = call { it.visitForm(household) }

    /** What the form for a grievance without a visit needs. */
    suspend fun grievanceForm(): GrievanceForm = call { it.grievanceForm() }

    /** The meetings of the councils of one's blocks, the newest first. */
    suspend fun meetings(filter: ListFilter = ListFilter(), page: PageRequest = PageRequest()): MeetingPage =
        call { it.meetings(filter, page) }

    /** One meeting with its items; none where it is not on this phone. */
    suspend fun meeting(doc: String): MeetingRecord? = call { it.meeting(doc) }

    /** What the form for a new meeting needs; without a block where this member may hold none. */
    suspend fun meetingForm(): MeetingForm = call { it.meetingForm() }

    /** What the forms for entries in this meeting need. */
    suspend fun meetingStepForm(doc: String): MeetingStepForm = call { it.meetingStepForm(doc) }

    /** What the forms for entries in this household need. */
    suspend fun householdStepForm(doc: String): HouseholdStepForm = call { it.householdStepForm(doc) }

    /** What the forms for entries in this visit need. */
    suspend fun visitStepForm(doc: String): VisitStepForm = call { it.visitStepForm(doc) }

    /** A telephone number of this household, whole: [event] names its line, which shows only the end of it. */
    suspend fun openPhone(doc: String, event: String): String = call { it.openPhone(doc, event) }

    /** What the values of the enumerations are called, in the language that is set. */
    suspend fun terms(): Terms = call { it.terms() }

    /** Saves a meeting; durable when it returns. */
    suspend fun holdMeeting(new: NewMeeting): Written = call { it.holdMeeting(new) }

    /** Saves an entry in a meeting; durable when it returns. */
    suspend fun meetingStep(new: NewMeetingStep): Written = call { it.meetingStep(new) }

    /** Saves an entry in a household; durable when it returns. */
    suspend fun householdStep(new: NewHouseholdStep): Written = call { it.householdStep(new) }

    /** Saves an entry in a visit; durable when it returns. */
    suspend fun visitStep(new: NewVisitStep): Written = call { it.visitStep(new) }

    /** Everything that was written in a household, on visits to it and in its grievances; none where it is not here. */
    suspend fun householdStory(doc: String): HouseholdStory? = call { it.householdStory(doc) }

    /** What is found under these words, whatever kind of thing it is; at most [limit] of it. */
    suspend fun search(text: String, limit: Int = SEARCH_LIMIT): Found = call { it.search(text, limit) }

    /** An item of a meeting with the grievances that it names; none where it is not on this phone. */
    suspend fun councilItem(meeting: String, item: String): ItemRecord? = call { it.councilItem(meeting, item) }

    /** Saves what came of an item, there and in the grievances, whole or not at all; durable when it returns. */
    suspend fun settleItem(new: NewItemOutcome): ItemSettled = call { it.settleItem(new) }

    /** Saves in a grievance that it was solved with another of its group; durable when it returns. */
    suspend fun takeResolutionOver(new: NewTakeOver): Written = call { it.takeResolutionOver(new) }
    /**
     * What the form for one step on this grievance needs.
     *
     * @throws DoorstepException.Rejected `look_again` where the grievance is not on this phone.
     */
    suspend fun stepForm(doc: String, kind: StepKind): StepForm = call { it.stepForm(doc, kind) }

    /** Saves a new household; durable when it returns. */
    suspend fun foundHousehold(new: NewHousehold): Written = call { it.foundHousehold(new) }

    /** Saves a visit with the grievances found on it, whole or not at all; durable when it returns. */
    suspend fun recordVisit(new: NewVisit): Written = call { it.recordVisit(new) }

    /** Saves a grievance that was not found on a visit; durable when it returns. */
    suspend fun fileGrievance(new: NewGrievance): Written = call { it.fileGrievance(new) }

    /**
     * Saves a step on a grievance; durable when it returns.
     *
     * @throws DoorstepException.Rejected where every reader would reject it, with the reason as its code.
     */
    suspend fun takeStep(new: NewStep): Written = call { it.takeStep(new) }

    /**
     * Runs into a bug on purpose, so that an app can see what one looks like in its crash reports.
     *
     * @throws DoorstepException.Damaged always, `bug`.
     */
    suspend fun rehearseBug(): Unit = call { it.rehearseBug() }

    /**
     * Ends syncs and [changes], closes the files and frees the engine. The folder can be opened again when it
     * returns. Does nothing more where it was called already; a second caller waits for the first.
     */
    override fun close() {
        synchronized(ending) {
            if (ended) return
            ended = true
            try {
                engine.shutDown()
            } finally {
                collectors.forEach(PendingChanges::end)
                engine.close()
            }
        }
    }

    private fun begin(pending: PendingChanges): Boolean = synchronized(ending) {
        if (!ended) collectors.add(pending)
        !ended
    }

    /** False where the client was closed meanwhile. */
    private suspend fun untilEnded(pending: PendingChanges, verb: (Doorstep) -> Unit): Boolean = try {
        call(verb)
        true
    } catch (closed: DoorstepException.Rejected) {
        if (!pending.isEnded) throw closed
        false
    }

    private suspend fun <T> call(verb: (Doorstep) -> T): T = withContext(dispatcher) { translated { verb(engine) } }

    /** None where the client was closed meanwhile. */
    internal suspend fun <T> callUnlessEnded(verb: (Doorstep) -> T): T? = try {
        call(verb)
    } catch (closed: DoorstepException.Rejected) {
        if (!synchronized(ending) { ended }) throw closed
        null
    }

    private inline fun <T> translated(verb: () -> T): T = typed(language, verb)

    private suspend fun report(handle: SyncHandle): SyncReport = translated { handle.report() }

    /** Ends the meeting and waits for its end; how it ended is nobody's question any more. */
    private suspend fun end(handle: SyncHandle) {
        handle.cancel()
        try {
            report(handle)
        } catch (_: DoorstepException) {
            // It is over: that is all that was waited for.
        }
    }

    companion object {
        private const val SEARCH_LIMIT = 50

        /** What the first element of [changes] says. */
        private val EVERYTHING = Changes(
            saved = emptyList(),
            arrived = emptyList(),
            answered = emptyList(),
            roster = true,
            status = true,
        )

        /**
         * Opens the engine in its folder, and makes the folder where it is not there.
         *
         * @param settings the folder, and the language to begin with.
         * @param deviceKey the key of this phone and member. It is asked from any thread.
         * @param storeKey opens the files, where they are encrypted.
         * @param dispatcher where every verb runs; they block, so it should have threads to spare.
         * @throws DoorstepException.Rejected `in_use` where another one has the folder open, `other_device` where it
         *   belongs to another key, `key_locked` where the key cannot be used now.
         * @throws DoorstepException.Outdated `store_newer` where a newer app wrote it.
         * @throws DoorstepException.Damaged where it cannot be read.
         */
        suspend fun open(
            settings: Settings,
            deviceKey: DeviceKey,
            storeKey: StoreKey? = null,
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
        ): DoorstepClient {
            var opened: DoorstepClient? = null
            try {
                return withContext(dispatcher) {
                    val engine = typed(settings.language) { Doorstep.open(settings, deviceKey, storeKey) }
                    DoorstepClient(engine, dispatcher, settings.language).also { opened = it }
                }
            } catch (cancelled: CancellationException) {
                // Cancelled when it was open already: nobody else could close it, and the folder would stay in use.
                withContext(NonCancellable + dispatcher) { opened?.close() }
                throw cancelled
            }
        }
    }
}
