package app.doorstep.sdk

import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.security.KeyFactory
import java.security.Signature
import java.security.spec.X509EncodedKeySpec

/** The key for tests and desktop programs. */
class SoftwareDeviceKeyTest {
    @TempDir
    lateinit var folder: Path

    private val file: Path
        get() = folder.resolve("phone").resolve("device-key.pem")

    @Test
    fun `in its file it is the same key again`() {
        val made = SoftwareDeviceKey.inFile(file)
        val read = SoftwareDeviceKey.inFile(file)
        assertEquals(SPKI_BYTES, made.publicKey().size)
        assertArrayEquals(made.publicKey(), read.publicKey())
        assertTrue(verifies(made.publicKey(), "a word".toByteArray(), read.sign("a word".toByteArray())))
        assertFalse(verifies(made.publicKey(), "another".toByteArray(), read.sign("a word".toByteArray())))
    }

    @Test
    fun `only its owner may read it, and no draft stays`() {
        SoftwareDeviceKey.inFile(file)
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        assertEquals(listOf(file), Files.list(file.parent).use { it.toList() })
    }

    @Test
    fun `a draft that a crash left is no key`() {
        Files.createDirectories(file.parent)
        val draft = file.resolveSibling("device-key.pem.new")
        Files.writeString(draft, "-----BEGIN PRIVATE KEY-----\nMIG")
        val made = SoftwareDeviceKey.inFile(file)
        assertArrayEquals(made.publicKey(), SoftwareDeviceKey.inFile(file).publicKey())
        assertFalse(Files.exists(draft))
    }

    @Test
    fun `a file that holds no key is not replaced`() {
        val whole = SoftwareDeviceKey.inFile(file).let { Files.readString(file) }
        for (text in listOf("", "hello", whole.take(whole.length / 2), whole.replace("PUBLIC", "OTHER"))) {
            Files.writeString(file, text)
            assertThrows<IOException> { SoftwareDeviceKey.inFile(file) }
            assertEquals(text, Files.readString(file))
        }
    }

    private fun verifies(spki: ByteArray, message: ByteArray, signature: ByteArray): Boolean {
        val key = KeyFactory.getInstance("EC").generatePublic(X509EncodedKeySpec(spki))
        return Signature.getInstance("SHA256withECDSA").run {
            initVerify(key)
            update(message)
            verify(signature)
        }
    }

    private companion object {
        const val SPKI_BYTES = 91
    }
}
