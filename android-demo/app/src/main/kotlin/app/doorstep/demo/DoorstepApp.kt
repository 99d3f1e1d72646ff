package app.doorstep.demo

import android.app.Application
import android.content.res.Configuration
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.KeyProblem
import app.doorstep.ffi.Language
import app.doorstep.ffi.Settings
import app.doorstep.screens.AppCore
import app.doorstep.screens.asPhone
import app.doorstep.screens.words.Words
import app.doorstep.screens.words.wordsFor
import app.doorstep.sdk.DoorstepClient
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** How far the engine is. */
sealed interface Engine {
    /** It is being opened: some tenths of a second, more where the files are large. */
    data object Opening : Engine

    /** It could not be opened; why, for the person. */
    data class Closed(val sentence: String) : Engine

    /** It runs. */
    data class Open(val core: AppCore) : Engine
}

/**
 * The process: it opens the engine off the main thread and holds it, with the screens' core, for as long as it lives.
 * There is no state anywhere else: what is not in the engine's files is in the saved state of a screen.
 */
open class DoorstepApp : Application() {
    private val main = MainThread()
    private val scope = CoroutineScope(main + SupervisorJob())
    private val state = MutableStateFlow<Engine>(Engine.Opening)
    /** The engine of the phone, once it is open. */
    internal var client: DoorstepClient? = null
        private set
    private var begun = false
    private lateinit var around: Surroundings
    private lateinit var network: SystemNetwork

    /** How far the engine is; open() begins. */
    val engine: StateFlow<Engine> = state.asStateFlow()

    /** The language of the phone, as far as the app speaks it. */
    var language: Language = Language.ENGLISH
        private set

    /** The labels in it, for what is shown before the engine is open. */
    val words: Words get() = wordsFor(language)

    /** What it runs on. */
    protected open fun surroundings(): Surroundings = Surroundings.ofPhone(this)

    override fun onCreate() {
        super.onCreate()
        language = spoken(resources.configuration)
        network = SystemNetwork(this)
        registerActivityLifecycleCallbacks(Foreground { core()?.syncer?.nudge() })
    }

    /** Opens the engine, unless that was begun. What could not be opened can be tried again. */
    fun open() {
        if (begun) return
        begun = true
        state.value = Engine.Opening
        scope.launch {
            try {
                val opened = client ?: openClient().also { client = it }
                begin(opened)
            } catch (error: DoorstepException) {
                begun = false
                state.value = Engine.Closed(error.sentence())
            } catch (problem: KeyProblem) {
                begun = false
                state.value = Engine.Closed(problem.sentence())
            }
        }
    }

    /** The core, once the engine is open; null where it cannot be opened. */
    suspend fun opened(): AppCore? {
        open()
        return (engine.first { it != Engine.Opening } as? Engine.Open)?.core
    }

    /** Ends everything. The system never asks for it: it ends the process. A test of a new process does. */
    fun shutDown() {
        core()?.close()
        client?.close()
        client = null
        begun = false
        state.value = Engine.Opening
    }

    override fun onConfigurationChanged(newConfig: Configuration) {
        super.onConfigurationChanged(newConfig)
        val now = spoken(newConfig)
        if (now == language) return
        language = now
        val speaking = client ?: return
        core()?.close()
        state.value = Engine.Opening
        scope.launch {
            try {
                speaking.setLanguage(now)
                begin(speaking)
            } catch (error: DoorstepException) {
                state.value = Engine.Closed(error.sentence())
            }
        }
    }

    private fun core(): AppCore? = (state.value as? Engine.Open)?.core

    private suspend fun openClient(): DoorstepClient = withContext(Dispatchers.IO) {
        around = surroundings()
        val key = around.deviceKey()
        // Made before the folder is there: a folder without its key would be a phone that lost it.
        key.publicKey()
        DoorstepClient.open(Settings(around.folder.path, language), key)
    }

    private suspend fun begin(opened: DoorstepClient) {
        val phone = opened.asPhone()
        val core = AppCore(phone, scope, words, network.online, around.clock)
        core.start()
        SyncSchedule.periodic(this)
        scope.launch {
            // The process may end before the syncer has met anybody: a job outlives it.
            phone.changes.collect { if (it.saved.isNotEmpty()) SyncSchedule.soon(this@DoorstepApp) }
        }
        state.value = Engine.Open(core)
    }

    private fun KeyProblem.sentence(): String = when (this) {
        is KeyProblem.Locked -> getString(R.string.key_locked)
        is KeyProblem.Gone -> getString(R.string.key_gone)
    }
}

private fun spoken(configuration: Configuration): Language =
    if (configuration.locales[0].language == "zh") Language.CHINESE else Language.ENGLISH

private fun DoorstepException.sentence(): String = when (this) {
    is DoorstepException.Rejected -> sentence
    is DoorstepException.Unreachable -> sentence
    is DoorstepException.NotAdmitted -> sentence
    is DoorstepException.Outdated -> sentence
    is DoorstepException.StorageFull -> sentence
    is DoorstepException.Damaged -> sentence
}
