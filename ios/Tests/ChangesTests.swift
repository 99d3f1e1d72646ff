@testable import Doorstep

/// Nobody read for a while: all of it comes as one, each document once, in the order of its first.
@MainActor
func changesMerge() async throws {
    let hub = ChangeHub()
    var reader = hub.stream().makeAsyncIterator()
    hub.changed(changes: changes(saved: ["a", "b"]))
    hub.changed(changes: changes(saved: ["b", "c"], arrived: ["x"], roster: true))
    hub.changed(changes: changes(answered: ["a"], status: true))

    let all = await reader.next()
    try expectEqual(
        all,
        Changes(saved: ["a", "b", "c"], arrived: ["x"], answered: ["a"], roster: true, status: true)
    )
    hub.changed(changes: changes(saved: ["a"]))
    let next = await reader.next()
    try expectEqual(next, changes(saved: ["a"]))
}

/// Many threads tell while two read: both miss nothing, and the end comes after what was told.
@MainActor
func changesAreNotLost() async throws {
    let hub = ChangeHub()
    let readers = (0..<2).map { _ in
        Task { [stream = hub.stream()] in
            var seen: [String] = []
            for await changes in stream { seen += changes.arrived }
            return seen
        }
    }
    await withTaskGroup(of: Void.self) { tellers in
        for teller in 0..<8 {
            tellers.addTask {
                for n in 0..<500 { hub.changed(changes: changes(arrived: ["\(teller)-\(n)"])) }
            }
        }
    }
    hub.finish()
    let all = Set((0..<8).flatMap { teller in (0..<500).map { "\(teller)-\($0)" } })
    for reader in readers {
        let seen = await within(30, "the stream ends") { await reader.value }
        try expectEqual(seen.count, all.count)
        try expectEqual(Set(seen), all)
    }
}

/// What nobody reads holds each document once, however often it changed.
@MainActor
func unreadChangesAreBounded() async throws {
    let hub = ChangeHub()
    var reader = hub.stream().makeAsyncIterator()
    for n in 0..<10_000 {
        hub.changed(changes: changes(saved: ["\(n % 3)"]))
    }
    let all = await reader.next()
    try expectEqual(all?.saved, ["0", "1", "2"])
}

/// A reader that stops does not hold up the others, and its stream ends.
@MainActor
func readersStop() async throws {
    let hub = ChangeHub()
    let waiting = Task { [stream = hub.stream()] in
        for await _ in stream {}
    }
    waiting.cancel()
    await within(30, "a cancelled reader ends") { await waiting.value }
    for _ in 0..<100 { _ = hub.stream() }
    try expect(hub.readerCount == 0, "streams that nobody reads are not kept")

    var reader = hub.stream().makeAsyncIterator()
    hub.changed(changes: changes(saved: ["a"]))
    let next = await reader.next()
    try expectEqual(next?.saved, ["a"])
    hub.finish()
    let end = await reader.next()
    try expect(end == nil, "the end")
}

/// What is told at the moment of the end is still given.
@MainActor
func changesAtTheEnd() async throws {
    let mailbox = ChangeMailbox()
    mailbox.finish()
    mailbox.add(changes(saved: ["a"]))
    let last = await mailbox.next()
    try expectEqual(last, changes(saved: ["a"]))
    let end = await mailbox.next()
    try expect(end == nil, "the end")
}

private func changes(
    saved: [String] = [],
    arrived: [String] = [],
    answered: [String] = [],
    roster: Bool = false,
    status: Bool = false
) -> Changes {
    Changes(saved: saved, arrived: arrived, answered: answered, roster: roster, status: status)
}
