package app.doorstep.sdk.testing

import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit

/**
 * A real relay: `doorstep serve` as a process of its own on loopback, with its files in a temporary folder.
 *
 * ```kotlin
 * RelayProcess.start().use { relay ->
 *     client.acceptInvitation(relay.invite(SampleRoster.OWNER))
 *     client.sync()
 * }
 * ```
 */
class RelayProcess private constructor(private val folder: Path) : AutoCloseable {
    private var process: Process? = null

    /** Where phones meet it, `127.0.0.1:PORT`; the same after a restart. */
    lateinit var address: String
        private set

    private val data = folder.resolve("data")

    private val log = folder.resolve("relay.log")

    // Ends with this process, whatever happens to the test.
    private val reaper = Thread { kill() }.also { Runtime.getRuntime().addShutdownHook(it) }

    /** An invitation that enrols the first phone which comes with it, to meet the relay at [at]. */
    fun invite(member: String, at: String = address): String =
        run("invite", member, "--unattended", "--address", at, "--data", "$data")

    /** An invitation whose phone shows six digits, to be given to [confirm]. */
    fun inviteAttended(member: String, at: String = address): String =
        run("invite", member, "--address", at, "--data", "$data")

    /** The organiser has compared the six digits. */
    fun confirm(member: String, digits: String) {
        run("confirm", member, digits, "--data", "$data")
    }

    /** Takes every phone that is enrolled out of the rosters. */
    fun revokeAll() {
        val listed = run("devices", "--data", "$data").lines().map { it.substringBefore(' ') }
        listed.filter(String::isNotEmpty).forEach { device -> run("revoke", device, "--data", "$data") }
    }

    /** Serves, at first at an address that is free and afterwards at the same one. */
    fun start() {
        check(process == null) { "the relay is running" }
        val listen = if (::address.isInitialized) address else "127.0.0.1:0"
        val begun = command("serve", "--listen", listen, "--http", "127.0.0.1:0", "--json", "--data", "$data")
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start()
        process = begun
        val line = awaited { begun.inputStream.bufferedReader().readLine() }
        address = LISTENING.find(line.orEmpty())?.groupValues?.get(1)
            ?: error("the relay did not begin: ${Files.readString(log).takeLast(LOG_SHOWN)}")
    }

    /** Ends it as an operator does: it finishes what phones have pushed. */
    fun stop() {
        end(Process::destroy)
    }

    /** Ends it at once. */
    fun kill() {
        end(Process::destroyForcibly)
    }

    /** Stops it in mid-air: it answers nothing, and its address stays taken. */
    fun suspend() {
        signal("STOP")
    }

    /** Lets it go on after [suspend]. */
    fun resume() {
        signal("CONT")
    }

    /** Ends it and deletes its files. */
    override fun close() {
        kill()
        Runtime.getRuntime().removeShutdownHook(reaper)
        deleteFolder(folder)
    }

    private fun end(how: (Process) -> Unit) {
        val running = process ?: return
        process = null
        how(running)
        check(running.waitFor(PATIENCE_S, TimeUnit.SECONDS)) { "the relay did not end" }
    }

    private fun signal(name: String) {
        val running = checkNotNull(process) { "the relay is not running" }
        val sent = ProcessBuilder("kill", "-$name", "${running.pid()}").start()
        check(sent.waitFor(PATIENCE_S, TimeUnit.SECONDS) && sent.exitValue() == 0) { "no signal could be sent" }
    }

    private fun run(vararg arguments: String): String {
        val errors = folder.resolve("command.log")
        val begun = command(*arguments).redirectError(errors.toFile()).start()
        val said = awaited { begun.inputStream.readAllBytes().decodeToString() }
        check(begun.waitFor(PATIENCE_S, TimeUnit.SECONDS) && begun.exitValue() == 0) {
            "doorstep ${arguments.first()} failed: ${Files.readString(errors)}"
        }
        return said.trim()
    }

    private fun command(vararg arguments: String): ProcessBuilder = ProcessBuilder("${Built.relay}", *arguments)

    companion object {
        private const val LOG_SHOWN = 2_000

        private val LISTENING = Regex(""""listening":\s*"([^"]+)"""")

        /** Makes a realm of this roster and serves it. */
        fun start(roster: String = SampleRoster.text): RelayProcess {
            val folder = temporaryFolder("relay")
            val relay = RelayProcess(folder)
            try {
                val file = Files.writeString(folder.resolve("roster.toml"), roster)
                relay.run("init", "--roster", "$file", "--data", "${relay.data}")
                relay.start()
            } catch (failed: Throwable) {
                relay.close()
                throw failed
            }
            return relay
        }
    }
}
