package app.doorstep.screens

import app.doorstep.ffi.Attendee
import app.doorstep.ffi.Choice
import app.doorstep.ffi.GrievanceLine
import app.doorstep.ffi.ItemAt
import app.doorstep.ffi.ItemOutcome
import app.doorstep.ffi.ItemRecord
import app.doorstep.ffi.MeetingForm
import app.doorstep.ffi.MeetingRecord
import app.doorstep.ffi.MeetingStep
import app.doorstep.ffi.MeetingStepForm
import app.doorstep.ffi.MemberLine
import app.doorstep.ffi.NewAttendance
import app.doorstep.ffi.NewItem
import app.doorstep.ffi.NewItemOutcome
import app.doorstep.ffi.NewMeeting
import app.doorstep.ffi.NewMeetingStep
import app.doorstep.ffi.Seat

/** Writes down a meeting: where and when, who was there, and what was put off the last time. */
internal class NewMeetingSheet(setting: Setting) : Sheet<MeetingForm>(setting) {
    private val words = setting.words
    override val doc: String? = null
    override val title: String = words.meetingHold

    override suspend fun load(): MeetingForm? = setting.phone.meetingForm().takeIf { it.blocks.isNotEmpty() }

    override fun act(form: MeetingForm): String = form.act

    override fun presets(form: MeetingForm): Map<String, String> = buildMap {
        form.blocks.singleOrNull()?.let { put(Ask.BLOCK.name, it.value) }
        put(Ask.DAY.name, "0")
    }

    override fun fields(form: MeetingForm, answers: Answers): List<Field> = with(answers) {
        listOf(
            choose(Ask.BLOCK, form.blocks),
            choose(Ask.DAY, DAYS_AGO.map { Choice(it.toString(), words.dayAgo(it)) }),
            write(Ask.VENUE, Input.LINE, required = false),
            tick(Ask.PEOPLE, people(form.people)),
            write(Ask.OTHERS, Input.WORDS, required = false),
            tick(Ask.CARRIED, form.carried.map { Choice(at(it.at), it.title) }),
        ).filterNot { it is Field.Tick && it.options.isEmpty() }
    }

    override suspend fun write(form: MeetingForm, begun: Begun, answers: Answers): Done? {
        val carried = answers.all(Ask.CARRIED)
        val new = NewMeeting(
            act = begun.act,
            place = answers.text(Ask.BLOCK) ?: return null,
            day = setting.times.dayOf(begun.openedS) - (answers.code(Ask.DAY) ?: return null),
            venue = answers.text(Ask.VENUE),
            attendance = answers.all(Ask.PEOPLE).map { NewAttendance(Attendee.Member(it), Seat.FIXED, true) } +
                names(answers).map { NewAttendance(Attendee.Name(it), Seat.FLOATING, true) },
            items = form.carried.filter { at(it.at) in carried }.map { NewItem(it.title, it.grievances, it.at) },
            happenedS = null,
        )
        return Done(words.stepSaved, setting.phone.holdMeeting(new).doc)
    }

    /** One name a line. */
    private fun names(answers: Answers): List<String> =
        answers.text(Ask.OTHERS)?.lines()?.mapNotNull { it.orNothing() }.orEmpty()

    private companion object {
        val DAYS_AGO = listOf(0, 1, 2, 3, 7)
    }
}

