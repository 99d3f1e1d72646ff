#if canImport(CryptoKit) && !os(Linux)
    import Foundation
    import Security

    /// The app's keychain: readable from the first unlock after a start, on this phone alone.
    struct Keychain: SecretStore {
        let service: String

        func read(_ name: String) throws -> Data? {
            var query = item(name)
            query[kSecReturnData] = true
            query[kSecMatchLimit] = kSecMatchLimitOne
            var found: CFTypeRef?
            switch SecItemCopyMatching(query as CFDictionary, &found) {
            case errSecSuccess: return found as? Data
            case errSecItemNotFound: return nil
            // Whatever else it is, it does not say that the item is gone.
            default: throw KeyProblem.Locked
            }
        }

        func add(_ secret: Data, name: String) throws {
            var attributes = item(name)
            attributes[kSecValueData] = secret
            attributes[kSecAttrAccessible] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
            guard SecItemAdd(attributes as CFDictionary, nil) == errSecSuccess else {
                throw KeyProblem.Locked
            }
        }

        private func item(_ name: String) -> [CFString: Any] {
            [
                kSecClass: kSecClassGenericPassword,
                kSecAttrService: service,
                kSecAttrAccount: name,
                kSecUseDataProtectionKeychain: true,
            ]
        }
    }
#endif
