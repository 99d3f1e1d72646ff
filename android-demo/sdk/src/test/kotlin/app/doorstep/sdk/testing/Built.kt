package app.doorstep.sdk.testing

import java.nio.file.Files
import java.nio.file.Path

/** What the tests need from the Rust side. Where it is missing, the test says what to build. */
object Built {
    /** The `doorstep` binary. */
    val relay: Path by lazy {
        built("doorstep.relay", "cargo build -p doorstep-relay").also { file ->
            check(Files.isExecutable(file)) { "There is no relay at $file. Build it: cargo build -p doorstep-relay" }
        }
    }

    /** The folder with the library for this machine. */
    val library: Path by lazy {
        built("doorstep.library", "cargo build -p doorstep-ffi").also { folder ->
            val file = folder.resolve(System.mapLibraryName("doorstep_ffi"))
            check(Files.isRegularFile(file)) { "There is no library at $file. Build it: cargo build -p doorstep-ffi" }
        }
    }

    private fun built(property: String, command: String): Path {
        val value = checkNotNull(System.getProperty(property)) {
            "The system property $property is not set. Build it ($command) and say where it is: -D$property=..."
        }
        return Path.of(value).toAbsolutePath().normalize()
    }
}
