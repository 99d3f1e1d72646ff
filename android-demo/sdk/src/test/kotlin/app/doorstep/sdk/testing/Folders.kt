package app.doorstep.sdk.testing

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.ExperimentalPathApi
import kotlin.io.path.deleteRecursively

/** A new temporary folder; its user deletes it with [deleteFolder]. */
fun temporaryFolder(name: String): Path = Files.createTempDirectory("doorstep-$name-")

/** Deletes a folder with everything in it. */
@OptIn(ExperimentalPathApi::class)
fun deleteFolder(folder: Path) {
    folder.deleteRecursively()
}
