package app.doorstep.demo

import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Look
import app.doorstep.demo.kit.Writing
import app.doorstep.demo.kit.nothing
import app.doorstep.demo.kit.words
import app.doorstep.demo.kit.write
import app.doorstep.screens.AppCore
import app.doorstep.screens.FoundRow
import app.doorstep.screens.Screen
import app.doorstep.screens.SearchPresenter
import app.doorstep.screens.SearchState
import kotlinx.coroutines.flow.StateFlow

/** One field over everything on the phone. */
class SearchActivity : ScreenActivity<SearchPresenter, SearchState>() {
    override val screen: Screen = Screen.Search

    override fun present(core: AppCore, saved: String?): SearchPresenter = core.search(saved)

    override fun stateOf(presenter: SearchPresenter): StateFlow<SearchState> = presenter.state

    override fun saveOf(presenter: SearchPresenter): String = presenter.save()

    override fun show(presenter: SearchPresenter, state: SearchState) {
        page.show(
            Items().apply {
                notice(this@SearchActivity, words, state.notice, presenter::dismissNotice)
                write("text", words.searchField, state.text, Writing.LINE, typed = presenter::write)
                state.empty?.let { text -> add("empty", text, Grid.THREE) { it.nothing(text, R.drawable.art_houses) } }
                state.groups.forEach { group ->
                    counted("group-${group.title}", group.title, group.rows.size)
                    group.rows.forEach { found(it) }
                }
                state.more?.let { text -> add("more", text, Grid.TWO) { it.words(text, Look.QUIET) } }
            },
        )
        page.offer(Items())
    }

    private fun Items.found(row: FoundRow) = add("found-${row.doc}", row) { context ->
        val press = row.opens?.let { to -> { go(to) } }
        context.plainCard(row.title, row.detail, Icons.found(row.kind), row.spoken, press = press)
    }
}
