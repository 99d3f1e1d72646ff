package app.doorstep.screens

import app.doorstep.ffi.FoundGrievance
import app.doorstep.ffi.Grade
import app.doorstep.ffi.NewReporter
import app.doorstep.ffi.NewVisit
import app.doorstep.ffi.VisitOutcome

/** A grievance that is being written down. */
internal data class FoundDraft(
    val what: String = "",
    val kind: Int? = null,
    val grade: Grade? = null,
    val anonymous: Boolean = false,
) {
    /** Opened, and nothing said: as good as not there. */
    val isBlank: Boolean
        get() = what.isBlank() && kind == null && grade == null
}

/**
 * A visit that is being written down: all of what a person entered, with the act id that the form had
 * from the moment it was opened, and that day, so that sent twice it says the same.
 */
internal data class VisitDraft(
    val act: String,
    val household: String,
    /** The day on which the form was opened, in days since 1970. */
    val openedDay: Long,
    val outcome: VisitOutcome? = null,
    val purpose: Int? = null,
    val persons: Int = 1,
    val note: String = "",
    /** In how many days to come again. */
    val againDays: Int? = null,
    val found: List<FoundDraft> = emptyList(),
    /** Members who came along. */
    val companions: List<String> = emptyList(),
    /** The household had asked for it; null = not said. */
    val askedFor: Boolean? = null,
) {
    fun toMap(): Map<String, String> = buildMap {
        put(ACT, act)
        put(HOUSEHOLD, household)
        put(DAY, openedDay.toString())
        outcome?.let { put(OUTCOME, it.name) }
        purpose?.let { put(PURPOSE, it.toString()) }
        put(PERSONS, persons.toString())
        if (note.isNotEmpty()) put(NOTE, note)
        againDays?.let { put(AGAIN, it.toString()) }
        if (companions.isNotEmpty()) put(COMPANIONS, several(companions))
        askedFor?.let { put(ASKED_FOR, if (it) YES else NO) }
        put(FOUND, found.size.toString())
        found.forEachIndexed { index, one ->
            put("$WHAT$index", one.what)
            one.kind?.let { put("$KIND$index", it.toString()) }
            one.grade?.let { put("$GRADE$index", it.name) }
            if (one.anonymous) put("$ANONYMOUS$index", YES)
        }
    }

    /** For the engine; null where the outcome or the purpose is not known. */
    fun toVisit(): NewVisit? {
        val outcome = outcome ?: return null
        val purpose = purpose ?: return null
        return NewVisit(
            act = act,
            household = household,
            purpose = purpose,
            outcome = outcome,
            personsMet = if (outcome == VisitOutcome.MET) persons else 0,
            checklist = emptyList(),
            note = note.orNothing(),
            found = found.filterNot { it.isBlank }.map { it.toGrievance() ?: return null },
            nextDay = againDays?.let { (openedDay + it).toInt() },
            happenedS = null,
            companions = companions,
            askedFor = askedFor,
        )
    }

    private fun FoundDraft.toGrievance(): FoundGrievance? {
        val what = what.orNothing() ?: return null
        val kind = kind ?: return null
        val reporter = if (anonymous) NewReporter.Anonymous else NewReporter.Household(household)
        return FoundGrievance(what = what, kind = kind, grade = grade, spot = null, reporter = reporter)
    }

    companion object {
        private const val ACT = "act"
        private const val HOUSEHOLD = "household"
        private const val DAY = "day"
        private const val OUTCOME = "outcome"
        private const val PURPOSE = "purpose"
        private const val PERSONS = "persons"
        private const val NOTE = "note"
        private const val AGAIN = "again"
        private const val FOUND = "found"
        private const val WHAT = "what."
        private const val KIND = "kind."
        private const val GRADE = "grade."
        private const val ANONYMOUS = "anonymous."
        private const val COMPANIONS = "companions"
        private const val ASKED_FOR = "asked"
        private const val YES = "yes"
        private const val NO = "no"

        /** Back from [toMap]; null where it is of another household or of no form at all. */
        fun fromMap(values: Map<String, String>, household: String): VisitDraft? {
            val act = values[ACT]?.takeIf { it.isNotEmpty() } ?: return null
            val day = values[DAY]?.toLongOrNull() ?: return null
            if (values[HOUSEHOLD] != household) return null
            val count = values[FOUND]?.toIntOrNull()?.coerceIn(0, FOUND_MAX) ?: 0
            return VisitDraft(
                act = act,
                household = household,
                openedDay = day,
                outcome = VisitOutcome.entries.named(values[OUTCOME]),
                purpose = values[PURPOSE]?.toIntOrNull(),
                persons = values[PERSONS]?.toIntOrNull()?.coerceIn(1, PERSONS_MET_MAX) ?: 1,
                note = values[NOTE].orEmpty(),
                againDays = values[AGAIN]?.toIntOrNull(),
                companions = values[COMPANIONS].severally(),
                askedFor = values[ASKED_FOR]?.let { it == YES },
                found = List(count) { index ->
                    FoundDraft(
                        what = values["$WHAT$index"].orEmpty(),
                        kind = values["$KIND$index"]?.toIntOrNull(),
                        grade = Grade.entries.named(values["$GRADE$index"]),
                        anonymous = values["$ANONYMOUS$index"] == YES,
                    )
                },
            )
        }
    }
}
