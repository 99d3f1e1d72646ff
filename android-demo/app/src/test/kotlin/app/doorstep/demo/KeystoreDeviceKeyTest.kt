package app.doorstep.demo

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.StrongBoxUnavailableException
import android.security.keystore.UserNotAuthenticatedException
import app.doorstep.ffi.KeyProblem
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import java.io.InputStream
import java.io.OutputStream
import java.security.InvalidKeyException
import java.security.Key
import java.security.KeyFactory
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyPairGeneratorSpi
import java.security.KeyStoreSpi
import java.security.PrivateKey
import java.security.Provider
import java.security.PublicKey
import java.security.SecureRandom
import java.security.Security
import java.security.Signature
import java.security.SignatureSpi
import java.security.UnrecoverableKeyException
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.ECGenParameterSpec
import java.security.spec.X509EncodedKeySpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration

/** The key in the hardware, on a stand-in for the system's key store that does what its documentation says. */
@RunWith(RobolectricTestRunner::class)
class KeystoreDeviceKeyTest {
    @Before
    fun begin() {
        Vault.empty()
        Security.insertProviderAt(Vault.Door(), 1)
    }

    @After
    fun end() = Security.removeProvider(Vault.NAME)

    @Test
    fun itIsMadeInStrongBoxOnceAndSigns() {
        Vault.strongBox = true
        val key = KeystoreDeviceKey(mayMake = true)
        val public = key.publicKey()
        assertEquals(91, public.size)
        assertArrayEquals(public, KeystoreDeviceKey(mayMake = false).publicKey())
        assertEquals(listOf(true), Vault.made.map { it.isStrongBoxBacked })
        val message = byteArrayOf(1, 2, 3)
        val verified = Signature.getInstance("SHA256withECDSA").run {
            initVerify(KeyFactory.getInstance("EC").generatePublic(X509EncodedKeySpec(public)))
            update(message)
            verify(key.sign(message))
        }
        assertTrue(verified)
    }

    @Test
    fun withoutStrongBoxItIsMadeInTheTrustedEnvironment() {
        Vault.strongBox = false
        KeystoreDeviceKey(mayMake = true).publicKey()
        assertEquals(listOf(false), Vault.made.map { it.isStrongBoxBacked })
        // A job signs while the phone lies locked in a pocket.
        assertTrue(Vault.made.none { it.isUserAuthenticationRequired || it.isUnlockedDeviceRequired })
    }

    @Test
    fun aKeyThatIsMissingBesideItsFilesIsGone() {
        val key = KeystoreDeviceKey(mayMake = false)
        assertThrows(KeyProblem.Gone::class.java) { key.publicKey() }
        assertThrows(KeyProblem.Gone::class.java) { key.sign(byteArrayOf(1)) }
        assertTrue(Vault.made.isEmpty())
    }

    @Test
    fun whatTheHardwareSaysBecomesOneOfTwoProblems() {
        val key = KeystoreDeviceKey(mayMake = true)
        key.publicKey()
        Vault.refusal = UserNotAuthenticatedException()
        assertThrows(KeyProblem.Locked::class.java) { key.sign(byteArrayOf(1)) }
        Vault.refusal = KeyPermanentlyInvalidatedException()
        assertThrows(KeyProblem.Gone::class.java) { key.sign(byteArrayOf(1)) }
        Vault.refusal = InvalidKeyException()
        assertThrows(KeyProblem.Locked::class.java) { key.sign(byteArrayOf(1)) }
        Vault.refusal = null
        Vault.unrecoverable = true
        assertThrows(KeyProblem.Gone::class.java) { key.sign(byteArrayOf(1)) }
    }
}

/** What the system's key store would hold. */
private object Vault {
    const val NAME = "AndroidKeyStore"

    var strongBox = false
    var refusal: InvalidKeyException? = null
    var unrecoverable = false
    val made = mutableListOf<KeyGenParameterSpec>()
    val pairs = mutableMapOf<String, KeyPair>()

