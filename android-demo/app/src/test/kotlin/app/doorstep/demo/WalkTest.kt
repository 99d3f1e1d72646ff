package app.doorstep.demo

import app.doorstep.ffi.Language
import app.doorstep.ffi.VisitOutcome
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import app.doorstep.sdk.testing.bounded
import app.doorstep.sdk.testing.deleteFolder
import app.doorstep.sdk.testing.temporaryFolder
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** A day by finger: real activities, the real engine, a real relay, and a second phone that sees what came of it. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "en-rUS-w360dp-h760dp-port-xhdpi")
class WalkTest {
    private val folder = temporaryFolder("walk")
    private lateinit var relay: RelayProcess
    private lateinit var pocket: Pocket

    @Before
    fun begin() {
        relay = RelayProcess.start()
        pocket = Pocket(folder.resolve("mine"))
    }

    @After
    fun end() {
        pocket.close()
        relay.close()
        deleteFolder(folder)
    }

    @Test
    fun aVisitWithAGrievanceTakesSixTapsAndArrives() {
        join()
        addHousehold("3-201")

        // Into a stairwell.
        pocket.signal(there = false)
        pocket.taps = 0
        pocket.tap("1栋 · 3-201")
        pocket.tap("Met")
        pocket.tap("A grievance was found")
        pocket.type("found-0-0-what", LAMP)
        pocket.tap(firstKind())
        pocket.tap("Save")
        pocket.untilOn<TodayActivity>()
        assertTrue("took ${pocket.taps} taps", pocket.taps <= TAPS_MAX)

        pocket.tap("status")
        pocket.untilOn<ArrivalsActivity>()
        step()
        arrivesAtTheOther()
    }

    @Test
    fun aTapIsNotLostBecauseSomethingArrives() {
        join()
        pocket.signal(there = false)
        addHousehold("3-203")
        val open = pocket.app.engine.value as Engine.Open
        assertEquals("it waits", 1, waiting(open))
        pocket.hold("1栋 · 3-203") {
            // The row is about to lose its mark "saved here", which makes another view of it.
            pocket.signal(there = true)
            pocket.until("it is delivered") { waiting(open) == 0 }
            repeat(FRAMES) { pocket.settle() }
        }
        pocket.untilOn<VisitActivity>()
    }

    @Test
    fun nothingTypedIsLostByTurningOrByTheEndOfTheProcess() {
        join()
        addHousehold("3-202")
        pocket.tap("1栋 · 3-202")
        pocket.tap("Met")
        pocket.tap("A grievance was found")
        pocket.type("found-0-0-what", LAMP)
        pocket.tap(firstKind())
        pocket.type("note", NOTE)

        pocket.rotate("land")
        stillThere()
        pocket.dieAndComeBack()
        stillThere()
        pocket.rotate("port")
        stillThere()

        pocket.tap("Save")
        pocket.untilOn<TodayActivity>()
        bounded {
            val client = phoneClient()
            assertEquals(1, client.visits().lines.size)
            assertEquals(1, client.grievances().lines.size)
            assertEquals(VisitOutcome.MET, client.visits().lines.single().outcome)
        }
    }

    @Test
    fun aHouseholdIsFoundAndWrittenDownByFinger() {
        join()
        addHousehold("3-204")
        pocket.tap("search")
        pocket.untilOn<SearchActivity>()
        pocket.type("text", "3-2")
        pocket.tap("${SampleRoster.BUILDING_NAME} · 3-204")
        pocket.untilOn<HouseholdActivity>()
        pocket.tap("other-tasks")
        pocket.tap("task-ADD_PHONE")
        pocket.untilOn<EntryActivity>()
        pocket.type("NUMBER", "13800001234")
        pocket.rotate("land")
        assertEquals("13800001234", pocket.typed("NUMBER"))
        pocket.dieAndComeBack()
        assertEquals("13800001234", pocket.typed("NUMBER"))
        pocket.tap("save")
        pocket.untilOn<HouseholdActivity>()
        pocket.until("the end of the number is shown") { pocket.words().any { it == MASKED } }
        pocket.tap(MASKED)
        pocket.until("all of it is shown") { pocket.words().any { it.filter(Char::isDigit) == "13800001234" } }
    }

    private fun waiting(open: Engine.Open): Int = runBlocking { open.core.phone.status().waiting }

    private fun join() {
        pocket.launch()
        pocket.untilOn<EnrolActivity>()
        pocket.type("invitation", relay.invite(SampleRoster.OWNER))
        pocket.tap("accept")
        pocket.untilOn<TodayActivity>()
        pocket.awaited("Add a household")
        pocket.until("the building came") { SampleRoster.BUILDING_NAME in pocket.words() }
    }

    private fun addHousehold(unit: String) {
        pocket.tap("Add a household")
        pocket.untilOn<HouseholdFormActivity>()
        pocket.awaited("building")
        pocket.tap(SampleRoster.BUILDING_NAME)
        pocket.type("unit", unit)
        pocket.tap("save")
        pocket.untilOn<TodayActivity>()
        pocket.awaited("${SampleRoster.BUILDING_NAME} · $unit")
    }

    private fun step() {
        pocket.tap(LAMP)
        pocket.untilOn<GrievanceActivity>()
        pocket.tap("step-ACCEPT")
        pocket.untilOn<StepActivity>()
        pocket.tap("save")
        pocket.untilOn<GrievanceActivity>()
        pocket.until("the step is in the story") { find("Took it on") }
        pocket.back()
        pocket.untilOn<ArrivalsActivity>()
        pocket.until("the step waits, too") { "Took it on" in pocket.words().joinToString() }
    }

    private fun arrivesAtTheOther() {
        // Out of the stairwell: nobody has to press anything.
        pocket.signal(there = true)
        pocket.until("everything arrived") { find("nothing") }
        bounded {
            TestPhone.enrolled(folder.resolve("other"), relay, SampleRoster.BACKUP, Language.ENGLISH).use { other ->
                val seen = other.client.grievances().lines.single()
                assertEquals(LAMP, seen.what)
                assertEquals(false, seen.mine)
                assertTrue(other.grievance(seen.doc).story.any { it.kind == "accept" && it.arrived })
                assertEquals(1, other.client.visits().lines.size)
            }
        }
    }

    private fun find(key: String): Boolean = pocket.find(key) != null

    private fun firstKind() = (views(pocket.awaited("found-0-0-kind")).first { it.isClickable })

    private fun stillThere() {
        pocket.untilOn<VisitActivity>()
        assertEquals(LAMP, pocket.typed("found-0-0-what"))
        assertEquals(NOTE, pocket.typed("note"))
        assertTrue((pocket.awaited("MET") as android.widget.Checkable).isChecked)
        assertTrue((firstKind() as android.widget.Checkable).isChecked)
    }

    /** What the screens work with, asked past them. */
    private fun phoneClient() = checkNotNull(pocket.app.client)

    private companion object {
        const val TAPS_MAX = 6
        const val FRAMES = 20
        const val LAMP = "The stair lamp on the third floor is out"
        const val NOTE = "Ring twice"
        const val MASKED = "••••••••234"
    }
}
