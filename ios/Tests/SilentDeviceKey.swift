import Doorstep
import Foundation

/// A key that does not answer, and remembers from where it was asked.
final class SilentDeviceKey: DeviceKey, @unchecked Sendable {
    private let problem: KeyProblem
    private let lock = NSLock()
    private var onMainQueue = false

    init(_ problem: KeyProblem) {
        self.problem = problem
    }

    var askedOnMainQueue: Bool {
        lock.lock()
        defer { lock.unlock() }
        return onMainQueue
    }

    func publicKey() throws -> Data {
        lock.lock()
        defer { lock.unlock() }
        onMainQueue = onMainQueue || MainQueue.known.isHere
        throw problem
    }

    func sign(message: Data) throws -> Data {
        throw problem
    }
}

/// Knows whether the code runs where the main actor does. A thread would not tell: on Linux any may serve that queue.
final class MainQueue: @unchecked Sendable {
    static let known = MainQueue()
    private let mark = DispatchSpecificKey<Bool>()

    private init() {
        DispatchQueue.main.setSpecific(key: mark, value: true)
    }

    var isHere: Bool {
        DispatchQueue.getSpecific(key: mark) ?? false
    }
}
