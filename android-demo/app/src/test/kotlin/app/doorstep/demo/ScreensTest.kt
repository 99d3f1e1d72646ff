package app.doorstep.demo

import android.content.Intent
import app.doorstep.ffi.Language
import app.doorstep.ffi.StepKind
import app.doorstep.screens.HouseholdTask
import app.doorstep.screens.Screen
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import app.doorstep.sdk.testing.bounded
import app.doorstep.sdk.testing.deleteFolder
import app.doorstep.sdk.testing.temporaryFolder
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

/**
 * Every screen, empty and full, in two languages, by day and by night, with text as it comes and half as large again:
 * drawn, and asked for what must be so ([Looks]).
 */
@RunWith(RobolectricTestRunner::class)
class ScreensTest {
    private class Dress(val language: Language, val night: Boolean, val scale: Float) {
        val tail = "${if (language == Language.CHINESE) "zh" else "en"}-${if (night) "dark" else "light"}-$scale"
        val qualifiers = "${if (language == Language.CHINESE) "zh-rCN" else "en-rUS"}-w360dp-h760dp-port-" +
            "${if (night) "night" else "notnight"}-xhdpi"
    }

    private val folder = temporaryFolder("screens")
    private val wrong = sortedSetOf<String>()

    @After
    fun end() = deleteFolder(folder)

    @Test
    fun everyScreenInChinese() = all(Language.CHINESE)

    @Test
    fun everyScreenInEnglish() = all(Language.ENGLISH)

    private fun all(language: Language) {
        Village(language, folder).use { village ->
            bounded(MINUTES_S) { village.settle() }
            for (night in listOf(false, true)) {
                for (scale in listOf(1.0f, 1.5f)) full(village, Dress(language, night, scale))
            }
        }
        RelayProcess.start().use { relay ->
            for (night in listOf(false, true)) {
                for (scale in listOf(1.0f, 1.5f)) empty(relay, Dress(language, night, scale))
            }
        }
        assertEquals("", wrong.joinToString("\n"))
    }

    private fun full(village: Village, dress: Dress) = wearing(dress, Pocket(village.mine)) { pocket ->
        // In a stairwell: what was saved last waits.
        pocket.signal(there = false)
        pocket.launch()
        pocket.awaited("add-household")
        draw(pocket, "today-full", dress)

        pocket.show(screen(pocket, Screen.NewHousehold))
        pocket.awaited("building")
        draw(pocket, "household-blank", dress)
        pocket.type("unit", "5-302")
        draw(pocket, "household-unit", dress)

        pocket.show(screen(pocket, Screen.Visit(village.household)))
        pocket.awaited("outcome")
        draw(pocket, "visit-blank", dress)
        pocket.tap("MET")
        pocket.tap("add-grievance")
        pocket.type("found-0-0-what", if (dress.language == Language.CHINESE) "楼道灯不亮" else "The stair lamp is out")
        pocket.tap(views(pocket.awaited("found-0-0-kind")).first { it.isClickable })
        draw(pocket, "visit-grievance", dress)

        pocket.show(screen(pocket, Screen.Grievance(village.told)))
        pocket.awaited("head")
        draw(pocket, "grievance-story", dress)
        for (kind in listOf(StepKind.RESOLVE, StepKind.DECLINE, StepKind.ESCALATE, StepKind.SET_DUE, StepKind.NOTE)) {
            pocket.show(screen(pocket, Screen.Step(village.told, kind)))
            pocket.awaited("save")
            draw(pocket, "step-${kind.name.lowercase()}", dress)
        }

        pocket.show(screen(pocket, Screen.Arrivals))
        pocket.awaited("sums")
        draw(pocket, "arrivals-waiting", dress)
        // Each new kind of row and of field is there by day in ordinary text and by night in large text.
        if (dress.night == dress.scale > 1) records(village, pocket, dress)
    }

