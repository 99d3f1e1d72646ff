package app.doorstep.sdk

import app.doorstep.ffi.ChangeListener
import app.doorstep.ffi.Changes
import app.doorstep.ffi.Doorstep
import app.doorstep.ffi.Language
import app.doorstep.ffi.NewHousehold
import app.doorstep.ffi.Settings
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import app.doorstep.sdk.testing.bounded
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

/** The flow of changes. */
class ChangesTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `the first element comes at once and says that everything may have changed`() = enrolled { phone ->
        val first = phone.client.changes.first()
        assertEquals(Changes(emptyList(), emptyList(), emptyList(), roster = true, status = true), first)
    }

    @Test
    fun `a slow collector gets one element with everything`() = enrolled { phone ->
        val elements = Channel<Changes>(Channel.RENDEZVOUS)
        val collecting = launch { phone.client.changes.collect { elements.send(it) } }
        elements.receive()
        val first = phone.foundHousehold("1-0")
        // Taken from the engine or waiting there: either way the collector stands still until it is received.
        val more = (1..MANY).map { phone.foundHousehold("1-$it") }
        val told = mutableListOf<Changes>()
        while (told.sumOf { it.saved.size } < MANY + 1) told += elements.receive()
        assertTrue(told.size <= 2, "${told.size} elements")
        assertEquals((listOf(first) + more).map { it.doc }.toSet(), told.flatMap { it.saved }.toSet())
        collecting.cancelAndJoin()
    }

    @Test
    fun `it completes when the client is closed, after what was waiting`() = enrolled { phone ->
        val listening = CompletableDeferred<Unit>()
        val mayGoOn = CompletableDeferred<Unit>()
        val told = mutableListOf<Changes>()
        val collecting = async(Dispatchers.Default) {
            phone.client.changes.collect {
                told += it
                listening.complete(Unit)
                mayGoOn.await()
            }
        }
        listening.await()
        val home = phone.foundHousehold("1-1")
        phone.close()
        mayGoOn.complete(Unit)
        collecting.await()
        assertEquals(listOf(home.doc), told.drop(1).flatMap { it.saved })

        assertEquals(emptyList<Changes>(), phone.client.changes.toList())
    }

    @Test
    fun `several collect, each for itself`() = enrolled { phone ->
        val begun = List(COLLECTORS) { CompletableDeferred<Unit>() }
        val told = begun.map { mine ->
            async(Dispatchers.Default) {
                phone.client.changes.first { changes ->
                    mine.complete(Unit)
                    changes.saved.isNotEmpty()
                }
            }
        }
        begun.forEach { it.await() }
        val home = phone.foundHousehold("1-1")
        told.forEach { assertEquals(listOf(home.doc), it.await().saved) }
    }

    @Test
    fun `a collector may close the client`() = enrolled { phone ->
        phone.client.changes.collect { phone.close() }
    }

    @Test
    fun `a collector never runs on the thread of the engine`() = enrolled { phone ->
        val threads = Channel<String>(Channel.UNLIMITED)
        val collecting = launch(Dispatchers.Unconfined) {
            phone.client.changes.collect { threads.send(Thread.currentThread().name) }
        }
        threads.receive()
        phone.foundHousehold("1-1")
        val collector = threads.receive()
        assertTrue(collector.startsWith("DefaultDispatcher-worker"), collector)
        collecting.cancelAndJoin()
    }

    @Test
    fun `what merges is told once for each reason, and in order`() = bounded {
        val pending = PendingChanges()
        pending.changed(changes(saved = listOf("b", "a")))
        pending.changed(changes(saved = listOf("a", "c"), arrived = listOf("a"), status = true))
        pending.changed(changes(answered = listOf("d"), roster = true))
        assertEquals(
            Changes(listOf("b", "a", "c"), listOf("a"), listOf("d"), roster = true, status = true),
            pending.take(),
        )
        pending.changed(changes(saved = listOf("a")))
        pending.end()
        assertEquals(changes(saved = listOf("a")), pending.take())
        assertNull(pending.take())
    }

    @Test
    fun `a listener that throws disturbs neither the writing nor the others`() = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder, relay, SampleRoster.OWNER).close()
            val key = SoftwareDeviceKey.inFile(folder.resolve("device-key.pem"))
            val settings = Settings("${TestPhone.storeFolder(folder)}", Language.ENGLISH)
            val told = LinkedBlockingQueue<Changes>()
            Doorstep.open(settings, key, null).use { engine ->
                val thrown = LinkedBlockingQueue<Unit>()
                engine.listen(listener {
                    thrown.add(Unit)
                    error("a bug of the app")
                })
                engine.listen(listener { told.add(it) })
                val place = engine.householdForm().buildings.first().place
                val docs = (1..3).map { unit ->
                    val doc = engine.foundHousehold(NewHousehold(engine.newAct(), place, "1-$unit")).doc
                    assertEquals(Unit, thrown.poll(WAIT_S, TimeUnit.SECONDS))
                    doc
                }
                val seen = mutableSetOf<String>()
                while (seen.size < docs.size) {
                    val changes = told.poll(WAIT_S, TimeUnit.SECONDS)
                    assertNotEquals(null, changes)
                    seen += changes.orEmpty()
                }
                assertEquals(docs.toSet(), seen)
                engine.shutDown()
            }
        }
    }

    private fun Changes?.orEmpty(): List<String> = this?.saved ?: emptyList()

    private fun listener(what: (Changes) -> Unit): ChangeListener = object : ChangeListener {
        override fun changed(changes: Changes) {
            what(changes)
        }
    }

    private fun changes(
        saved: List<String> = emptyList(),
        arrived: List<String> = emptyList(),
        answered: List<String> = emptyList(),
        roster: Boolean = false,
        status: Boolean = false,
    ) = Changes(saved, arrived, answered, roster, status)

    private fun enrolled(test: suspend CoroutineScope.(TestPhone) -> Unit) = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder, relay, SampleRoster.OWNER).use { phone -> test(phone) }
        }
    }

    private companion object {
        const val MANY = 40
        const val COLLECTORS = 4
        const val WAIT_S = 30L
    }
}
