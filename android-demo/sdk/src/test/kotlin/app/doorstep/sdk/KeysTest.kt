package app.doorstep.sdk

import app.doorstep.ffi.DeviceKey
import app.doorstep.ffi.DoorstepException
import app.doorstep.ffi.KeyProblem
import app.doorstep.ffi.Language
import app.doorstep.ffi.NewHousehold
import app.doorstep.ffi.Settings
import app.doorstep.ffi.StoreKey
import app.doorstep.ffi.SyncBudget
import app.doorstep.sdk.testing.Built
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import app.doorstep.sdk.testing.bounded
import kotlinx.coroutines.asCoroutineDispatcher
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.Executors

/** Key stores that do not answer. */
class KeysTest {
    @TempDir
    lateinit var folder: Path

    private val settings by lazy {
        Built.library
        Settings("${folder.resolve("store")}", Language.ENGLISH)
    }

    @Test
    fun `a device key that refuses when the store is opened`() = bounded {
        assertCode<DoorstepException.Rejected>("key_locked") { open(Refusing(KeyProblem.Locked())) }
        assertCode<DoorstepException.Damaged>("key_gone") { open(Refusing(KeyProblem.Gone())) }
        assertCode<DoorstepException.Rejected>("key_locked") { open(Refusing(IllegalStateException("the app's bug"))) }
        open(SoftwareDeviceKey.generate()).close()
    }

    @Test
    fun `a device key that is none`() = bounded {
        for (bytes in listOf(ByteArray(0), ByteArray(91), ByteArray(5_000))) {
            assertCode<DoorstepException.Damaged>("bad_key") { open(Saying(bytes)) }
        }
    }

    @Test
    fun `a device key that refuses to sign costs nothing that was saved`() = bounded {
        RelayProcess.start().use { relay ->
            val key = Sometimes(SoftwareDeviceKey.generate())
            open(key).use { client ->
                client.acceptInvitation(relay.invite(SampleRoster.OWNER))
                client.sync(BUDGET)
                val form = client.householdForm()
                client.foundHousehold(NewHousehold(form.act, form.buildings.first().place, "1-1"))

                key.problem = KeyProblem.Locked()
                assertCode<DoorstepException.Rejected>("key_locked") { client.sync(BUDGET) }
                key.problem = IllegalStateException("the app's bug")
                assertCode<DoorstepException.Rejected>("key_locked") { client.sync(BUDGET) }
                assertEquals(1, client.status().waiting)

                key.problem = null
                assertTrue(client.sync(BUDGET).complete)
                assertEquals(0, client.status().waiting)
            }
        }
    }

    @Test
    fun `a device key that is gone is reported`() = bounded {
        RelayProcess.start().use { relay ->
            val key = Sometimes(SoftwareDeviceKey.generate())
            open(key).use { client ->
                client.acceptInvitation(relay.invite(SampleRoster.OWNER))
                client.sync(BUDGET)
                val form = client.householdForm()
                client.foundHousehold(NewHousehold(form.act, form.buildings.first().place, "1-1"))
                key.problem = KeyProblem.Gone()
                assertCode<DoorstepException.Damaged>("key_gone") { client.sync(BUDGET) }
                assertEquals(1, client.households().lines.size)
            }
        }
    }

    @Test
    fun `a store key that refuses, or is none`() = bounded {
        val device = SoftwareDeviceKey.generate()
        assertCode<DoorstepException.Rejected>("key_locked") { open(device) { throw KeyProblem.Locked() } }
        assertCode<DoorstepException.Damaged>("key_gone") { open(device) { throw KeyProblem.Gone() } }
        assertCode<DoorstepException.Rejected>("key_locked") { open(device) { error("the app's bug") } }
        assertCode<DoorstepException.Damaged>("bad_key") { open(device) { ByteArray(31) } }
        open(device).close()
    }

    @Test
    fun `where files cannot be encrypted nothing is written in the clear`() = bounded {
        val device = SoftwareDeviceKey.generate()
        assertCode<DoorstepException.Damaged>("no_encryption") { open(device) { ByteArray(32) { 7 } } }
        assertFalse(Files.exists(folder.resolve("store").resolve("store.sqlite")))
    }

    @Test
    fun `the key is asked where the client was told to work`() = bounded {
        Executors.newSingleThreadExecutor { Thread(it, "keeper") }.asCoroutineDispatcher().use { dispatcher ->
            val asked = mutableListOf<String>()
            val software = SoftwareDeviceKey.generate()
            val key = object : DeviceKey by software {
                override fun publicKey(): ByteArray {
                    asked += Thread.currentThread().name.substringBefore(' ')
                    return software.publicKey()
                }
            }
            DoorstepClient.open(settings, key, dispatcher = dispatcher).use { it.status() }
            assertEquals(listOf("keeper"), asked)
        }
    }

    private suspend fun open(key: DeviceKey): DoorstepClient = DoorstepClient.open(settings, key)

    private suspend fun open(key: DeviceKey, unwrap: () -> ByteArray): DoorstepClient = DoorstepClient.open(
        settings,
        key,
        object : StoreKey {
            override fun unwrapKey(): ByteArray = unwrap()
        },
    )

    private class Refusing(private val problem: Exception) : DeviceKey {
        override fun publicKey(): ByteArray = throw problem

        override fun sign(message: ByteArray): ByteArray = throw problem
    }

    private class Saying(private val bytes: ByteArray) : DeviceKey {
        override fun publicKey(): ByteArray = bytes

        override fun sign(message: ByteArray): ByteArray = bytes
    }

    private class Sometimes(private val key: DeviceKey) : DeviceKey by key {
        @Volatile
        var problem: Exception? = null

        override fun sign(message: ByteArray): ByteArray {
            problem?.let { throw it }
            return key.sign(message)
        }
    }

    private companion object {
        val BUDGET = SyncBudget(seconds = 30)
    }
}