    private fun records(village: Village, pocket: Pocket, dress: Dress) {
        pocket.show(screen(pocket, Screen.Grievance(village.twin)))
        pocket.tap("take-over")
        pocket.awaited("take-over-yes")
        pocket.tap("why-not")
        pocket.awaited("refusals")
        draw(pocket, "grievance-group", dress)
        pocket.show(screen(pocket, Screen.Step(village.twin, StepKind.PROGRESS)))
        pocket.awaited("also")
        draw(pocket, "step-together", dress)

        pocket.show(screen(pocket, Screen.Household(village.household)))
        pocket.awaited("head")
        pocket.tap("other-tasks")
        draw(pocket, "household", dress)
        for (task in listOf(HouseholdTask.CONSENT, HouseholdTask.ADD_PERSON)) {
            pocket.show(screen(pocket, Screen.HouseholdEntry(village.household, task)))
            pocket.awaited("save")
            draw(pocket, "household-${task.name.lowercase()}", dress)
        }

        pocket.show(screen(pocket, Screen.Search))
        pocket.type("text", village.word)
        pocket.until("something is found") { pocket.words().count { village.word in it } > 1 }
        draw(pocket, "search", dress)
        pocket.show(screen(pocket, Screen.Grievances))
        pocket.awaited("grievance-${village.told}")
        draw(pocket, "grievances", dress)

        pocket.show(screen(pocket, Screen.Meetings))
        pocket.awaited("meeting-${village.meeting}")
        draw(pocket, "meetings", dress)
        pocket.show(screen(pocket, Screen.Meeting(village.meeting)))
        pocket.awaited("head")
        draw(pocket, "meeting", dress)
        pocket.show(screen(pocket, Screen.Item(village.meeting, village.item)))
        pocket.awaited("OUTCOME")
        pocket.tap("resolved")
        pocket.awaited("WRITTEN")
        draw(pocket, "meeting-item", dress)
        pocket.show(screen(pocket, Screen.NewMeeting))
        pocket.awaited("BLOCK")
        draw(pocket, "meeting-new", dress)
    }

    private fun empty(relay: RelayProcess, dress: Dress) {
        val home = folder.resolve("empty-${dress.tail}")
        wearing(dress, Pocket(home)) { pocket ->
            pocket.launch()
            pocket.untilOn<EnrolActivity>()
            pocket.awaited("invitation")
            draw(pocket, "enrol-invitation", dress)
            pocket.type("invitation", relay.inviteAttended(SampleRoster.ELSEWHERE))
            pocket.tap("accept")
            pocket.awaited("digits")
            pocket.awaited("ask-now")
            draw(pocket, "enrol-compare", dress)
        }
        val joined = folder.resolve("joined-${dress.tail}")
        bounded { TestPhone.enrolled(joined, relay, SampleRoster.OWNER, dress.language).close() }
        wearing(dress, Pocket(joined)) { pocket ->
            pocket.launch()
            pocket.awaited("add-household")
            draw(pocket, "today-empty", dress)
            pocket.show(screen(pocket, Screen.Arrivals))
            pocket.awaited("nothing")
            pocket.awaited("try-now")
            draw(pocket, "arrivals-nothing", dress)
            pocket.show(screen(pocket, Screen.Grievance("00".repeat(16))))
            pocket.awaited("gone")
            draw(pocket, "grievance-gone", dress)
        }
    }

    private fun screen(pocket: Pocket, to: Screen): Intent = Routes.to(pocket.app, to)

    private fun wearing(dress: Dress, pocket: Pocket, walk: (Pocket) -> Unit) {
        RuntimeEnvironment.setQualifiers(dress.qualifiers)
        RuntimeEnvironment.setFontScale(dress.scale)
        pocket.use {
            it.app.onConfigurationChanged(it.app.resources.configuration)
            walk(it)
        }
    }

    private fun draw(pocket: Pocket, name: String, dress: Dress) {
        Pictures.draw(pocket.top, "$name-${dress.tail}") { root ->
            Looks.wrong(root).forEach { wrong += "$name-${dress.tail}: $it" }
        }
    }

    private companion object {
        const val MINUTES_S = 180L
    }
}