/** One entry in a meeting. */
internal class MeetingSheet(
    setting: Setting,
    override val doc: String,
    private val task: MeetingTask,
) : Sheet<MeetingStepForm>(setting) {
    private val words = setting.words
    override val title: String = words.meetingTask(task)

    override suspend fun load(): MeetingStepForm = setting.phone.meetingStepForm(doc)

    override fun act(form: MeetingStepForm): String = form.act

    override fun view(form: MeetingStepForm): String = form.record.view

    override fun about(form: MeetingStepForm): String = meetingTitle(form.record.line, words, setting.times)

    override fun presets(form: MeetingStepForm): Map<String, String> = when (task) {
        MeetingTask.ATTENDANCE -> mapOf(Ask.SEAT.name to Seat.FIXED.name, Ask.ATTENDS.name to YES)
        else -> emptyMap()
    }

    override fun fields(form: MeetingStepForm, answers: Answers): List<Field> = with(answers) {
        val record = form.record
        when (task) {
            MeetingTask.NOTE -> listOf(write(Ask.TEXT, Input.WORDS))
            MeetingTask.ADD_ITEM -> listOf(
                write(Ask.TITLE, Input.LINE),
                tick(Ask.GRIEVANCES, grievances(form.grievances)),
                choose(Ask.CARRIED, form.carried.map { Choice(at(it.at), it.title) }, required = false),
            ).filterNot { it is Field.Tick && it.options.isEmpty() || it is Field.Choose && it.options.isEmpty() }
            MeetingTask.ATTENDANCE -> listOf(
                choose(Ask.WHO, people(form.people), required = text(Ask.NAME) == null),
                write(Ask.NAME, Input.LINE, required = text(Ask.WHO) == null),
                choose(Ask.SEAT, Seat.entries.map { Choice(it.name, words.seat(it)) }),
                choose(Ask.ATTENDS, listOf(Choice(YES, words.attends), Choice(NO, words.attendsNot))),
            )
            MeetingTask.SETTLE -> listOf(
                choose(Ask.FLAG, flagChoices(record.flags)),
                codes(Ask.REASON, form.reasons, required = false),
            )
            MeetingTask.CORRECT -> listOf(
                choose(Ask.ENTRY, entryChoices(record.story, record.mayCorrect, words)),
                codes(Ask.REASON, form.reasons),
            )
        }
    }

    override suspend fun write(form: MeetingStepForm, begun: Begun, answers: Answers): Done? {
        val step = step(form, answers) ?: return null
        val written = setting.phone.meetingStep(NewMeetingStep(begun.act, begun.view, step))
        return Done(words.stepSaved, written.doc)
    }

    private fun step(form: MeetingStepForm, answers: Answers): MeetingStep? = with(answers) {
        when (task) {
            MeetingTask.NOTE -> MeetingStep.Note(text(Ask.TEXT) ?: return null)
            MeetingTask.ADD_ITEM -> {
                val carries = form.carried.firstOrNull { at(it.at) == text(Ask.CARRIED) }
                val title = text(Ask.TITLE) ?: return null
                MeetingStep.AddItem(NewItem(title, all(Ask.GRIEVANCES), carries?.at))
            }
            MeetingTask.ATTENDANCE -> {
                val who = text(Ask.WHO)?.let(Attendee::Member) ?: Attendee.Name(text(Ask.NAME) ?: return null)
                val seat = Seat.entries.named(text(Ask.SEAT)) ?: return null
                MeetingStep.Attendance(who, seat, text(Ask.ATTENDS) == YES, before(form.record, who))
            }
            MeetingTask.SETTLE -> {
                val flag = FlagValue(text(Ask.FLAG) ?: return null)
                MeetingStep.Settle(flag.flag, flag.about, code(Ask.REASON))
            }
            MeetingTask.CORRECT ->
                MeetingStep.Correct(text(Ask.ENTRY) ?: return null, code(Ask.REASON) ?: return null)
        }
    }

    /** What was said of this person before is replaced. */
    private fun before(record: MeetingRecord, who: Attendee): List<String> = record.attendance.firstOrNull {
        when (who) {
            is Attendee.Member -> it.member?.member == who.member
            is Attendee.Name -> it.member == null && it.name == who.name
        }
    }?.events.orEmpty()

    private fun grievances(lines: List<GrievanceLine>): List<Choice> =
        lines.map { Choice(it.doc, joined(words.dot, it.what, it.placeName, it.stageText)) }

    companion object {
        private const val YES = "yes"
        private const val NO = "no"

        /** What may be written into this meeting now. */
        fun tasks(record: MeetingRecord): List<MeetingTask> = MeetingTask.entries.filter { task ->
            record.mayWrite && when (task) {
                MeetingTask.SETTLE -> record.flags.any { !it.settled }
                MeetingTask.CORRECT -> record.mayCorrect.isNotEmpty()
                else -> true
            }
        }
    }
}

/** What an item's form needs. */
internal class ItemForm(val record: ItemRecord, val outcomes: List<Choice>)

/** What came of an item: written into the meeting, and where it solves them into the grievances that it names. */
internal class ItemSheet(
    setting: Setting,
    private val meeting: String,
    private val item: String,
) : Sheet<ItemForm>(setting) {
    private val words = setting.words
    override val doc: String = meeting
    override val title: String = words.itemSettle

    override suspend fun load(): ItemForm? {
        val record = setting.phone.item(meeting, item) ?: return null
        return ItemForm(record, setting.phone.terms().itemOutcomes)
    }

    override fun act(form: ItemForm): String = form.record.act

    override fun view(form: ItemForm): String = form.record.view

    override fun about(form: ItemForm): String = form.record.item.title

    /** What was seen of each grievance, by its document. */
    override fun seen(form: ItemForm): Map<String, String> =
        form.record.grievances.mapNotNull { one -> one.view?.let { "$SEEN${one.doc}" to it } }.toMap()

    override fun presets(form: ItemForm): Map<String, String> =
        mapOf(Ask.WRITTEN.name to several(written(form).map { it.value }))

    override fun fields(form: ItemForm, answers: Answers): List<Field> = with(answers) {
        val resolved = ItemOutcome.entries.named(text(Ask.OUTCOME)) == ItemOutcome.RESOLVED
        val written = written(form)
        val hand = form.record.grievances.filter { it.byHand != null }.map { one ->
            Field.Say("hand-${one.doc}", joined(words.dot, one.title, one.byHand))
        }
        listOfNotNull(
            choose(Ask.OUTCOME, form.outcomes),
            tick(Ask.WRITTEN, written).takeIf { resolved && written.isNotEmpty() },
            write(Ask.TEXT, Input.WORDS, required = false).takeIf { resolved && written.isNotEmpty() },
        ) + hand.takeIf { resolved }.orEmpty()
    }

    override suspend fun write(form: ItemForm, begun: Begun, answers: Answers): Done? {
        val outcome = ItemOutcome.entries.named(answers.text(Ask.OUTCOME)) ?: return null
        val resolved = outcome == ItemOutcome.RESOLVED
        val seen = answers.all(Ask.WRITTEN).mapNotNull { answers.values["$SEEN$it"] }
        val settled = setting.phone.settleItem(
            NewItemOutcome(
                act = begun.act,
                view = begun.view,
                item = item,
                outcome = outcome,
                grievances = seen.takeIf { resolved }.orEmpty(),
                text = answers.text(Ask.TEXT).takeIf { resolved },
                happenedS = null,
            ),
        )
        return Done(words.stepSaved, settled.written.doc, leftOut(settled.byHand))
    }

    /** Those that the outcome is written into. */
    private fun written(form: ItemForm): List<Choice> =
        form.record.grievances.filter { it.byHand == null && it.view != null }.map { Choice(it.doc, it.title) }

    private companion object {
        const val SEEN = "seen."
    }
}

private fun at(item: ItemAt): String = "${item.meeting}/${item.item}"

private fun people(lines: List<MemberLine>): List<Choice> = lines.map { Choice(it.member, it.name) }
