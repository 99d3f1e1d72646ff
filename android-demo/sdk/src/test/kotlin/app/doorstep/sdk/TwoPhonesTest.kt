package app.doorstep.sdk

import app.doorstep.ffi.How
import app.doorstep.ffi.Language
import app.doorstep.ffi.Stage
import app.doorstep.ffi.Step
import app.doorstep.ffi.StepKind
import app.doorstep.ffi.SyncState
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import app.doorstep.sdk.testing.bounded
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

/** Two phones with stores of their own, and a relay between them. */
class TwoPhonesTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `what one records without signal the other is told of after both have met the relay`() = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder.resolve("1"), relay, SampleRoster.OWNER).use { first ->
                TestPhone.enrolled(folder.resolve("2"), relay, SampleRoster.BACKUP).use { second ->
                    relay.stop()
                    val home = first.foundHousehold("3-201")
                    val visit = first.visit(home.doc, "楼道灯坏了 💡")
                    val lamp = visit.grievances.single()
                    assertEquals(SyncState.WAITING, first.client.status().state)
                    assertNull(second.client.household(home.doc))

                    relay.start()
                    val sent = first.sync()
                    assertTrue(sent.complete, "$sent")
                    assertEquals(0, sent.unsent)
                    assertEquals(0, first.client.arrivals().waiting.size)

                    val listening = CompletableDeferred<Unit>()
                    val told = async {
                        second.client.changes
                            .onEach { listening.complete(Unit) }
                            .filter { it.arrived.isNotEmpty() }
                            .first()
                    }
                    listening.await()
                    second.sync()
                    assertTrue(told.await().arrived.isNotEmpty())

                    val seen = second.grievance(lamp)
                    assertEquals("楼道灯坏了 💡", seen.line.what)
                    assertEquals(home.doc, seen.household?.doc)
                    assertEquals("3-201", second.client.household(home.doc)?.line?.unit)
                    assertEquals(lamp, second.client.visit(visit.doc)?.grievances?.single())
                }
            }
        }
    }

    @Test
    fun `two who took it on unseen by each other are both in the story, and both phones show the same`() = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder.resolve("1"), relay, SampleRoster.OWNER).use { first ->
                TestPhone.enrolled(folder.resolve("2"), relay, SampleRoster.BACKUP).use { second ->
                    val home = first.foundHousehold("1-101")
                    val lamp = first.visit(home.doc, "The lamp is broken").grievances.single()
                    first.sync()
                    second.sync()
                    assertTrue(first.grievance(lamp).steps.any { it.kind == StepKind.ACCEPT })

                    first.take(lamp, Step.Accept)
                    second.take(lamp, Step.Accept)
                    second.take(lamp, Step.Resolve(How.HELP, "A new bulb"))
                    repeat(2) {
                        first.sync()
                        second.sync()
                    }

                    val one = first.grievance(lamp)
                    val two = second.grievance(lamp)
                    assertEquals(Stage.RESOLVED, one.line.stage)
                    assertEquals(one.line.stage, two.line.stage)
                    assertEquals(one.line.owner, two.line.owner)
                    assertEquals(one.story.map { it.event to it.inForce }, two.story.map { it.event to it.inForce })
                    assertEquals(2, one.story.count { it.kind == "accept" })
                    assertNotNull(one.story.find { it.words == "A new bulb" })
                }
            }
        }
    }

    @Test
    fun `texts are in the language that was set, and follow when it changes`() = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder.resolve("1"), relay, SampleRoster.OWNER).use { phone ->
                val english = phone.client.status().text
                phone.client.setLanguage(Language.CHINESE)
                val chinese = phone.client.status().text
                assertTrue(english.all { it.code < 128 }, english)
                assertFalse(chinese.all { it.code < 128 }, chinese)
                assertEquals(SampleRoster.BUILDING_NAME, phone.client.today().buildings.single().name)
            }
        }
    }
}
