package app.doorstep.screens

import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.GrievanceLine
import app.doorstep.ffi.ListFilter
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** Which grievances are listed. */
enum class GrievanceChoice { MINE, OPEN, OVER }

/** All grievances, one of each trouble. */
data class GrievancesState(
    /** Nothing to show yet. */
    val loading: Boolean = true,
    /** Mine, all that are open, those that are over. */
    val choices: List<Option> = emptyList(),
    /** The rows, due first. */
    val rows: List<GrievanceRow> = emptyList(),
    /** More can be shown. */
    val more: Boolean = false,
    /** There are more than a list can hold: that as a sentence. */
    val tooMany: String? = null,
    /** What to say where there is none. */
    val empty: String? = null,
    /** A message above the screen. */
    val notice: Notice? = null,
)

/** What is listed, and how much of it. */
private data class Listed(val choice: GrievanceChoice, val limit: Int)

private data class GrievancesModel(
    val listed: Listed,
    val lines: List<GrievanceLine>? = null,
    val notice: Notice? = null,
)

/** Lists grievances, and follows what changes: the faces of groups, and what stands alone. */
class GrievancesPresenter internal constructor(private val setting: Setting, saved: String?) : AutoCloseable {
    private val listed = MutableStateFlow(restored(saved))
    private val holder = Holder(setting, GrievancesModel(listed.value)) { show(it) }

    /** For the view. */
    val state: StateFlow<GrievancesState> = holder.state

    init {
        holder.scope.launch { follow() }
    }

    /** Lists others. */
    fun choose(value: String) {
        val choice = GrievanceChoice.entries.named(value) ?: return
        list { Listed(choice, PAGE) }
    }

    /** Lists more of the same. */
    fun more() {
        list { it.copy(limit = (it.limit + PAGE).coerceAtMost(LIMIT_MAX)) }
    }

    /** The message was read. */
    fun dismissNotice() {
        holder.change { it.copy(notice = null) }
    }

    /** What is listed, for the screen's saved state. */
    fun save(): String = listed.value.let { "${it.choice.name} ${it.limit}" }

    override fun close() {
        holder.close()
    }

    private fun restored(saved: String?): Listed {
        val kept = saved.severally()
        val choice = GrievanceChoice.entries.named(kept.firstOrNull()) ?: GrievanceChoice.OPEN
        return Listed(choice, kept.getOrNull(1)?.toIntOrNull()?.coerceIn(PAGE, LIMIT_MAX) ?: PAGE)
    }

    private fun list(edit: (Listed) -> Listed) {
        val before = listed.value
        listed.update(edit)
        val now = listed.value
        if (now == before) return
        // What is shown of the same list stays until there is more; another list begins empty.
        holder.change { it.copy(listed = now, lines = it.lines.takeIf { now.choice == before.choice }) }
    }

    @OptIn(ExperimentalCoroutinesApi::class)
    private suspend fun follow() {
        listed.flatMapLatest { now ->
            lines(now).onEach { lines -> holder.change { if (it.listed == now) it.copy(lines = lines) else it } }
                .catch { error ->
                    val known = error as? DoorstepException ?: throw error
                    holder.change { it.copy(notice = noticeOf(known)) }
                }
        }.collect()
    }

    /** One more than is shown: whether there are more. */
    private fun lines(now: Listed) = flow {
        val mine = if (now.choice == GrievanceChoice.MINE) setting.phone.today().member?.member else null
        val filter = ListFilter(open = now.choice != GrievanceChoice.OVER, owner = mine, faces = true)
        emitAll(setting.phone.liveGrievances(filter, now.limit + 1))
    }

    private fun show(model: GrievancesModel): GrievancesState {
        val words = setting.words
        val choices = GrievanceChoice.entries.map {
            Option(it.name, words.grievanceChoice(it), it == model.listed.choice)
        }
        val lines = model.lines ?: return GrievancesState(model.notice == null, choices, notice = model.notice)
        val limit = model.listed.limit
        val longer = lines.size > limit
        return GrievancesState(
            loading = false,
            choices = choices,
            rows = lines.take(limit).map { grievanceRow(it, words, setting.times) },
            more = longer && limit < LIMIT_MAX,
            tooMany = words.listTooLong.takeIf { longer && limit >= LIMIT_MAX },
            empty = words.grievancesNone.takeIf { lines.isEmpty() },
            notice = model.notice,
        )
    }

    private companion object {
        const val PAGE = 50

        /** The engine's list holds 200; one of them says whether there are more. */
        const val LIMIT_MAX = 199
    }
}
