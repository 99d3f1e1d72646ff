import Foundation

@testable import Doorstep

/// A secret is made once for a folder, and another folder has another.
@MainActor
func secretsBelongToFolders(_ surroundings: Surroundings) async throws {
    let store = MemoryStore()
    let first = FolderSecret(folder: surroundings.folder.appendingPathComponent("s1"), file: "key.name", store: store)
    let second = FolderSecret(folder: surroundings.folder.appendingPathComponent("s2"), file: "key.name", store: store)

    try expectEqual(try first.load { Data([1]) }, Data([1]))
    try expectEqual(try first.load { throw Failure(description: "made twice") }, Data([1]))
    try expectEqual(try second.load { Data([2]) }, Data([2]))
    try expectEqual(try first.load { throw Failure(description: "made twice") }, Data([1]))
}

/// One that was there and is not any longer is gone: no other takes its place.
@MainActor
func lostSecretsAreGone(_ surroundings: Surroundings) async throws {
    let store = MemoryStore()
    let secret = FolderSecret(folder: surroundings.folder.appendingPathComponent("s3"), file: "key.name", store: store)
    _ = try secret.load { Data([1]) }
    store.empty()
    try expectProblem(.Gone) { _ = try secret.load { Data([2]) } }
}

/// A store that cannot be asked now says nothing of whether the secret is there, and nothing is begun.
@MainActor
func lockedSecretsAreAskedAgain(_ surroundings: Surroundings) async throws {
    let store = MemoryStore()
    let folder = surroundings.folder.appendingPathComponent("s4")
    let secret = FolderSecret(folder: folder, file: "key.name", store: store)
    store.locked = true
    try expectProblem(.Locked) { _ = try secret.load { Data([1]) } }
    store.locked = false
    try expectEqual(try secret.load { Data([2]) }, Data([2]))
    store.locked = true
    try expectProblem(.Locked) { _ = try secret.load { Data([3]) } }
    store.locked = false
    try expectEqual(try secret.load { Data([3]) }, Data([2]))
}

private func expectProblem(_ problem: KeyProblem, line: UInt = #line, _ work: () throws -> Void) throws {
    do {
        try work()
    } catch let thrown as KeyProblem {
        return try expectEqual(thrown, problem, line: line)
    }
    throw Failure(description: "line \(line): nothing was thrown")
}

private final class MemoryStore: SecretStore, @unchecked Sendable {
    private var secrets: [String: Data] = [:]
    var locked = false

    func read(_ name: String) throws -> Data? {
        if locked { throw KeyProblem.Locked }
        return secrets[name]
    }

    func add(_ secret: Data, name: String) throws {
        if locked { throw KeyProblem.Locked }
        secrets[name] = secret
    }

    func empty() {
        secrets = [:]
    }
}
