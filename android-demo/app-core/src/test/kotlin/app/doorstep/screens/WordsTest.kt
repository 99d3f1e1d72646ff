package app.doorstep.screens

import app.doorstep.ffi.By
import app.doorstep.ffi.Channel
import app.doorstep.ffi.Consent
import app.doorstep.ffi.Grade
import app.doorstep.ffi.Language
import app.doorstep.ffi.Level
import app.doorstep.ffi.StepKind
import app.doorstep.ffi.VisitOutcome
import app.doorstep.screens.words.ChineseWords
import app.doorstep.screens.words.EnglishWords
import app.doorstep.screens.words.Words
import app.doorstep.screens.words.wordsFor
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.lang.reflect.Method
import java.time.LocalDateTime
import java.time.ZoneOffset

class WordsTest {
    /** The same in both languages, and rightly so. */
    private val common = setOf("getDot", "getEnrolHint")

    private val screens = listOf(
        Screen.Enrol,
        Screen.Today,
        Screen.NewHousehold,
        Screen.Arrivals,
        Screen.Visit("d"),
        Screen.Grievance("d"),
        Screen.Step("d", StepKind.ACCEPT),
        Screen.Grievances,
        Screen.Search,
        Screen.Household("d"),
        Screen.Meetings,
        Screen.Meeting("d"),
        Screen.NewMeeting,
        Screen.Item("d", "i"),
        Screen.HouseholdEntry("d", HouseholdTask.NOTE),
        Screen.MeetingEntry("d", MeetingTask.NOTE),
    )

    @Test
    fun `both languages have every word, and each its own`() {
        val methods = Words::class.java.methods.filter { it.name != "getLanguage" }
        assertTrue(methods.size > 150, "${methods.size}")
        for (method in methods) {
            for (arguments in argumentsFor(method)) {
                val said = listOf(EnglishWords, ChineseWords).map { method.invoke(it, *arguments) as String? }
                val (english, chinese) = said
                if (english == null) {
                    assertNull(chinese, method.name)
                    continue
                }
                assertTrue(english.isNotBlank(), "English ${method.name}")
                assertTrue(!chinese.isNullOrBlank(), "Chinese ${method.name}")
                if (method.name !in common) assertNotEquals(english, chinese, method.name)
                if (method.name !in common) assertFalse(english.any(::isHan), "${method.name}: $english")
            }
        }
    }

    private fun isHan(char: Char): Boolean = Character.UnicodeScript.of(char.code) == Character.UnicodeScript.HAN

    /** Calls that reach everything a word can be said about. */
    private fun argumentsFor(method: Method): List<Array<Any?>> {
        val types = method.parameterTypes
        return when {
            types.isEmpty() -> listOf(emptyArray())
            method.name == "date" -> listOf(arrayOf(null, 3, 5), arrayOf(2025, 12, 31))
            types.single().isEnum -> types.single().enumConstants.map { arrayOf(it) }
            types.single() == Screen::class.java -> screens.map { arrayOf(it) }
            method.name == "stepField" -> stepKeys.map { arrayOf(it) }
            types.single() == String::class.java -> listOf(arrayOf("14:20"))
            else -> listOf(0, 1, 2, 5, 7, 14, 1_234).map { arrayOf(it) }
        }
    }

    private val stepKeys = StepKind.entries
        .map { Samples.stepForm(it, evidenceNeeded = true, group = Records.group().members) }
        .map { StepQuestions.of(it, EnglishWords) }
        .flatMap { form -> StepFields(form, Samples.nowS, EnglishWords).fields(everything) }
        .map { it.key }
        .distinct()

    private val everything: Map<String, String>
        get() = mapOf("level" to "outside", "how" to "peoples_mediation")

    @Test
    fun `every question of every step has a label`() {
        assertEquals(25, stepKeys.size)
        for (key in stepKeys) {
            assertNotEquals(key, EnglishWords.stepField(key))
            assertNotEquals(key, ChineseWords.stepField(key))
        }
    }

