package app.doorstep.demo

import android.content.Context
import android.view.View
import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Look
import app.doorstep.demo.kit.Shade
import app.doorstep.demo.kit.Weight
import app.doorstep.demo.kit.badge
import app.doorstep.demo.kit.badges
import app.doorstep.demo.kit.banner
import app.doorstep.demo.kit.below
import app.doorstep.demo.kit.button
import app.doorstep.demo.kit.card
import app.doorstep.demo.kit.leadWith
import app.doorstep.demo.kit.nothing
import app.doorstep.demo.kit.speakAs
import app.doorstep.demo.kit.spinner
import app.doorstep.demo.kit.words
import app.doorstep.screens.AlarmRow
import app.doorstep.screens.AppCore
import app.doorstep.screens.ArrivalsPresenter
import app.doorstep.screens.ArrivalsState
import app.doorstep.screens.Screen
import app.doorstep.screens.WaitingRow
import kotlinx.coroutines.flow.StateFlow

/** What was delivered, and the one reason for each thing that was not. */
class ArrivalsActivity : ScreenActivity<ArrivalsPresenter, ArrivalsState>() {
    override val screen: Screen = Screen.Arrivals

    override fun present(core: AppCore, saved: String?): ArrivalsPresenter = core.arrivals()

    override fun stateOf(presenter: ArrivalsPresenter): StateFlow<ArrivalsState> = presenter.state

    override fun show(presenter: ArrivalsPresenter, state: ArrivalsState) {
        if (state.loading && state.notice == null) return showLoading()
        page.show(
            Items().apply {
                notice(this@ArrivalsActivity, words, state.notice, presenter::dismissNotice)
                state.alarms.forEach { alarm(presenter, it) }
                add("sums", listOf(state.status, state.saved, state.delivered, state.upToDate)) { it.sums(state) }
                state.sync.text?.let { text -> add("last", text) { it.lastSync(text) } }
                if (state.sync.running) add("running", gap = Grid.TWO) { it.spinner() }
                if (state.waiting.isEmpty()) {
                    add("nothing", gap = Grid.TWO) { it.nothing(words.arrivalsNothing, R.drawable.art_arrived) }
                } else {
                    heading("waiting", words.arrivalsWaiting)
                    state.waiting.forEachIndexed { at, row -> add("waiting-$at", row) { it.waitingCard(row) } }
                    state.more?.let { text -> add("more", text) { it.words(text, Look.QUIET) } }
                }
            },
        )
        page.offer(
            Items().apply {
                if (state.sync.running) {
                    add("cancel") { it.button(words.cancel, Weight.SECOND) { presenter.cancel() } }
                } else {
                    add("try-now") { it.button(words.tryNow, Weight.MAIN, R.drawable.ic_sync) { presenter.tryNow() } }
                }
            },
        )
    }

    private fun Items.alarm(presenter: ArrivalsPresenter, alarm: AlarmRow) =
        add("alarm-${alarm.number}", alarm) { context ->
            context.banner(alarm.text, R.drawable.ic_alert, Shade.ALARM) {
                below(context.button(words.alarmSeen, Weight.SECOND) { presenter.alarmSeen(alarm.number) }, Grid.TWO)
            }
        }

    private fun Context.sums(state: ArrivalsState): View = card {
        val sentence = words(state.status.text, Look.ROW).apply { leadWith(state.status.icon(), R.color.primary) }
        sentence.accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
        below(sentence)
        val sums = listOf(
            badge(state.saved, R.drawable.ic_device, Shade.INFO),
            badge(state.delivered, R.drawable.ic_cloud_done, Shade.GOOD),
        )
        below(badges(sums), Grid.TWO)
        if (state.upToDate.isNotEmpty()) {
            below(words(state.upToDate, Look.QUIET).apply { leadWith(R.drawable.ic_clock, R.color.quiet) }, Grid.TWO)
        }
    }

    private fun Context.lastSync(text: String): View = words(text, Look.BODY).apply {
        leadWith(R.drawable.ic_info, R.color.ink)
        accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    }

    private fun Context.waitingCard(row: WaitingRow): View {
        val opens = row.opens
        val press: (() -> Unit)? = if (opens == null) null else ({ go(opens) })
        return card(row.spoken, press) {
            val detail = listOf(row.what, row.time).filter { it.isNotEmpty() }.joinToString(words.dot)
            below(titled(row.title, detail, Icons.document(opens), Shade.ACCENT))
            val shade = if (row.needsPerson) Shade.WARN else Shade.PLAIN
            val sign = if (row.needsPerson) R.drawable.ic_alert else R.drawable.ic_cloud_wait
            below(badge(row.reason, sign, shade), Grid.TWO)
            if (row.next.isNotEmpty()) {
                below(words(row.next, Look.QUIET).apply { leadWith(R.drawable.ic_chevron, R.color.quiet) }, Grid.ONE)
            }
            speakAs(row.spoken)
        }
    }
}
