package app.doorstep.demo

import app.doorstep.ffi.Attendee
import app.doorstep.ffi.By
import app.doorstep.ffi.Channel
import app.doorstep.ffi.Consent
import app.doorstep.ffi.FoundGrievance
import app.doorstep.ffi.Grade
import app.doorstep.ffi.HouseholdStep
import app.doorstep.ffi.How
import app.doorstep.ffi.Language
import app.doorstep.ffi.NewAttendance
import app.doorstep.ffi.NewHousehold
import app.doorstep.ffi.NewHouseholdStep
import app.doorstep.ffi.NewItem
import app.doorstep.ffi.NewMeeting
import app.doorstep.ffi.NewReporter
import app.doorstep.ffi.NewStep
import app.doorstep.ffi.NewVisit
import app.doorstep.ffi.Seat
import app.doorstep.ffi.Step
import app.doorstep.ffi.StepKind
import app.doorstep.ffi.VisitOutcome
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.TestPhone
import java.nio.file.Path

/** A village with enough going on to fill every screen, made by two phones through a relay. */
class Village(private val language: Language, folder: Path) : AutoCloseable {
    private val tongue = if (language == Language.CHINESE) Chinese else English

    /** Its relay. */
    val relay: RelayProcess = RelayProcess.start(tongue.roster())

    /** The phone that is looked at. */
    val mine: Path = folder.resolve("mine-$language")

    private val theirs = folder.resolve("theirs-$language")

    /** The grievance with the longest story. */
    lateinit var told: String
        private set

    /** A household with something to say. */
    lateinit var household: String
        private set

    /** A grievance whose twin was solved. */
    lateinit var twin: String
        private set

    /** A meeting of the council. */
    lateinit var meeting: String
        private set

    /** What was on its table. */
    lateinit var item: String
        private set

    /** A word that is found in more than one place. */
    val word: String get() = tongue.word

    /** Fills it; what is saved last is not delivered. */
    suspend fun settle() {
        TestPhone.enrolled(mine, relay, OWNER, language).use { me ->
            TestPhone.enrolled(theirs, relay, BACKUP, language).use { other -> settle(me, other) }
        }
    }

    override fun close() = relay.close()

    private suspend fun settle(me: TestPhone, other: TestPhone) {
        household = found(me, "3-201", tongue.person, Consent.YES)
        val second = found(me, "3-202", null, Consent.BY_APPOINTMENT)
        found(me, "4-101", null, null)
        told = visit(me, household, tongue.lamp, Grade.A)
        val done = visit(me, second, tongue.drain, Grade.B)
        visit(me, second, tongue.noise, null, DAYS_AGO_S)
        for (doc in listOf(told, done)) {
            me.take(doc, Step.Accept)
            me.take(doc, Step.Progress(How.HELP, tongue.progress))
            me.take(doc, Step.Resolve(How.HELP, tongue.resolved))
        }
        me.sync()
        other.sync()
        val form = other.client.stepForm(told, StepKind.REJECT)
        val asked = form.resolutions.first().event
        other.client.takeStep(
            NewStep(
                form.act,
                form.view,
                Step.Reject(asked, By.RESIDENT, Channel.IN_PERSON, form.reasons.first().code, tongue.rejected),
            ),
        )
        other.sync()
        me.sync()
        me.take(told, Step.Contact(How.EXPLAINED, tongue.contact))
        twin = visit(me, household, tongue.twin, Grade.C)
        me.take(twin, Step.LinkDuplicate(done))
        write(me, HouseholdStep.AddPhone(tongue.phone, null))
        write(me, HouseholdStep.Note(tongue.note))
        meet(me)
        visit(me, household, tongue.wall, Grade.C)
    }

    private suspend fun write(me: TestPhone, step: HouseholdStep) {
        val form = me.client.householdStepForm(household)
        me.client.householdStep(NewHouseholdStep(form.act, form.record.view, step))
    }

    /** A meeting of the council, with one thing on its table. */
    private suspend fun meet(me: TestPhone) {
        val form = me.client.meetingForm()
        val there = NewAttendance(Attendee.Name(tongue.person), Seat.FLOATING, true)
        meeting = me.client.holdMeeting(
            NewMeeting(
                act = form.act,
                place = form.blocks.first().value,
                day = (System.currentTimeMillis() / DAY_MS).toInt(),
                venue = tongue.venue,
                attendance = form.people.map { NewAttendance(Attendee.Member(it.member), Seat.FIXED, true) } + there,
                items = listOf(NewItem(tongue.item, listOf(told, twin), null)),
            ),
        ).doc
        item = checkNotNull(me.client.meeting(meeting)).items.single().item
    }