    @Test
    fun `of one there is one, and large numbers are grouped`() {
        assertEquals("0 households", EnglishWords.households(0))
        assertEquals("1 household", EnglishWords.households(1))
        assertEquals("1,234 households", EnglishWords.households(1_234))
        assertEquals("1 day ago", EnglishWords.daysAgo(1))
        assertEquals("1 entry waits for the office", EnglishWords.waitingCount(1))
        assertEquals("2 entries wait for the office", EnglishWords.waitingCount(2))
        assertTrue(EnglishWords.visitSaved(1).startsWith("The visit and 1 grievance are saved"))
        assertTrue(EnglishWords.visitSaved(2).startsWith("The visit and 2 grievances are saved"))
        assertEquals("1,234户", ChineseWords.households(1_234))
        assertEquals("In 2 weeks", EnglishWords.comeAgainIn(14))
        assertEquals("In 30 days", EnglishWords.comeAgainIn(30))
        assertEquals("2周后", ChineseWords.comeAgainIn(14))
    }

    @Test
    fun `each language gives its own words`() {
        assertEquals(EnglishWords, wordsFor(Language.ENGLISH))
        assertEquals(ChineseWords, wordsFor(Language.CHINESE))
        assertEquals(Language.CHINESE, ChineseWords.language)
    }

    @Test
    fun `choices of one kind differ from each other`() {
        for (words in listOf(EnglishWords, ChineseWords)) {
            assertDistinct(VisitOutcome.entries.map(words::outcome))
            assertDistinct(Consent.entries.map(words::consent))
            assertDistinct(Grade.entries.map(words::grade))
            assertDistinct(Level.entries.map(words::level))
            assertDistinct(By.entries.map(words::by))
            assertDistinct(Channel.entries.map(words::channel))
            assertDistinct(SyncEnd.entries.map(words::syncEnd))
            assertDistinct((1..5).map(words::satisfaction))
        }
    }

    private fun assertDistinct(texts: List<String>) = assertEquals(texts.distinct(), texts)

    private fun at(month: Int, day: Int, hour: Int, minute: Int, year: Int = 2026): Long =
        LocalDateTime.of(year, month, day, hour, minute).toEpochSecond(ZoneOffset.UTC)

    @Test
    fun `times are said as people say them`() {
        // Now is 5 March 2026, 14:20.
        val english = Times(Samples.clock, EnglishWords)
        val chinese = Times(Samples.clock, ChineseWords)
        assertEquals("today 14:20", english.past(at(3, 5, 14, 20)))
        assertEquals("今天 9:05", chinese.past(at(3, 5, 9, 5)))
        assertEquals("yesterday 23:59", english.past(at(3, 4, 23, 59)))
        assertEquals("2 days ago", english.past(at(3, 3, 23, 59)))
        assertEquals("6天前", chinese.past(at(2, 27, 0, 0)))
        assertEquals("26 February", english.past(at(2, 26, 12, 0)))
        assertEquals("31 December 2025", english.past(at(12, 31, 12, 0, year = 2025)))
        assertEquals("2025年12月31日", chinese.past(at(12, 31, 12, 0, year = 2025)))
        // A clock that was ahead when it was written: never "in the past tense of the future".
        assertEquals("6 March", english.past(at(3, 6, 8, 0)))
    }

    @Test
    fun `what is due is said ahead, and what is overdue by its day`() {
        val english = Times(Samples.clock, EnglishWords)
        val chinese = Times(Samples.clock, ChineseWords)
        assertEquals("due today 18:00", english.due(at(3, 5, 18, 0), overdue = false))
        assertEquals("due tomorrow 9:00", english.due(at(3, 6, 9, 0), overdue = false))
        assertEquals("due in 2 days", english.due(at(3, 7, 9, 0), overdue = false))
        assertEquals("due 20 March", english.due(at(3, 20, 9, 0), overdue = false))
        assertEquals("overdue, was due yesterday 9:00", english.due(at(3, 4, 9, 0), overdue = true))
        assertEquals("已超期，期限：3天前", chinese.due(at(3, 2, 9, 0), overdue = true))
        assertEquals("期限：明天 9:00", chinese.due(at(3, 6, 9, 0), overdue = false))
    }
}
