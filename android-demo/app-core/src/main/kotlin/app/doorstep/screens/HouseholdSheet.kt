package app.doorstep.screens

import app.doorstep.ffi.Choice
import app.doorstep.ffi.Consent
import app.doorstep.ffi.FieldValue
import app.doorstep.ffi.FlagLine
import app.doorstep.ffi.HouseholdLine
import app.doorstep.ffi.HouseholdRecord
import app.doorstep.ffi.HouseholdStep
import app.doorstep.ffi.HouseholdStepForm
import app.doorstep.ffi.NewHouseholdStep
import app.doorstep.ffi.PersonLine
import app.doorstep.ffi.StoryLine
import app.doorstep.screens.words.Words

/** One entry in a household. */
internal class HouseholdSheet(
    setting: Setting,
    override val doc: String,
    private val task: HouseholdTask,
) : Sheet<HouseholdStepForm>(setting) {
    private val words = setting.words
    override val title: String = words.householdTask(task)

    override suspend fun load(): HouseholdStepForm = setting.phone.householdStepForm(doc)

    override fun act(form: HouseholdStepForm): String = form.act

    override fun view(form: HouseholdStepForm): String = form.record.view

    override fun about(form: HouseholdStepForm): String = householdTitle(form.record.line, words)

    override fun seen(form: HouseholdStepForm): Map<String, String> {
        val replaced = when (task) {
            HouseholdTask.CONSENT -> form.record.consent?.events.orEmpty()
            HouseholdTask.PRIORITY, HouseholdTask.END_PRIORITY -> form.record.priorityEvents
            else -> return emptyMap()
        }
        return mapOf(Answers.REPLACES to several(replaced))
    }

    override fun presets(form: HouseholdStepForm): Map<String, String> = buildMap {
        val asked = fields(form, Answers(emptyMap(), words)).filterIsInstance<Field.Choose>()
        // Where there is one thing to choose it is chosen.
        asked.filter { it.required }.forEach { field ->
            field.options.singleOrNull()?.let { put(field.key, it.value) }
        }
        val usual = mapOf(Ask.BY to "RESIDENT", Ask.CHANNEL to "IN_PERSON")
        usual.forEach { (ask, value) -> if (asked.any { it.key == ask.name }) put(ask.name, value) }
    }

    override fun fields(form: HouseholdStepForm, answers: Answers): List<Field> = with(answers) {
        val record = form.record
        when (task) {
            HouseholdTask.NOTE -> listOf(write(Ask.TEXT, Input.WORDS))
            HouseholdTask.CONSENT -> listOf(
                choose(Ask.CONSENT, Consent.entries.map { Choice(it.name, words.consent(it)) }),
                askBy(),
                days(Ask.UNTIL, REVIEW_DAYS, required = false),
            )
            HouseholdTask.PRIORITY -> listOf(codes(Ask.CODE, form.priorities), days(Ask.REVIEW, REVIEW_DAYS))
            HouseholdTask.END_PRIORITY -> listOf(codes(Ask.REASON, form.reasons))
            HouseholdTask.ADD_PERSON -> listOf(
                write(Ask.NAME, Input.LINE),
                codes(Ask.RELATION, form.relations),
                codes(Ask.BIRTH, form.birthBands),
            )
            HouseholdTask.PERSON_LEFT -> listOf(choose(Ask.PERSON, persons(record)))
            HouseholdTask.ADD_PHONE -> listOf(
                write(Ask.NUMBER, Input.PHONE),
                choose(Ask.WHOSE, persons(record), required = false),
            )
            HouseholdTask.REPLACE_PHONE -> listOf(
                choose(Ask.PHONE, record.phones.map { Choice(it.event, joined(words.dot, it.number, it.personName)) }),
                write(Ask.NUMBER, Input.PHONE),
                choose(Ask.WHOSE, persons(record), required = false),
            )
            HouseholdTask.NOTICE -> listOf(
                write(Ask.VERSION, Input.NUMBER),
                askChannel(),
                codes(Ask.LANGUAGE, form.languages),
                askBy(),
            )
            HouseholdTask.FIELD -> listOf(choose(Ask.FIELD, known(form)), write(Ask.VALUE, Input.LINE))
            HouseholdTask.SAME_AS, HouseholdTask.CONTINUES -> listOf(
                choose(Ask.HOUSEHOLD, form.households.map { Choice(it.doc, other(it)) }),
            )
            HouseholdTask.NOT_SAME -> listOf(choose(Ask.LINK, record.sameAs.map { Choice(it.event, it.title) }))
            HouseholdTask.SETTLE -> listOf(
                choose(Ask.FLAG, flagChoices(record.flags)),
                codes(Ask.REASON, form.reasons, required = false),
            )
            HouseholdTask.CORRECT -> listOf(
                choose(Ask.ENTRY, entryChoices(record.story, record.mayCorrect, words)),
                codes(Ask.REASON, form.reasons),
            )
        }
    }

    override suspend fun write(form: HouseholdStepForm, begun: Begun, answers: Answers): Done? {
        val step = step(begun, answers) ?: return null
        val written = setting.phone.householdStep(NewHouseholdStep(begun.act, begun.view, step))
        return Done(words.stepSaved, written.doc)
    }

    private fun step(begun: Begun, answers: Answers): HouseholdStep? = with(answers) {
        val day = setting.times.dayOf(begun.openedS)
        when (task) {
            HouseholdTask.NOTE -> HouseholdStep.Note(text(Ask.TEXT) ?: return null)
            HouseholdTask.CONSENT -> HouseholdStep.SetConsent(
                Consent.entries.named(text(Ask.CONSENT)) ?: return null,
                by() ?: return null,
                code(Ask.UNTIL)?.let { day + it },
                replaces(),
            )
            HouseholdTask.PRIORITY -> HouseholdStep.SetPriority(
                code(Ask.CODE) ?: return null,
                day + (code(Ask.REVIEW) ?: return null),
                replaces(),
            )
            HouseholdTask.END_PRIORITY -> HouseholdStep.EndPriority(code(Ask.REASON) ?: return null, replaces())
            HouseholdTask.ADD_PERSON -> HouseholdStep.AddPerson(
                text(Ask.NAME) ?: return null,
                code(Ask.RELATION) ?: return null,
                code(Ask.BIRTH) ?: return null,
            )
            HouseholdTask.PERSON_LEFT -> HouseholdStep.PersonLeft(text(Ask.PERSON) ?: return null)
            HouseholdTask.ADD_PHONE -> HouseholdStep.AddPhone(text(Ask.NUMBER) ?: return null, text(Ask.WHOSE))
            HouseholdTask.REPLACE_PHONE -> HouseholdStep.ReplacePhone(
                listOf(text(Ask.PHONE) ?: return null),
                text(Ask.NUMBER) ?: return null,
                text(Ask.WHOSE),
            )
            HouseholdTask.NOTICE -> HouseholdStep.GiveNotice(
                code(Ask.VERSION) ?: return null,
                channel() ?: return null,
                code(Ask.LANGUAGE) ?: return null,
                by() ?: return null,
            )
            HouseholdTask.FIELD -> {
                val field = all(Ask.FIELD)
                val code = field.firstOrNull()?.toIntOrNull() ?: return null
                HouseholdStep.SetField(code, FieldValue.Text(text(Ask.VALUE) ?: return null), field.drop(1))
            }
            HouseholdTask.SAME_AS -> HouseholdStep.SameAs(text(Ask.HOUSEHOLD) ?: return null)
            HouseholdTask.CONTINUES -> HouseholdStep.Continues(text(Ask.HOUSEHOLD) ?: return null)
            HouseholdTask.NOT_SAME -> HouseholdStep.NotSame(text(Ask.LINK) ?: return null)
            HouseholdTask.SETTLE -> {
                val flag = FlagValue(text(Ask.FLAG) ?: return null)
                HouseholdStep.Settle(flag.flag, flag.about, code(Ask.REASON))
            }
            HouseholdTask.CORRECT ->
                HouseholdStep.Correct(text(Ask.ENTRY) ?: return null, code(Ask.REASON) ?: return null)
        }
    }

    private fun persons(record: HouseholdRecord): List<Choice> =
        record.persons.filterNot(PersonLine::left).map { Choice(it.person, joined(words.dot, it.name, it.relation)) }

    /** A field with the entries that a new value replaces: what was on the screen. */
    private fun known(form: HouseholdStepForm): List<Choice> = form.fields.map { field ->
        val replaced = form.record.fields.firstOrNull { it.field == field.code }?.events.orEmpty()
        Choice(several(listOf(field.code.toString()) + replaced), field.text)
    }

    private fun other(line: HouseholdLine): String = householdTitle(line, words)

    companion object {
        private val REVIEW_DAYS = listOf(30, 90, 180, 365)

        /** What may be written into this household now. */
        fun tasks(record: HouseholdRecord): List<HouseholdTask> {
            if (!record.mayWrite) return emptyList()
            val here = record.persons.any { !it.left }
            return HouseholdTask.entries.filter { task ->
                when (task) {
                    HouseholdTask.END_PRIORITY -> record.priority != null
                    HouseholdTask.PERSON_LEFT -> here
                    HouseholdTask.REPLACE_PHONE -> record.phones.isNotEmpty()
                    HouseholdTask.NOT_SAME -> record.sameAs.isNotEmpty()
                    HouseholdTask.SETTLE -> record.flags.any { !it.settled }
                    HouseholdTask.CORRECT -> record.mayCorrect.isNotEmpty()
                    else -> true
                }
            }
        }
    }
}

internal fun flagChoices(flags: List<FlagLine>): List<Choice> =
    flags.filterNot { it.settled }.map { Choice(several(listOf(it.flag, it.asks.name) + it.about), it.text) }

internal fun entryChoices(story: List<StoryLine>, may: List<String>, words: Words): List<Choice> =
    story.filter { it.event in may }
        .map { Choice(it.event, joined(words.dot, it.sentence, if (it.mine) words.me else it.author.name)) }
