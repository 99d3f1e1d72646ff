import Doorstep

/// A list gives its rows at once, and again with what came: a row written here, another language.
@MainActor
func liveList(_ surroundings: Surroundings) async throws {
    let client = try await phone(of: "M-03", surroundings)
    let bound = bound(60, "a live list")
    defer { bound.cancel() }
    let before = try await file("电梯停了", on: client)
    var reader = client.liveGrievances(ListFilter(text: "电梯")).makeAsyncIterator()
    let first = try unwrap(try await reader.next(), "rows at once")
    try expectEqual(first.map(\.doc), [before])

    let new = try await file("电梯异响", on: client)
    // Not a row of this list: nobody is woken by it.
    _ = try await file("门禁坏了", on: client)
    let second = try unwrap(try await reader.next(), "rows with the new one")
    try expectEqual(Set(second.map(\.doc)), [before, new])
    try expectEqual(second.filter { $0.doc == before }, first)

    _ = try await file("门禁又坏了", on: client)
    await client.setLanguage(.chinese)
    let third = try unwrap(try await reader.next(), "rows anew")
    try expectEqual(third.map(\.doc), second.map(\.doc))
    try expect(third.first?.stageText != second.first?.stageText, "in the other language")

    let home = try await found("5-501", on: client)
    for try await rows in client.liveHouseholds() {
        try expect(rows.contains { $0.doc == home }, "the household")
        break
    }
    for try await rows in client.liveVisits(limit: 1) {
        try expect(rows.count == 1, "the newest visit")
        break
    }
    await client.close()
}

/// A list is let go when its loop is left and when its task is cancelled: sixteen are read at once and no more, however
/// many were read before. Closing ends those that are read, without an error.
@MainActor
func liveListsEnd(_ surroundings: Surroundings) async throws {
    let client = try await phone(of: "M-03", surroundings)
    for _ in 0..<40 {
        for try await _ in client.liveHouseholds() { break }
    }
    for _ in 0..<20 {
        let (told, tell) = AsyncStream<Void>.makeStream()
        let reading = Task {
            for try await _ in client.liveGrievances() { tell.yield() }
        }
        for await _ in told { break }
        reading.cancel()
        try await within(30, "a cancelled reader ends") { try await reading.value }
    }

    var readers: [LiveRows<HouseholdLine>.AsyncIterator] = []
    for _ in 0..<16 {
        var reader = client.liveHouseholds().makeAsyncIterator()
        _ = try await reader.next()
        readers.append(reader)
    }
    let many = try await failure {
        for try await _ in client.liveHouseholds() {}
    }
    try expectEqual(many.code, "too_many_lists")
    readers.removeLast()
    let (told, tell) = AsyncStream<Void>.makeStream()
    let open = Task {
        for try await _ in client.liveHouseholds() { tell.yield() }
    }
    for await _ in told { break }

    await within(20, "closing") { await client.close() }
    try await within(20, "a list that was read ends") { try await open.value }
    let closed = try await failure {
        for try await _ in client.liveHouseholds() {}
    }
    try expectEqual(closed.code, "closed")
}
