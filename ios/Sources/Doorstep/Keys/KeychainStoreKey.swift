#if canImport(CryptoKit) && !os(Linux)
    import CryptoKit
    import Foundation

    /// The key of encrypted files: 32 random bytes in the keychain, made at the first use, for the files in one folder.
    ///
    /// Only for an engine that was built with encryption; another refuses it with `no_encryption`, rather than leave
    /// the files readable. When it can be used, and what is thrown, is as with ``SecureEnclaveDeviceKey``.
    public final class KeychainStoreKey: StoreKey {
        private let secret: FolderSecret

        /// - Parameters:
        ///   - folder: The one that is given to `open`.
        ///   - service: Names this app's items in the keychain.
        public init(folder: URL, service: String = "app.doorstep.store-key") {
            secret = FolderSecret(folder: folder, file: "store-key.name", store: Keychain(service: service))
        }

        public func unwrapKey() throws -> Data {
            try secret.load {
                SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
            }
        }
    }
#endif
