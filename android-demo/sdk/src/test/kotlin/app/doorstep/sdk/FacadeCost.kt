/*
 * What a call from Kotlin costs, on a store with 10,000 households; `cargo xtask` runs it beside the same calls from
 * Rust. By itself:
 *
 *   mvn -B -ntp -f android-demo/sdk/pom.xml test-compile exec:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=app.doorstep.sdk.FacadeCostKt -Dexec.args=FOLDER \
 *     -Ddoorstep.library=... -Djna.library.path=... -Ddoorstep.relay=...
 *
 * It makes such a phone in the folder (`store/`, `device-key.pem`), or takes the one that is there. It leaves there
 * `device-key.spki.hex`, the public key with which a measurement in Rust can open the same store, and
 * `kotlin-cost.json`, the best and the median of each call in microseconds. It prints the median as `cost: NAME US`.
 */

package app.doorstep.sdk

import app.doorstep.ffi.Language
import app.doorstep.ffi.NewHousehold
import app.doorstep.ffi.PageRequest
import app.doorstep.ffi.Settings
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import kotlinx.coroutines.runBlocking
import java.nio.file.Files
import java.nio.file.Path
import java.util.Locale

private const val HOUSEHOLDS = 10_000
private const val HOUSEHOLDS_SAID = 1_000
private const val PAGE_LINES = 50
private const val OPENS = 9
private const val READS = 200
private const val SAVES = 100
private const val TRIVIAL_CALLS = 5_000

/** The virtual machine compiles what is called often; that is not what is measured. */
private const val WARM_UPS_MAX = 500

/** Measures in the folder that is given. */
fun main(arguments: Array<String>) {
    val folder = Path.of(arguments.singleOrNull() ?: error("give the folder to work in"))
    Files.createDirectories(folder)
    val costs = runBlocking {
        fill(folder)
        measure(folder)
    }
    Files.writeString(folder.resolve("kotlin-cost.json"), json(costs))
    for ((name, cost) in costs) println("cost: $name ${number(cost.medianUs)}")
}

private suspend fun fill(folder: Path) {
    TestPhone.open(folder).use { phone ->
        if (phone.client.today().member == null) {
            RelayProcess.start().use { relay -> phone.enrol(relay.invite(SampleRoster.OWNER)) }
        }
        val building = phone.client.today().buildings.first()
        for (number in building.households until HOUSEHOLDS) {
            val unit = "${number / PAGE_LINES}-${number % PAGE_LINES}"
            phone.client.foundHousehold(NewHousehold(phone.client.newAct(), building.place, unit))
            if (number % HOUSEHOLDS_SAID == 0) System.err.println("$number of $HOUSEHOLDS households")
        }
        val spki = phone.key.publicKey().joinToString("") { "%02x".format(Locale.ROOT, it) }
        Files.writeString(folder.resolve("device-key.spki.hex"), spki + "\n")
    }
}

private suspend fun measure(folder: Path): Map<String, Cost> {
    val key = SoftwareDeviceKey.inFile(folder.resolve("device-key.pem"))
    val settings = Settings("${TestPhone.storeFolder(folder)}", Language.ENGLISH)
    val opening = List(OPENS) {
        val begun = System.nanoTime()
        val client = DoorstepClient.open(settings, key)
        val taken = System.nanoTime() - begun
        client.close()
        taken
    }
    return DoorstepClient.open(settings, key).use { client ->
        val place = client.today().buildings.first().place
        mapOf(
            "open" to Cost(opening),
            "first_page" to cost(READS) { client.households(page = PageRequest(limit = PAGE_LINES)) },
            "today" to cost(READS) { client.today() },
            "trivial" to cost(TRIVIAL_CALLS) { client.newAct() },
            "save" to cost(SAVES) { client.foundHousehold(NewHousehold(client.newAct(), place, "new-$it")) },
        )
    }
}

private suspend fun cost(times: Int, call: suspend (Int) -> Unit): Cost {
    repeat(minOf(times, WARM_UPS_MAX)) { call(it) }
    val taken = List(times) { number ->
        val begun = System.nanoTime()
        call(number)
        System.nanoTime() - begun
    }
    return Cost(taken)
}

private fun json(costs: Map<String, Cost>): String {
    val lines = costs.map { (name, cost) ->
        """  "$name": {"best_us": ${number(cost.bestUs)}, "median_us": ${number(cost.medianUs)}, """ +
            """"times": ${cost.times}}"""
    }
    return lines.joinToString(",\n", "{\n", "\n}\n")
}

private fun number(us: Double): String = "%.1f".format(Locale.ROOT, us)

/** What some calls of one kind took. */
private class Cost(takenNs: List<Long>) {
    private val sorted = takenNs.sorted()

    val times: Int = sorted.size

    val bestUs: Double = sorted.first() / NS_PER_US

    val medianUs: Double = sorted[sorted.size / 2] / NS_PER_US

    private companion object {
        const val NS_PER_US = 1_000.0
    }
}
