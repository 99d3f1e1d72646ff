package app.doorstep.sdk.testing

import app.doorstep.ffi.NewHousehold
import kotlinx.coroutines.runBlocking
import java.io.BufferedReader
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.system.exitProcess

/**
 * A phone as a process of its own, which founds households one after another and says of each when it was answered,
 * until somebody kills it.
 */
class PhoneProcess private constructor(private val process: Process) : AutoCloseable {
    private val output: BufferedReader = process.inputStream.bufferedReader()

    /** A household whose saving was answered. */
    data class Saved(val act: String, val place: String, val unit: String, val doc: String)

    /** Waits until this many more were answered. */
    fun awaitSaved(count: Int): List<Saved> = List(count) {
        val line = awaited { output.readLine() }
        parse(line ?: error("the phone's process ended: ${process.waitFor()}"))
    }

    /** `kill -9`, wherever it is just now; then what it had still answered. */
    fun kill(): List<Saved> {
        // By its handle: the process's own method would close the output that is still to be read.
        process.toHandle().destroyForcibly()
        check(process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) { "the phone's process did not end" }
        // A line that was cut was not read by anybody.
        val rest = awaited { output.readText() }
        return rest.substringBeforeLast('\n', "").lines().filter(String::isNotEmpty).map(::parse)
    }

    override fun close() {
        process.destroyForcibly()
    }

    companion object {
        /** It ends by itself after this many, should nobody kill it. */
        private const val HOUSEHOLDS_MAX = 20_000

        private const val FAILED = 3

        /** Starts one on the folder of a phone that is enrolled and closed. */
        fun start(folder: Path): PhoneProcess {
            val java = ProcessHandle.current().info().command().orElse("java")
            val builder = ProcessBuilder(
                java,
                "-Dfile.encoding=UTF-8",
                "-Djna.library.path=${Built.library}",
                "-Ddoorstep.library=${Built.library}",
                PhoneProcess::class.java.name,
                "$folder",
            )
            builder.environment()["CLASSPATH"] =
                System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
            builder.redirectError(ProcessBuilder.Redirect.INHERIT)
            return PhoneProcess(builder.start())
        }

        /** What the process does. */
        @JvmStatic
        fun main(arguments: Array<String>) {
            val folder = Path.of(arguments.single())
            val done = runCatching { runBlocking { TestPhone.open(folder).use { write(it) } } }
            exitProcess(if (done.isSuccess) 0 else FAILED.also { done.exceptionOrNull()?.printStackTrace() })
        }

        private suspend fun write(phone: TestPhone) {
            val place = phone.client.householdForm().buildings.first().place
            repeat(HOUSEHOLDS_MAX) { number ->
                val new = NewHousehold(phone.client.newAct(), place, "unit-$number")
                val written = phone.client.foundHousehold(new)
                println("${new.act} ${new.place} ${new.unit} ${written.doc}")
                System.out.flush()
            }
        }

        private fun parse(line: String): Saved {
            val (act, place, unit, doc) = line.split(' ')
            return Saved(act, place, unit, doc)
        }
    }
}
