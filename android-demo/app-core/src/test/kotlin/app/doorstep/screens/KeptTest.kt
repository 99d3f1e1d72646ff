package app.doorstep.screens

import app.doorstep.ffi.Grade
import app.doorstep.ffi.StepKind
import app.doorstep.ffi.VisitOutcome
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.random.Random

class KeptTest {
    @Test
    fun `any words come back as they were`() {
        val random = Random(7)
        val letters = listOf("\\", "\n", "\t", "=", "n", "t", "电梯坏了", "🏠", " ", "\r", "\u0000")
        repeat(500) {
            val words = { (0..random.nextInt(12)).joinToString("") { letters.random(random) } }
            val values = (0..random.nextInt(5)).associate { words() to words() }
            assertEquals(values, Kept.read(Kept.write(values)))
        }
    }

    @Test
    fun `nothing and nonsense are nothing`() {
        assertEquals(emptyMap<String, String>(), Kept.read(""))
        assertEquals(emptyMap<String, String>(), Kept.read("no tab here\n\tno name"))
        assertEquals("", Kept.write(emptyMap()))
    }

    @Test
    fun `a whole visit comes back`() {
        val draft = VisitDraft(
            act = Samples.ACT,
            household = Samples.HOUSEHOLD,
            openedDay = 20_000,
            outcome = VisitOutcome.MET,
            purpose = 1,
            persons = 3,
            note = "ring\ttwice\nthen wait",
            againDays = 7,
            found = listOf(
                FoundDraft("电梯坏了", 3, Grade.A, anonymous = true),
                FoundDraft(),
                FoundDraft("Noise", null, null, anonymous = false),
            ),
        )
        val text = Kept.write(draft.toMap())
        assertEquals(draft, VisitDraft.fromMap(Kept.read(text), Samples.HOUSEHOLD))
        assertNull(VisitDraft.fromMap(Kept.read(text), "another household"))
        assertNull(VisitDraft.fromMap(emptyMap(), Samples.HOUSEHOLD))
    }

    @Test
    fun `words are cut at the bound and never in the middle of one`() {
        assertEquals(WORDS_CHARS_MAX, cut("x".repeat(WORDS_CHARS_MAX + 1), WORDS_CHARS_MAX).length)
        assertEquals("x".repeat(WORDS_CHARS_MAX), cut("x".repeat(WORDS_CHARS_MAX), WORDS_CHARS_MAX))
        assertEquals("ab", cut("ab🏠", 3))
        assertEquals("ab🏠", cut("ab🏠", 4))
    }

    @Test
    fun `a full field of Chinese is within what the engine takes`() {
        assertTrue("电".repeat(WORDS_CHARS_MAX).toByteArray().size <= 16 * 1024)
    }

    @Test
    fun `screens come back, and unknown ones are left out`() {
        val navigator = Navigator()
        val screens = listOf(
            Screen.Today,
            Screen.Arrivals,
            Screen.Grievance(Samples.GRIEVANCE),
            Screen.Step(Samples.GRIEVANCE, StepKind.RESOLVE),
            Screen.Visit(Samples.HOUSEHOLD),
            Screen.NewHousehold,
        )
        screens.drop(1).forEach(navigator::open)
        val again = Navigator().apply { restore(navigator.save()) }
        assertEquals(screens, again.stack.value)
        again.restore("today nonsense step:0b01:DANCE visit:")
        assertEquals(listOf(Screen.Today), again.stack.value)
        again.restore("")
        assertEquals(listOf(Screen.Today), again.stack.value)
    }

    @Test
    fun `a row tapped twice opens one screen, and back ends at the first`() {
        val navigator = Navigator()
        repeat(2) { navigator.open(Screen.Arrivals) }
        assertEquals(2, navigator.stack.value.size)
        assertTrue(navigator.back())
        assertFalse(navigator.back())
        assertEquals(Screen.Today, navigator.current)
    }

    @Test
    fun `screens lie on each other up to the bound`() {
        val navigator = Navigator()
        repeat(Navigator.DEPTH_MAX * 2) { navigator.open(Screen.Grievance("doc$it")) }
        assertEquals(Navigator.DEPTH_MAX, navigator.stack.value.size)
    }
}
