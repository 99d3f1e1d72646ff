import Doorstep
import Foundation

struct Failure: Error, CustomStringConvertible {
    let description: String
}

func expect(_ condition: Bool, _ what: String, line: UInt = #line) throws {
    guard condition else {
        throw Failure(description: "line \(line): not so: \(what)")
    }
}

func expectEqual<Value: Equatable>(_ left: Value, _ right: Value, line: UInt = #line) throws {
    guard left == right else {
        throw Failure(description: "line \(line): \(left) is not \(right)")
    }
}

func unwrap<Value>(_ value: Value?, _ what: String, line: UInt = #line) throws -> Value {
    guard let value else {
        throw Failure(description: "line \(line): none: \(what)")
    }
    return value
}

/// The error that `work` throws; all are to be of this type.
@MainActor
func failure(line: UInt = #line, of work: () async throws -> Void) async throws -> DoorstepError {
    do {
        try await work()
    } catch let error as DoorstepError {
        return error
    }
    throw Failure(description: "line \(line): nothing was thrown")
}

/// Ends the run where `work` takes longer: what hangs does not listen to cancellation either.
@MainActor
@discardableResult
func within<Value: Sendable>(
    _ seconds: Double,
    _ what: String,
    _ work: () async throws -> Value
) async rethrows -> Value {
    let bound = bound(seconds, what)
    defer { bound.cancel() }
    return try await work()
}

/// Ends the run when the time is over, unless it is cancelled before.
func bound(_ seconds: Double, _ what: String) -> DispatchWorkItem {
    let bound = DispatchWorkItem {
        print("FAILED \(what): over \(seconds) s")
        fflush(nil)
        exit(1)
    }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: bound)
    return bound
}