    fun empty() {
        strongBox = false
        refusal = null
        unrecoverable = false
        made.clear()
        pairs.clear()
    }

    class Door : Provider(NAME, "1", "a stand-in") {
        init {
            putService(Maker(this, "KeyStore", NAME) { Shelf() })
            putService(Maker(this, "KeyPairGenerator", "EC") { Smith() })
            putService(Maker(this, "Signature", "SHA256withECDSA") { Refuser() })
        }
    }

    private class Maker(door: Provider, type: String, name: String, private val make: () -> Any) :
        Provider.Service(door, type, name, "made here", null, null) {
        override fun newInstance(parameter: Any?): Any = make()

        override fun supportsParameter(parameter: Any?): Boolean = parameter is Refused
    }

    /** A key that the hardware does not let anybody use. */
    private class Refused : PrivateKey {
        override fun getAlgorithm() = "EC"

        override fun getFormat(): String? = null

        override fun getEncoded(): ByteArray? = null
    }

    private class Refuser : SignatureSpi() {
        override fun engineInitSign(key: PrivateKey) = throw checkNotNull(refusal)

        override fun engineInitVerify(key: PublicKey) = throw InvalidKeyException()

        override fun engineUpdate(byte: Byte) = Unit

        override fun engineUpdate(bytes: ByteArray, from: Int, size: Int) = Unit

        override fun engineSign(): ByteArray = ByteArray(0)

        override fun engineVerify(signature: ByteArray) = false

        @Deprecated("as its parent")
        override fun engineSetParameter(name: String, value: Any) = Unit

        @Deprecated("as its parent")
        override fun engineGetParameter(name: String): Any? = null
    }

    private class Smith : KeyPairGeneratorSpi() {
        private lateinit var spec: KeyGenParameterSpec

        override fun initialize(size: Int, random: SecureRandom) = error("not by a size")

        override fun initialize(spec: AlgorithmParameterSpec, random: SecureRandom?) {
            this.spec = spec as KeyGenParameterSpec
        }

        override fun generateKeyPair(): KeyPair {
            if (spec.isStrongBoxBacked && !strongBox) throw StrongBoxUnavailableException()
            made += spec
            val software = Security.getProviders()
                .first { it.name != NAME && it.getService("KeyPairGenerator", "EC") != null }
            val generator = KeyPairGenerator.getInstance("EC", software)
            generator.initialize(spec.algorithmParameterSpec as ECGenParameterSpec)
            return generator.generateKeyPair().also { pairs[spec.keystoreAlias] = it }
        }
    }

    private class Shelf : KeyStoreSpi() {
        override fun engineGetKey(alias: String, password: CharArray?): Key? {
            if (unrecoverable) throw UnrecoverableKeyException()
            return if (refusal == null) pairs[alias]?.private else Refused()
        }

        override fun engineGetCertificate(alias: String): Certificate? = pairs[alias]?.let { pair ->
            object : Certificate("X.509") {
                override fun getEncoded() = ByteArray(0)

                override fun verify(key: PublicKey) = Unit

                override fun verify(key: PublicKey, provider: String) = Unit

                override fun toString() = "of a key"

                override fun getPublicKey(): PublicKey = pair.public
            }
        }

        override fun engineContainsAlias(alias: String) = alias in pairs

        override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit

        override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null

        override fun engineGetCreationDate(alias: String): Date? = null

        override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<Certificate>?) = Unit

        override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<Certificate>?) = Unit

        override fun engineSetCertificateEntry(alias: String, certificate: Certificate) = Unit

        override fun engineDeleteEntry(alias: String) = Unit

        override fun engineAliases(): Enumeration<String> = Collections.enumeration(pairs.keys)

        override fun engineSize() = pairs.size

        override fun engineIsKeyEntry(alias: String) = alias in pairs

        override fun engineIsCertificateEntry(alias: String) = false

        override fun engineGetCertificateAlias(certificate: Certificate): String? = null

        override fun engineStore(stream: OutputStream?, password: CharArray?) = Unit
    }
}
