package app.doorstep.sdk

import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.Language
import app.doorstep.ffi.NewGrievance
import app.doorstep.ffi.NewHousehold
import app.doorstep.ffi.NewReporter
import app.doorstep.ffi.NewStep
import app.doorstep.ffi.NewVisit
import app.doorstep.ffi.Settings
import app.doorstep.ffi.Step
import app.doorstep.ffi.StepKind
import app.doorstep.ffi.SyncBudget
import app.doorstep.ffi.VisitOutcome
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import app.doorstep.sdk.testing.bounded
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread

/** The end, from any side. */
class ClosedTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `after the end every verb says so`() = enrolled { phone ->
        val client = phone.client
        client.close()
        client.close()
        val id = "00112233445566778899aabbccddeeff"
        val act = "0011223344556677"
        val reporter = NewReporter.Anonymous
        val verbs: List<suspend () -> Any?> = listOf(
            { client.acceptInvitation("doorstep:1:") }, { client.sync() }, { client.clearAlarm(1) },
            { client.setLanguage(Language.CHINESE) }, { client.newAct() }, { client.today() },
            { client.household(id) }, { client.visit(id) }, { client.grievance(id) }, { client.households() },
            { client.visits() }, { client.grievances() }, { client.arrivals() }, { client.status() },
            { client.householdForm() }, { client.visitForm(id) }, { client.grievanceForm() },
            { client.stepForm(id, StepKind.ACCEPT) },
            { client.foundHousehold(NewHousehold(act, id, "1-1")) },
            { client.recordVisit(NewVisit(act, id, 1, VisitOutcome.MET)) },
            { client.fileGrievance(NewGrievance(act, id, "x", 1, reporter = reporter)) },
            { client.takeStep(NewStep(act, "", Step.Accept)) },
            { client.rehearseBug() },
        )
        for (verb in verbs) assertCode<DoorstepException.Rejected>("closed") { verb() }
    }

    @Test
    fun `eight threads at work when it is closed all hear the same, and what was answered is there`() = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder, relay, SampleRoster.OWNER).use { phone ->
                val answered = AtomicInteger()
                val wrong = AtomicInteger()
                val underWay = CountDownLatch(THREADS * CALLS)
                val threads = List(THREADS) { number ->
                    thread(name = "worker-$number") {
                        val end = runBlocking { runCatching { work(phone, number, answered, underWay) } }
                        val error = end.exceptionOrNull()
                        if ((error as? DoorstepException.Rejected)?.code != "closed") {
                            error?.printStackTrace()
                            wrong.incrementAndGet()
                        }
                    }
                }
                assertTrue(underWay.await(WAIT_S, TimeUnit.SECONDS), "${underWay.count} calls are missing")
                val closers = List(2) { thread { phone.close() } }
                for (one in threads + closers) {
                    one.join(TimeUnit.SECONDS.toMillis(WAIT_S))
                    assertTrue(!one.isAlive, "${one.name} hangs")
                }
                assertEquals(0, wrong.get())
                TestPhone.open(folder).use { again ->
                    val here = again.client.today().buildings.single().households
                    assertTrue(here in answered.get()..answered.get() + THREADS, "$here, $answered answered")
                }
            }
        }
    }

    @Test
    fun `a client whose opening was cancelled leaves the folder free`() = bounded {
        val key = SoftwareDeviceKey.generate()
        val settings = Settings("${folder.resolve("store")}", Language.ENGLISH)
        repeat(OPENINGS) {
            val opening = launch(Dispatchers.Default) { DoorstepClient.open(settings, key).close() }
            opening.cancelAndJoin()
        }
        DoorstepClient.open(settings, key).close()
    }

    @Test
    fun `opened and closed again and again it is the same phone`() = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder, relay, SampleRoster.OWNER).close()
            val docs = (1..OPENINGS).map { unit ->
                TestPhone.open(folder).use { it.foundHousehold("1-$unit").doc }
            }
            TestPhone.open(folder).use { phone ->
                assertEquals(docs.toSet(), phone.client.households().lines.map { it.doc }.toSet())
            }
        }
    }

    @Test
    fun `many calls at once from one coroutine scope`() = enrolled { phone ->
        val saved = (1..CONCURRENT).map { unit ->
            async(Dispatchers.Default) { phone.foundHousehold("1-$unit").doc }
        }.awaitAll()
        assertEquals(CONCURRENT, saved.toSet().size)
        assertEquals(CONCURRENT, phone.client.today().buildings.single().households)
    }

    /** Writes, reads and meets until it is told that the client is closed. */
    private suspend fun work(phone: TestPhone, number: Int, answered: AtomicInteger, underWay: CountDownLatch) {
        val place = phone.client.householdForm().buildings.first().place
        var calls = 0
        while (true) {
            phone.client.foundHousehold(NewHousehold(phone.client.newAct(), place, "$number-${calls++}"))
            answered.incrementAndGet()
            phone.client.today()
            if (number == 0) meet(phone)
            underWay.countDown()
        }
    }

    private suspend fun meet(phone: TestPhone) {
        try {
            phone.client.sync(SyncBudget(seconds = 10))
        } catch (gone: DoorstepException.Unreachable) {
            // Closed while it dialled; the next call says so.
        }
    }

    private fun enrolled(test: suspend CoroutineScope.(TestPhone) -> Unit) = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder, relay, SampleRoster.OWNER).use { phone -> test(phone) }
        }
    }

    private companion object {
        const val THREADS = 8
        const val CALLS = 3
        const val CONCURRENT = 64
        const val OPENINGS = 10
        const val WAIT_S = 45L
    }
}
