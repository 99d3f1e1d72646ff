package app.doorstep.screens

import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.SyncState
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test

@OptIn(ExperimentalCoroutinesApi::class)
class EnrolPresenterTest {
    private val phone = FakePhone()
    private val waiting = DoorstepException.NotAdmitted("waiting_for_confirmation", "Compare.", "123456")

    @BeforeEach
    fun nobodys() {
        phone.status = { Samples.status(SyncState.NOT_INVITED) }
        phone.sync = { throw DoorstepException.NotAdmitted("not_enrolled", "Not a member's.", null) }
    }

    private suspend fun TestScope.opened(online: Boolean = true): EnrolPresenter {
        val core = coreOf(phone, online)
        core.start()
        val enrol = core.enrol()
        runCurrent()
        return enrol
    }

    private fun TestScope.invited(enrol: EnrolPresenter) {
        enrol.edit("  doorstep:1:abc \n")
        enrol.accept()
        enrol.accept()
        runCurrent()
    }

    @Test
    fun `an invitation, six digits, and it goes on by itself`() = runTest {
        val enrol = opened()
        assertEquals(EnrolStage.INVITATION, enrol.state.value.stage)
        assertFalse(enrol.state.value.canAccept)
        assertNull(enrol.state.value.notice, "a new phone is nothing to complain of")

        phone.accept = { phone.status = { Samples.status(SyncState.ENROLLING, digits = "123456") } }
        phone.sync = { throw waiting }
        invited(enrol)
        assertEquals(listOf("doorstep:1:abc"), phone.invitations)
        val compare = enrol.state.value
        assertEquals(EnrolStage.COMPARE, compare.stage)
        assertEquals("123 456", compare.digits)
        assertEquals("1 2 3 4 5 6", compare.digitsSpoken)
        assertNull(compare.notice)
        assertEquals("", enrol.save(), "the invitation is the engine's now")

        phone.status = { Samples.status(SyncState.IN_STEP) }
        phone.sync = { Samples.report() }
        advanceTimeBy(2 * Rests.CONFIRMATION_LONGEST_MS)
        assertEquals(EnrolStage.DONE, enrol.state.value.stage)
    }

    @Test
    fun `without signal the invitation is kept, and nothing is wrong`() = runTest {
        val enrol = opened(online = false)
        phone.accept = { phone.status = { Samples.status(SyncState.ENROLLING) } }
        phone.sync = { throw DoorstepException.Unreachable("unreachable", "None.") }
        invited(enrol)
        assertEquals(EnrolStage.ASKING, enrol.state.value.stage)
        assertFalse(enrol.state.value.working)
        assertNull(enrol.state.value.notice)
    }

    @Test
    fun `a bad invitation is said, and stays to be mended`() = runTest {
        val enrol = opened()
        phone.accept = { throw DoorstepException.Rejected("bad_invitation", "It is not whole.") }
        invited(enrol)
        assertEquals(EnrolStage.INVITATION, enrol.state.value.stage)
        assertEquals(Notice(NoticeKind.SHOW, "It is not whole.", "bad_invitation"), enrol.state.value.notice)
        assertTrue(enrol.state.value.canAccept)
        assertEquals("  doorstep:1:abc \n", enrol.save())
    }

    @Test
    fun `each kind of error of the invitation is said`() = runTest {
        for ((error, kind) in FakePhone.errors) {
            val enrol = opened()
            phone.accept = { throw error }
            invited(enrol)
            assertEquals(kind, enrol.state.value.notice?.kind)
            enrol.dismissNotice()
            assertNull(enrol.state.value.notice)
        }
    }

    @Test
    fun `the wrong relay is said, and another invitation may be used`() = runTest {
        val enrol = opened()
        phone.accept = { phone.status = { Samples.status(SyncState.ENROLLING) } }
        phone.sync = { throw DoorstepException.NotAdmitted("wrong_relay", "Another relay answered.", null) }
        invited(enrol)
        assertEquals(EnrolStage.ASKING, enrol.state.value.stage)
        assertEquals("wrong_relay", enrol.state.value.notice?.code)
        enrol.otherInvitation()
        phone.changes.emit(Samples.changes(status = true))
        runCurrent()
        assertEquals(EnrolStage.INVITATION, enrol.state.value.stage, "until another one was entered")
        invited(enrol)
        assertEquals(2, phone.invitations.size)
        assertEquals(EnrolStage.ASKING, enrol.state.value.stage)
    }

    @Test
    fun `asking can be cancelled and asked again`() = runTest {
        val enrol = opened()
        phone.accept = { phone.status = { Samples.status(SyncState.ENROLLING) } }
        phone.sync = FakePhone.endless
        invited(enrol)
        assertTrue(enrol.state.value.working)
        enrol.cancel()
        runCurrent()
        assertFalse(enrol.state.value.working)
        assertNull(enrol.state.value.notice)
        val before = phone.syncs
        enrol.askNow()
        runCurrent()
        assertEquals(before + 1, phone.syncs)
    }

    @Test
    fun `an invitation that is entered while a sync runs is asked about all the same`() = runTest {
        val began = CompletableDeferred<Unit>()
        phone.sync = {
            began.await()
            throw DoorstepException.NotAdmitted("not_enrolled", "Not a member's.", null)
        }
        val enrol = opened()
        phone.accept = { phone.status = { Samples.status(SyncState.ENROLLING) } }
        invited(enrol)
        assertEquals(1, phone.syncs)
        phone.sync = { Samples.report() }
        began.complete(Unit)
        runCurrent()
        assertEquals(2, phone.syncs)
    }

    @Test
    fun `what was typed comes back`() = runTest {
        val core = coreOf(phone)
        val enrol = core.enrol("doorstep:1:ab")
        runCurrent()
        assertEquals("doorstep:1:ab", enrol.state.value.invitation)
        assertTrue(enrol.state.value.canAccept)
        enrol.edit("x".repeat(WORDS_CHARS_MAX + 5))
        assertEquals(WORDS_CHARS_MAX, enrol.state.value.invitation.length)
    }
}
