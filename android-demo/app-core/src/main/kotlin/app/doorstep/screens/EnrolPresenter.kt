package app.doorstep.screens

import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.SyncState
import app.doorstep.ffi.SyncStatus
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.drop
import kotlinx.coroutines.launch

/** How far the enrolment is. */
enum class EnrolStage {
    /** An invitation is to be entered. */
    INVITATION,

    /** The invitation was taken; the relay is asked, or will be when there is signal. */
    ASKING,

    /** Six digits are compared with the organiser. */
    COMPARE,

    /** This is a member's phone. */
    DONE,
}

/** The screen Enrol. */
data class EnrolState(
    /** How far it is. */
    val stage: EnrolStage = EnrolStage.INVITATION,
    /** What is done here. */
    val title: String = "",
    /** What the person does next, in a sentence or two. */
    val text: String = "",
    /** As it was typed. */
    val invitation: String = "",
    /** The button works. */
    val canAccept: Boolean = false,
    /** "123 456", shown large. */
    val digits: String? = null,
    /** Digit by digit, for a screen reader. */
    val digitsSpoken: String? = null,
    /** Something is under way. */
    val working: Boolean = false,
    /** A message above the screen. */
    val notice: Notice? = null,
)

private data class EnrolModel(
    val stage: EnrolStage = EnrolStage.INVITATION,
    val invitation: String = "",
    val digits: String? = null,
    val accepting: Boolean = false,
    val syncing: Boolean = false,
    /** The person wants to enter another one, though one was taken. */
    val another: Boolean = false,
    val notice: Notice? = null,
)

/**
 * Makes this phone a member's: an invitation, a meeting with the relay, and where the organiser confirms
 * each phone six digits that both compare. It asks again by itself, each time that the app syncs.
 */
class EnrolPresenter internal constructor(private val setting: Setting, saved: String?) : AutoCloseable {
    private val holder = Holder(setting, EnrolModel(invitation = saved.orEmpty())) { show(it) }

    /** For the view. */
    val state: StateFlow<EnrolState> = holder.state

    init {
        holder.loading(concerns = { it.status || it.roster }, failed = ::failed) {
            val status = setting.phone.status()
            holder.change { it.after(status) }
        }
        holder.scope.launch {
            // The first value is what was before this screen, which the load above tells better.
            setting.syncer.state.drop(1).collect { syncer ->
                holder.change { it.copy(syncing = syncer.running, notice = it.noticeAfter(syncer)) }
                if (!syncer.running) holder.loadAgain()
            }
        }
    }

    /** The text of the invitation changed. */
    fun edit(text: String) {
        holder.change { it.copy(invitation = cut(text, WORDS_CHARS_MAX)) }
    }

    /** Takes the invitation, and asks the relay. */
    fun accept() {
        val began = holder.changeIf {
            if (it.accepting || it.invitation.isBlank()) null else it.copy(accepting = true, notice = null)
        }
        if (!began) return
        holder.launch(::failed) {
            setting.phone.acceptInvitation(holder.model.invitation.trim())
            // It is the engine's now; here nothing is left to be read over a shoulder.
            holder.change {
                it.copy(accepting = false, another = false, invitation = "", stage = EnrolStage.ASKING)
            }
            // One that runs already began without the invitation.
            if (setting.syncer.state.value.running) setting.syncer.once()
            setting.syncer.tryNow()
        }
    }

    /** Asks the relay now. */
    fun askNow() {
        holder.change { it.copy(notice = null) }
        setting.syncer.tryNow()
    }

    /** Ends what is under way. The invitation is kept, and is asked about again. */
    fun cancel() {
        setting.syncer.cancel()
    }

    /** Enter another invitation. */
    fun otherInvitation() {
        holder.change { it.copy(another = true, stage = EnrolStage.INVITATION, notice = null) }
    }

    /** The message was read. */
    fun dismissNotice() {
        holder.change { it.copy(notice = null) }
    }

    /** What was typed, for the screen's saved state. */
    fun save(): String = holder.model.invitation

    override fun close() {
        holder.close()
    }

    private fun failed(error: DoorstepException) {
        holder.change { it.copy(accepting = false, notice = noticeOf(error)) }
    }

    private fun EnrolModel.after(status: SyncStatus): EnrolModel {
        val stage = when (status.state) {
            SyncState.NOT_INVITED, SyncState.REVOKED -> EnrolStage.INVITATION
            SyncState.ENROLLING -> if (status.digits != null) EnrolStage.COMPARE else EnrolStage.ASKING
            SyncState.WAITING, SyncState.IN_STEP -> EnrolStage.DONE
        }
        val stays = another && stage != EnrolStage.DONE
        return copy(stage = if (stays) EnrolStage.INVITATION else stage, digits = status.digits)
    }

    /** To be waiting is no trouble, and neither is having no signal: the screen says both in its own words. */
    private fun EnrolModel.noticeAfter(syncer: SyncerState): Notice? = when (syncer.last) {
        SyncEnd.WAITING_FOR_CONFIRMATION, SyncEnd.UNREACHABLE -> null
        else -> syncer.notice.takeUnless { stage == EnrolStage.INVITATION } ?: notice.takeUnless { syncer.running }
    }

    private fun show(model: EnrolModel): EnrolState {
        val words = setting.words
        return EnrolState(
            stage = model.stage,
            title = words.enrolTitle(model.stage),
            text = words.enrolText(model.stage),
            invitation = model.invitation,
            canAccept = model.stage == EnrolStage.INVITATION && model.invitation.isNotBlank() && !model.accepting,
            digits = model.digits?.let(::grouped),
            digitsSpoken = model.digits?.toList()?.joinToString(" "),
            working = model.accepting || (model.syncing && model.stage != EnrolStage.INVITATION),
            notice = model.notice,
        )
    }

    private fun grouped(digits: String): String = digits.chunked(DIGITS_A_GROUP).joinToString(" ")

    private companion object {
        const val DIGITS_A_GROUP = 3
    }
}
