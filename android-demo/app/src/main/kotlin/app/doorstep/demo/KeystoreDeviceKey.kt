package app.doorstep.demo

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import android.security.keystore.UserNotAuthenticatedException
import app.doorstep.ffi.DeviceKey
import app.doorstep.ffi.KeyProblem
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.InvalidKeyException
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.PrivateKey
import java.security.Signature
import java.security.UnrecoverableKeyException
import java.security.spec.ECGenParameterSpec

/**
 * The key of this phone, in its hardware: P-256 in StrongBox, else in the trusted environment. It never leaves it.
 *
 * The key asks for no fingerprint and works while the phone is locked: what waits is signed when a job meets the relay
 * at night. Where an organisation's policy makes the system ask for one all the same, the problem is
 * [KeyProblem.Locked] and the engine asks again later.
 *
 * ```kotlin
 * val key = KeystoreDeviceKey(mayMake = !folder.exists())
 * key.publicKey()   // made now, where there is none
 * ```
 *
 * @param mayMake a new key may be made. Not where the engine's folder is there: then a missing key is
 *   [KeyProblem.Gone], and another one would make this phone a stranger to its own files.
 */
class KeystoreDeviceKey(private val mayMake: Boolean) : DeviceKey {
    private val lock = Any()

    override fun publicKey(): ByteArray = guarded {
        val store = store()
        if (!store.containsAlias(ALIAS)) make()
        val certificate = store.getCertificate(ALIAS) ?: throw KeyProblem.Gone()
        certificate.publicKey.encoded
    }

    override fun sign(message: ByteArray): ByteArray = guarded {
        val key = store().getKey(ALIAS, null) as PrivateKey? ?: throw KeyProblem.Gone()
        Signature.getInstance("SHA256withECDSA").run {
            initSign(key)
            update(message)
            sign()
        }
    }

    private fun store(): KeyStore = KeyStore.getInstance(PROVIDER).apply { load(null) }

    private fun make() {
        if (!mayMake) throw KeyProblem.Gone()
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) {
            try {
                return generate(strongBox = true)
            } catch (_: StrongBoxUnavailableException) {
                // Most phones have none: the trusted environment it is.
            }
        }
        generate(strongBox = false)
    }

    private fun generate(strongBox: Boolean) {
        val spec = KeyGenParameterSpec.Builder(ALIAS, KeyProperties.PURPOSE_SIGN)
            .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
            .setDigests(KeyProperties.DIGEST_SHA256)
        if (strongBox && Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) spec.setIsStrongBoxBacked(true)
        KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, PROVIDER).run {
            initialize(spec.build())
            generateKeyPair()
        }
    }

    /** The hardware takes one caller at a time anyway; what it says becomes one of two problems. */
    private fun <T> guarded(work: () -> T): T = synchronized(lock) {
        try {
            work()
        } catch (_: UserNotAuthenticatedException) {
            throw KeyProblem.Locked()
        } catch (_: KeyPermanentlyInvalidatedException) {
            throw KeyProblem.Gone()
        } catch (_: UnrecoverableKeyException) {
            throw KeyProblem.Gone()
        } catch (_: InvalidKeyException) {
            // Known by its name, and not to be used now.
            throw KeyProblem.Locked()
        } catch (_: GeneralSecurityException) {
            throw KeyProblem.Locked()
        } catch (_: IOException) {
            throw KeyProblem.Locked()
        }
    }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
        const val ALIAS = "app.doorstep.device-key.1"
    }
}
