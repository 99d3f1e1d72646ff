import Foundation

/// Where secrets lie: the keychain of an app.
protocol SecretStore: Sendable {
    /// Nil where there is none of this name.
    func read(_ name: String) throws -> Data?
    func add(_ secret: Data, name: String) throws
}

/// A secret that belongs to the files in one folder, and is made once for them.
///
/// The folder keeps only the secret's name. So a folder whose secret is gone is told from a new folder (else another
/// key would silently take the place of the lost one), and an app that was removed and installed again, whose keychain
/// is still there, begins anew.
struct FolderSecret: Sendable {
    let folder: URL
    let file: String
    let store: any SecretStore

    /// Reads it, or makes it where the folder has none yet.
    ///
    /// Throws `KeyProblem.Gone` where there was one, and `KeyProblem.Locked` where that cannot be known now.
    func load(make: () throws -> Data) throws -> Data {
        let place = folder.appendingPathComponent(file)
        // A file that is there and cannot be read is locked, not missing.
        guard FileManager.default.fileExists(atPath: place.path) else {
            return try begin(at: place, with: make())
        }
        guard let name = try? String(contentsOf: place, encoding: .utf8) else {
            throw KeyProblem.Locked
        }
        guard let secret = try store.read(name) else {
            throw KeyProblem.Gone
        }
        return secret
    }

    private func begin(at place: URL, with secret: Data) throws -> Data {
        let name = UUID().uuidString
        // In this order: a name without its secret would say that it is gone.
        try store.add(secret, name: name)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(name.utf8).write(to: place, options: .atomic)
        } catch {
            throw KeyProblem.Locked
        }
        return secret
    }
}