    private suspend fun found(me: TestPhone, unit: String, person: String?, consent: Consent?): String {
        val form = me.client.householdForm()
        return me.client.foundHousehold(
            NewHousehold(form.act, form.buildings.first().place, unit, person, null, consent),
        ).doc
    }

    private suspend fun visit(me: TestPhone, household: String, what: String, grade: Grade?, agoS: Long = 0): String {
        val form = me.client.visitForm(household)
        val found = FoundGrievance(what, form.kinds.first().code, grade, null, NewReporter.Household(household))
        return me.client.recordVisit(
            NewVisit(
                act = form.act,
                household = household,
                purpose = form.purposes.first().code,
                outcome = VisitOutcome.MET,
                personsMet = 2,
                found = listOf(found),
                happenedS = if (agoS == 0L) null else System.currentTimeMillis() / 1_000 - agoS,
            ),
        ).grievances.single()
    }

    /** What is written there. */
    private interface Tongue {
        val person: String
        val lamp: String
        val drain: String
        val noise: String
        val wall: String
        val progress: String
        val resolved: String
        val rejected: String
        val contact: String
        val twin: String
        val phone: String get() = "13800001234"
        val note: String
        val venue: String
        val item: String
        val word: String
        val places: List<String>
        val people: List<String>

        fun roster(): String = """
            [sub_district]
            code = "S1"
            name = "${places[0]}"
            [[place]]
            level = "community"
            code = "C1"
            name = "${places[1]}"
            [[place]]
            level = "block"
            code = "B1"
            parent = "C1"
            name = "${places[2]}"
            [[place]]
            level = "grid"
            code = "G1"
            parent = "B1"
            name = "${places[3]}"
            [[place]]
            level = "building"
            code = "G1-1"
            parent = "G1"
            name = "${places[4]}"
            [[place]]
            level = "building"
            code = "G1-2"
            parent = "G1"
            name = "${places[5]}"
            [[member]]
            code = "$OWNER"
            name = "${people[0]}"
            roles = [{ place = "G1", role = "member" }, { place = "B1", role = "block_lead" }]
            buildings = [{ code = "G1-1", as = "owner" }, { code = "G1-2", as = "owner" }]
            [[member]]
            code = "$BACKUP"
            name = "${people[1]}"
            roles = [{ place = "G1", role = "member" }]
            buildings = [{ code = "G1-1", as = "backup" }]
        """.trimIndent()
    }

    private object Chinese : Tongue {
        override val person = "陈桂芳"
        override val lamp = "三楼楼道灯坏了，老人夜里下楼怕摔"
        override val drain = "厨房下水道堵了，污水返上来"
        override val noise = "楼上夜里十一点后还在装修"
        override val wall = "外墙渗水，卧室墙面起皮"
        override val progress = "已联系物业电工，明天上午来看"
        override val resolved = "换了声控灯，当场试过，亮"
        override val rejected = "又不亮了，只好了一个晚上"
        override val contact = "电话告诉陈阿姨：今天下午电工再来"
        override val twin = "厨房地漏反水，楼下也一样"
        override val note = "耳背，敲门要重一点"
        override val venue = "社区二楼会议室"
        override val item = "楼道照明谁来管"
        override val word = "厨房"
        override val places = listOf("观澜街道", "大富社区", "陂老街区", "第一网格", "富民路12号", "富民路14号")
        override val people = listOf("林晓敏", "黄建国")
    }

    private object English : Tongue {
        override val person = "Mrs Carter"
        override val lamp = "The stair lamp on the third floor is out; she fears the stairs at night"
        override val drain = "The kitchen drain is blocked and water comes back up"
        override val noise = "Building work upstairs goes on after eleven at night"
        override val wall = "Water comes through the outer wall of the bedroom"
        override val progress = "The caretaker's electrician comes tomorrow morning"
        override val resolved = "New lamp fitted and tried on the spot"
        override val rejected = "Dark again: it worked for one night"
        override val contact = "Told Mrs Carter that the electrician comes back this afternoon"
        override val twin = "Water stands in the kitchen sink; the neighbour below has it too"
        override val note = "Hard of hearing: knock loudly"
        override val venue = "Millpond hall"
        override val item = "Who looks after the light on the stairs?"
        override val word = "kitchen"
        override val places =
            listOf("Riverside", "Millpond", "West Block", "First Grid", "12 Mill Lane", "14 Mill Lane")
        override val people = listOf("Lin Xiaomin", "Tom Hughes")
    }

    private companion object {
        const val OWNER = "M-01"
        const val BACKUP = "M-02"
        const val DAY_MS = 24L * 60 * 60 * 1_000
        const val DAYS_AGO_S = 40L * 24 * 60 * 60
    }
}
