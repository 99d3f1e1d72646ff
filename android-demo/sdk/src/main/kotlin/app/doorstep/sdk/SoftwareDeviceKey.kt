package app.doorstep.sdk

import app.doorstep.ffi.DeviceKey
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.AtomicMoveNotSupportedException
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardCopyOption.REPLACE_EXISTING
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.READ
import java.nio.file.StandardOpenOption.TRUNCATE_EXISTING
import java.nio.file.StandardOpenOption.WRITE
import java.nio.file.attribute.PosixFilePermissions
import java.security.GeneralSecurityException
import java.security.KeyFactory
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import java.security.spec.PKCS8EncodedKeySpec
import java.security.spec.X509EncodedKeySpec
import java.util.Base64

/**
 * A device key in a file: **for tests and desktop programs only**. Whoever can read the file is this phone. An app
 * keeps its key in the hardware, with a [DeviceKey] of its own.
 *
 * ```kotlin
 * val key = SoftwareDeviceKey.inFile(Path.of("phone-1/device-key.pem"))   // made there the first time
 * ```
 */
class SoftwareDeviceKey private constructor(private val pair: KeyPair) : DeviceKey {
    override fun publicKey(): ByteArray = pair.public.encoded

    override fun sign(message: ByteArray): ByteArray = Signature.getInstance("SHA256withECDSA").run {
        initSign(pair.private)
        update(message)
        sign()
    }

    private fun save(path: Path) {
        val folder = path.toAbsolutePath().parent
        Files.createDirectories(folder)
        val text = pem(PRIVATE_KEY, pair.private.encoded) + pem(PUBLIC_KEY, pair.public.encoded)
        val draft = folder.resolve("${path.fileName}.new")
        FileChannel.open(draft, CREATE, TRUNCATE_EXISTING, WRITE).use { file ->
            keepPrivate(draft)
            val bytes = ByteBuffer.wrap(text.toByteArray())
            while (bytes.hasRemaining()) file.write(bytes)
            file.force(true)
        }
        // A key is there whole or not at all: half of one would be a phone that nobody knows any more.
        try {
            Files.move(draft, path, ATOMIC_MOVE)
        } catch (_: AtomicMoveNotSupportedException) {
            Files.move(draft, path, REPLACE_EXISTING)
        }
        try {
            FileChannel.open(folder, READ).use { it.force(true) }
        } catch (_: IOException) {
            // Some systems cannot do that with a folder; there the move is durable by itself.
        }
    }

    companion object {
        private const val PRIVATE_KEY = "PRIVATE KEY"
        private const val PUBLIC_KEY = "PUBLIC KEY"

        /** A new key that is nowhere but in memory. */
        fun generate(): SoftwareDeviceKey {
            val generator = KeyPairGenerator.getInstance("EC")
            generator.initialize(ECGenParameterSpec("secp256r1"))
            return SoftwareDeviceKey(generator.generateKeyPair())
        }

        /**
         * The key in this file: PKCS#8 and SubjectPublicKeyInfo, as PEM. Made where the file is not there; for one
         * process at a time.
         *
         * @throws IOException where the file cannot be read or written, or holds no such key.
         */
        fun inFile(path: Path): SoftwareDeviceKey {
            if (!Files.exists(path)) return generate().also { it.save(path) }
            val text = Files.readString(path)
            try {
                val keys = KeyFactory.getInstance("EC")
                val private = keys.generatePrivate(PKCS8EncodedKeySpec(block(text, PRIVATE_KEY)))
                val public = keys.generatePublic(X509EncodedKeySpec(block(text, PUBLIC_KEY)))
                return SoftwareDeviceKey(KeyPair(public, private))
            } catch (bad: GeneralSecurityException) {
                throw IOException("$path holds no device key", bad)
            } catch (bad: IllegalArgumentException) {
                throw IOException("$path holds no device key", bad)
            }
        }

        private fun pem(name: String, bytes: ByteArray): String =
            "-----BEGIN $name-----\n${Base64.getMimeEncoder(64, "\n".toByteArray()).encodeToString(bytes)}\n" +
                "-----END $name-----\n"

        private fun block(text: String, name: String): ByteArray {
            val from = text.substringAfter("-----BEGIN $name-----", "").substringBefore("-----END $name-----", "")
            return Base64.getMimeDecoder().decode(from)
        }

        private fun keepPrivate(file: Path) {
            try {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"))
            } catch (_: UnsupportedOperationException) {
                // No such permissions on this file system.
            }
        }
    }
}
