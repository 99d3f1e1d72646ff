import Dispatch
import Foundation

/// Runs the engine's calls, which wait for the disk, on a queue of their own: neither the main actor nor the few
/// threads of Swift's tasks are held up.
final class Worker: @unchecked Sendable {
    private let queue = DispatchQueue(label: "app.doorstep.client", qos: .userInitiated)
    private let lock = NSLock()
    private var language: Language

    init(language: Language) {
        self.language = language
    }

    /// The language of the one sentence that is not the engine's own.
    func speak(_ language: Language) {
        lock.lock()
        defer { lock.unlock() }
        self.language = language
    }

    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                do {
                    continuation.resume(returning: try work())
                } catch {
                    continuation.resume(throwing: self.typed(error))
                }
            }
        }
    }

    func finish(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            queue.async {
                work()
                continuation.resume()
            }
        }
    }

    /// What is no ``DoorstepError`` is a panic in the engine: a bug, in words that hold nothing of what was
    /// being done.
    func typed(_ error: any Error) -> DoorstepError {
        if let error = error as? DoorstepError {
            return error
        }
        lock.lock()
        defer { lock.unlock() }
        return .bug(language)
    }
}
