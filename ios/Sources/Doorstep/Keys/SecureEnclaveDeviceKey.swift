#if canImport(CryptoKit) && !os(Linux)
    import CryptoKit
    import Foundation
    import Security

    /// The key of this phone and member in the Secure Enclave, which it never leaves. Made at its first use, for the
    /// files in one folder.
    ///
    /// ```swift
    /// let key = SecureEnclaveDeviceKey(folder: folder)
    /// let client = try await DoorstepClient.open(folder: folder, language: .chinese, deviceKey: key)
    /// ```
    ///
    /// It can be used from the first unlock after a start, also while the phone is locked again. Before that `open`
    /// throws `Rejected` with `key_locked`: try later. Where the key is lost (a copy of the files on another phone, an
    /// erased keychain) it throws `Damaged` with `key_gone`: begin anew in another folder, with a new invitation.
    public final class SecureEnclaveDeviceKey: DeviceKey, @unchecked Sendable {
        private let secret: FolderSecret
        private let lock = NSLock()
        private var loaded: SecureEnclave.P256.Signing.PrivateKey?

        /// There is a Secure Enclave: on every phone with iOS 15; a simulator uses the Mac's, where it has one.
        public static var isAvailable: Bool {
            SecureEnclave.isAvailable
        }

        /// - Parameters:
        ///   - folder: The one that is given to `open`.
        ///   - service: Names this app's items in the keychain.
        public init(folder: URL, service: String = "app.doorstep.device-key") {
            secret = FolderSecret(folder: folder, file: "device-key.name", store: Keychain(service: service))
        }

        public func publicKey() throws -> Data {
            try key().publicKey.derRepresentation
        }

        public func sign(message: Data) throws -> Data {
            let key = try key()
            do {
                return try key.signature(for: message).derRepresentation
            } catch {
                // A key that was opened is there; the hardware does not answer now.
                throw KeyProblem.Locked
            }
        }

        private func key() throws -> SecureEnclave.P256.Signing.PrivateKey {
            lock.lock()
            defer { lock.unlock() }
            if let loaded {
                return loaded
            }
            // Encrypted by the hardware for itself: of no use to anybody else who reads it.
            let wrapped = try secret.load { try Self.make().dataRepresentation }
            do {
                let key = try SecureEnclave.P256.Signing.PrivateKey(dataRepresentation: wrapped)
                loaded = key
                return key
            } catch {
                // The keychain opened, so the phone was unlocked: this hardware does not know the key.
                throw KeyProblem.Gone
            }
        }

        private static func make() throws -> SecureEnclave.P256.Signing.PrivateKey {
            let access = SecAccessControlCreateWithFlags(
                nil,
                kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
                .privateKeyUsage,
                nil
            )
            guard let access else {
                throw KeyProblem.Locked
            }
            do {
                return try SecureEnclave.P256.Signing.PrivateKey(accessControl: access)
            } catch {
                throw KeyProblem.Locked
            }
        }
    }
#endif
