package app.doorstep.sdk

import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.InternalException
import app.doorstep.ffi.Language
import app.doorstep.ffi.ListFilter
import app.doorstep.ffi.NewGrievance
import app.doorstep.ffi.NewHousehold
import app.doorstep.ffi.NewReporter
import app.doorstep.ffi.NewStep
import app.doorstep.ffi.NewVisit
import app.doorstep.ffi.PageRequest
import app.doorstep.ffi.Settings
import app.doorstep.ffi.Step
import app.doorstep.ffi.SyncBudget
import app.doorstep.ffi.VisitOutcome
import app.doorstep.sdk.testing.Built
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import app.doorstep.sdk.testing.bounded
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.RandomAccessFile
import java.nio.file.Files
import java.nio.file.Path

/** Everything that can go wrong arrives as one of six errors, with a word and a sentence. */
class ErrorsTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `a bug of the engine arrives typed, and the engine goes on`() = enrolled { _, phone ->
        val error = assertCode<DoorstepException.Damaged>("bug") { phone.client.rehearseBug() }
        assertInstanceOf(InternalException::class.java, error.cause)
        assertFalse(phone.foundHousehold("1-1").repeated)

        phone.client.setLanguage(Language.CHINESE)
        val chinese = assertCode<DoorstepException.Damaged>("bug") { phone.client.rehearseBug() }
        assertTrue(chinese.sentence.startsWith("程序"), chinese.sentence)
    }

    @Test
    fun `half an invitation is none`() = bounded {
        RelayProcess.start().use { relay ->
            val invitation = relay.invite(SampleRoster.OWNER)
            TestPhone.open(folder).use { phone ->
                for (text in listOf(invitation.take(invitation.length / 2), "", "hello", invitation + "x")) {
                    assertCode<DoorstepException.Rejected>("bad_invitation") { phone.client.acceptInvitation(text) }
                }
                phone.enrol(invitation)
            }
        }
    }

    @Test
    fun `an invitation of another realm is refused`() = enrolled { _, phone ->
        RelayProcess.start().use { other ->
            val invitation = other.invite(SampleRoster.OWNER)
            assertCode<DoorstepException.Rejected>("other_realm") { phone.client.acceptInvitation(invitation) }
        }
        phone.sync()
    }

    @Test
    fun `an invitation for a newer app asks for an update`() = bounded {
        RelayProcess.start().use { relay ->
            val newer = relay.invite(SampleRoster.OWNER).replaceFirst("doorstep:1:", "doorstep:2:")
            TestPhone.open(folder).use { phone ->
                assertCode<DoorstepException.Outdated>("relay_newer") { phone.client.acceptInvitation(newer) }
            }
        }
    }

    @Test
    fun `what answers in the relay's place is not taken for it`() = bounded {
        RelayProcess.start().use { relay ->
            RelayProcess.start().use { other ->
                TestPhone.open(folder).use { phone ->
                    phone.client.acceptInvitation(relay.invite(SampleRoster.OWNER, at = other.address))
                    assertCode<DoorstepException.NotAdmitted>("wrong_relay") { phone.sync() }
                    assertEquals(null, phone.client.today().member)
                }
            }
        }
    }

    @Test
    fun `a folder that cannot be one is reported`() = bounded {
        Built.library
        val file = Files.writeString(folder.resolve("a-file"), "not a folder")
        val key = SoftwareDeviceKey.generate()
        val error = assertCode<DoorstepException.Damaged>("storage") {
            DoorstepClient.open(Settings("$file", Language.ENGLISH), key)
        }
        assertFalse(error.sentence.contains("a-file"), error.sentence)
        assertCode<DoorstepException.Rejected>("text_empty") {
            DoorstepClient.open(Settings("", Language.ENGLISH), key)
        }
    }

    @Test
    fun `a phone that is not enrolled is told to enrol`() = bounded {
        TestPhone.open(folder).use { phone ->
            assertCode<DoorstepException.NotAdmitted>("not_enrolled") { phone.sync() }
            assertCode<DoorstepException.NotAdmitted>("not_enrolled") {
                phone.client.foundHousehold(NewHousehold(phone.client.newAct(), UNKNOWN_PLACE, "1-1"))
            }
            assertEquals(null, phone.client.today().member)
        }
    }

    @Test
    fun `a folder belongs to one at a time, and to one key`() = enrolled { _, phone ->
        val settings = Settings("${TestPhone.storeFolder(folder)}", Language.CHINESE)
        assertCode<DoorstepException.Rejected>("in_use") { DoorstepClient.open(settings, phone.key) }
        phone.close()
        val error = assertCode<DoorstepException.Rejected>("other_device") {
            DoorstepClient.open(settings, SoftwareDeviceKey.generate())
        }
        assertTrue(error.sentence.any { it.code > 127 }, error.sentence)
        DoorstepClient.open(settings, phone.key).close()
    }

    @Test
    fun `files of a newer app are left alone, and files that are none are reported`() = enrolled { _, phone ->
        val home = phone.foundHousehold("1-1")
        phone.close()
        val file = TestPhone.storeFolder(folder).resolve("store.sqlite")
        val version = userVersion(file)
        userVersion(file, version + 1)
        assertCode<DoorstepException.Outdated>("store_newer") { TestPhone.open(folder) }
        userVersion(file, version)
        TestPhone.open(folder).use { again -> assertEquals("1-1", again.client.household(home.doc)?.line?.unit) }

        Files.write(file, ByteArray(8_192) { 'x'.code.toByte() })
        assertCode<DoorstepException.Damaged>("not_a_store") { TestPhone.open(folder) }
    }

    @Test
    fun `a text has at most 16 KiB, as UTF-8`() = enrolled { _, phone ->
        val most = "楼".repeat(TEXT_BYTES_MAX / 3) + "x"
        assertEquals(TEXT_BYTES_MAX, most.toByteArray().size)
        val client = phone.client
        val place = client.householdForm().buildings.first().place
        val home = client.foundHousehold(NewHousehold(client.newAct(), place, most))
        assertEquals(most, client.household(home.doc)?.line?.unit)

        val over = most + "x"
        val form = client.visitForm(home.doc)
        val reporter = NewReporter.Household(home.doc)
        val kind = form.kinds.first().code
        val visit = NewVisit(form.act, home.doc, form.purposes.first().code, VisitOutcome.MET, note = over)
        val grievance = NewGrievance(client.newAct(), place, over, kind, reporter = reporter)
        val lamp = client.fileGrievance(grievance.copy(what = most)).doc
        val view = phone.grievance(lamp).view
        val tries: List<suspend () -> Any?> = listOf(
            { client.foundHousehold(NewHousehold(client.newAct(), place, over)) },
            { client.foundHousehold(NewHousehold(client.newAct(), place, "1-1", person = over)) },
            { client.foundHousehold(NewHousehold(client.newAct(), place, "1-1", phone = over)) },
            { client.recordVisit(visit) },
            { client.fileGrievance(grievance.copy(act = client.newAct())) },
            { client.fileGrievance(grievance.copy(act = client.newAct(), what = "x", spot = over)) },
            { client.takeStep(NewStep(client.newAct(), view, Step.Note(over))) },
        )
        for (attempt in tries) {
            val error = assertCode<DoorstepException.Rejected>("text_too_long") { attempt() }
            assertFalse(error.sentence.contains("楼楼"), "the words of a resident are in an error")
        }
        assertEquals(1, client.households().lines.size)
        assertEquals(0, client.visits().lines.size)
    }

    @Test
    fun `half of a surrogate pair is refused before it reaches the engine`() = enrolled { _, phone ->
        val place = phone.client.householdForm().buildings.first().place
        for (text in listOf("\uD83D", "3-\uDCA1", "\uDCA1\uD83D", "楼\uD83D楼")) {
            val error = assertCode<DoorstepException.Rejected>("bad_text") {
                phone.client.foundHousehold(NewHousehold(phone.client.newAct(), place, text))
            }
            assertFalse(error.sentence.contains('楼'), error.sentence)
            assertCode<DoorstepException.Rejected>("bad_text") { phone.client.household(text) }
        }
        // A zero is Unicode, and reaches the engine, which has no use for it.
        assertCode<DoorstepException.Rejected>("bad_text") { phone.foundHousehold("1-\u00001") }
        phone.client.setLanguage(Language.CHINESE)
        val chinese = assertCode<DoorstepException.Rejected>("bad_text") { phone.client.acceptInvitation("\uD83D") }
        assertTrue(chinese.sentence.startsWith("这段"), chinese.sentence)

        val whole = phone.foundHousehold("\uD83D\uDCA1")
        assertEquals("💡", phone.client.household(whole.doc)?.line?.unit)
    }

    @Test
    fun `numbers, ids and pages out of range are refused by name`() = enrolled { _, phone ->
        val client = phone.client
        val place = client.householdForm().buildings.first().place
        for (seconds in listOf(0, -1, 3_601)) {
            assertCode<DoorstepException.Rejected>("bad_number") { client.sync(SyncBudget(seconds)) }
        }
        assertCode<DoorstepException.Rejected>("bad_number") { client.households(page = PageRequest(limit = -1)) }
        assertCode<DoorstepException.Rejected>("bad_page") { client.visits(page = PageRequest(after = "nonsense")) }
        assertCode<DoorstepException.Rejected>("bad_id") { client.household("nonsense") }
        assertCode<DoorstepException.Rejected>("bad_id") { client.grievances(ListFilter(place = "nonsense")) }
        assertCode<DoorstepException.Rejected>("bad_id") { client.foundHousehold(NewHousehold("12", place, "1-1")) }
        assertCode<DoorstepException.Rejected>("text_empty") {
            client.foundHousehold(NewHousehold(client.newAct(), place, ""))
        }
        assertCode<DoorstepException.Rejected>("no_place") {
            client.foundHousehold(NewHousehold(client.newAct(), UNKNOWN_PLACE, "1-1"))
        }
        val before1970 = NewGrievance(
            client.newAct(), place, "x", kind = 1, reporter = NewReporter.Anonymous, happenedS = -1,
        )
        assertCode<DoorstepException.Rejected>("bad_number") { client.fileGrievance(before1970) }
        assertCode<DoorstepException.Rejected>("bad_number") { client.fileGrievance(before1970.copy(kind = -1)) }
        assertCode<DoorstepException.Rejected>("look_again") { client.visitForm(UNKNOWN) }
        assertEquals(null, client.household(UNKNOWN))
    }

    @Test
    fun `at most sixteen grievances are found on one visit`() = enrolled { _, phone ->
        val home = phone.foundHousehold("1-1")
        val most = Array(FOUND_MAX) { "Lamp $it" }
        val error = assertCode<DoorstepException.Rejected>("too_many") { phone.visit(home.doc, *most, "One more") }
        assertFalse(error.sentence.contains("Lamp"), error.sentence)
        assertEquals(0, phone.client.visits().lines.size)
        assertEquals(FOUND_MAX, phone.visit(home.doc, *most).grievances.toSet().size)
    }

    @Test
    fun `an act id belongs to one act`() = enrolled { _, phone ->
        val client = phone.client
        val place = client.householdForm().buildings.first().place
        val new = NewHousehold(client.newAct(), place, "1-1")
        val first = client.foundHousehold(new)
        val again = client.foundHousehold(new)
        assertTrue(again.repeated)
        assertEquals(first.doc, again.doc)
        assertCode<DoorstepException.Rejected>("act_reused") { client.foundHousehold(new.copy(unit = "1-2")) }
    }

    @Test
    fun `a step that nobody would accept is refused with its reason`() = enrolled { _, phone ->
        val home = phone.foundHousehold("1-1")
        val lamp = phone.visit(home.doc, "The lamp is broken").grievances.single()
        val error = assertCode<DoorstepException.Rejected>("not_answered") { phone.take(lamp, Step.Close) }
        assertTrue(error.sentence.all { it.code < 128 }, error.sentence)
    }

    private fun enrolled(test: suspend (RelayProcess, TestPhone) -> Unit) = bounded {
        RelayProcess.start().use { relay ->
            TestPhone.enrolled(folder, relay, SampleRoster.OWNER).use { phone -> test(relay, phone) }
        }
    }

    /** The number by which a store says of what version it is: four bytes of the file's header. */
    private fun userVersion(file: Path): Int = RandomAccessFile(file.toFile(), "r").use { opened ->
        opened.seek(USER_VERSION_AT)
        opened.readInt()
    }

    private fun userVersion(file: Path, version: Int) {
        RandomAccessFile(file.toFile(), "rw").use { opened ->
            opened.seek(USER_VERSION_AT)
            opened.writeInt(version)
        }
    }

    private companion object {
        const val TEXT_BYTES_MAX = 16 * 1_024
        const val FOUND_MAX = 16
        const val USER_VERSION_AT = 60L
        const val UNKNOWN_PLACE = "0011223344556677"
        const val UNKNOWN = "00112233445566778899aabbccddeeff"
    }
}
