import Doorstep
import Foundation

/// Two phones, one relay: what is recorded without signal on one is on the other after both have met the relay.
@MainActor
func twoPhones(_ surroundings: Surroundings) async throws {
    let one = try await phone("one", surroundings)
    let two = try await phone("two", surroundings)

    let early = try await failure { try await one.sync() }
    try expectEqual(early.code, "not_enrolled")
    guard case .NotAdmitted = early else { throw Failure(description: "\(early)") }

    for (client, member) in [(one, "M-01"), (two, "M-02")] {
        try await client.acceptInvitation(surroundings.invitation(member))
        let report = try await within(60, "enrolling") { try await client.sync() }
        try expect(report.complete, "everything was exchanged")
        try expect(try await client.today().member != nil, "\(member) is enrolled")
    }

    let (household, grievance) = try await record(on: one)
    try expectEqual(try await one.status().state, .waiting)
    try expect(try await !one.arrivals().waiting.isEmpty, "it waits, with its reason")
    try expect(try await two.grievance(grievance) == nil, "the other phone has not heard of it")

    let listed = Task { [list = two.liveHouseholds()] in
        for try await rows in list where !rows.isEmpty { return rows.map(\.doc) }
        return []
    }
    let arrived = Task { [changes = two.changes] in
        var missing: Set = [household, grievance]
        for await change in changes {
            missing.subtract(change.arrived)
            if missing.isEmpty { return true }
        }
        return false
    }
    try await within(60, "handing in") { try await one.sync() }
    try await within(60, "fetching") { try await two.sync() }
    try expect(await within(60, "hearing of it") { await arrived.value }, "the other phone is told of both")
    try expectEqual(await within(60, "seeing it") { try await listed.value }, [household])
    try expectEqual(try await one.status().state, .inStep)
    try expect(try await one.arrivals().waiting.isEmpty, "nothing waits")

    try await accept(grievance, on: two)
    try await within(60, "handing in") { try await two.sync() }
    try await within(60, "fetching") { try await one.sync() }
    let record = try unwrap(try await one.grievance(grievance), "the grievance")
    try expectEqual(record.line.stage, .accepted)
    try expect(record.line.owner != nil && !record.line.mine, "the other member answers for it")
    try expect(record.story.contains { $0.kind == "accept" && !$0.mine }, "its story tells who took it on")

    let page = try await two.grievances(ListFilter(open: true), page: PageRequest(limit: 1))
    try expectEqual(page.lines.map(\.doc), [grievance])
    try expectEqual(try await two.households().lines.map(\.doc), [household])

    await one.close()
    await two.close()
}

@MainActor
private func record(on client: DoorstepClient) async throws -> (household: String, grievance: String) {
    let form = try await client.householdForm()
    let building = try unwrap(form.buildings.first, "a building of one's own")
    let new = NewHousehold(act: form.act, place: building.place, unit: "3-201", consent: .yes)
    let household = try await client.foundHousehold(new)
    try expect(try await client.foundHousehold(new).repeated, "the same form again is the same household")

    let visit = try await client.visitForm(household.doc)
    let found = FoundGrievance(
        what: "三楼楼道灯不亮",
        kind: try unwrap(visit.kinds.first, "a kind").code,
        grade: .c,
        reporter: .household(doc: household.doc)
    )
    let written = try await client.recordVisit(
        NewVisit(
            act: visit.act,
            household: household.doc,
            purpose: try unwrap(visit.purposes.first, "a purpose").code,
            outcome: .met,
            personsMet: 2,
            found: [found]
        )
    )
    try expect(try await client.visit(written.doc) != nil, "the visit is there")
    let grievance = try unwrap(written.grievances.first, "the grievance that was found")
    try expectEqual(try await client.grievance(grievance)?.line.what, "三楼楼道灯不亮")
    return (household.doc, grievance)
}

@MainActor
private func accept(_ grievance: String, on client: DoorstepClient) async throws {
    let record = try unwrap(try await client.grievance(grievance), "the grievance")
    try expect(record.steps.contains { $0.kind == .accept }, "it may be taken on")
    let form = try await client.stepForm(grievance, .accept)
    try await client.takeStep(NewStep(act: form.act, view: form.view, step: .accept))
}

/// Each error has its type, a stable word, and a sentence in the language that was set.
@MainActor
func typedErrors(_ surroundings: Surroundings) async throws {
    let client = try await phone("errors", surroundings)

    let english = try await failure { try await client.acceptInvitation("not an invitation") }
    try expectEqual(english.code, "bad_invitation")
    try expectEqual(english.localizedDescription, english.sentence)
    await client.setLanguage(.chinese)
    let chinese = try await failure { try await client.acceptInvitation("not an invitation") }
    try expectEqual(chinese.code, english.code)
    try expect(chinese.sentence != english.sentence && !chinese.sentence.isEmpty, "in the other language")

    let badId = try await failure { _ = try await client.household("no id") }
    try expectEqual(badId.code, "bad_id")
    guard case .Rejected = badId else { throw Failure(description: "\(badId)") }

    let folder = surroundings.folder.appendingPathComponent("errors")
    let key = try FileDeviceKey(file: surroundings.folder.appendingPathComponent("other.pem").path)
    let twice = try await failure {
        _ = try await DoorstepClient.open(folder: folder, language: .english, deviceKey: key)
    }
    try expect(["in_use", "other_device"].contains(twice.code), "opened already, by another key: \(twice.code)")
    await client.close()
    let other = try await failure {
        _ = try await DoorstepClient.open(folder: folder, language: .english, deviceKey: key)
    }
    try expectEqual(other.code, "other_device")
}

/// A key that does not answer says whether it ever will, and it is not asked where the main actor runs.
@MainActor
func keyProblems(_ surroundings: Surroundings) async throws {
    try expect(MainQueue.known.isHere, "the main actor is known when it is met")
    for (problem, code) in [(KeyProblem.Locked, "key_locked"), (.Gone, "key_gone")] {
        let key = SilentDeviceKey(problem)
        let folder = surroundings.folder.appendingPathComponent(code)
        let error = try await failure {
            _ = try await DoorstepClient.open(folder: folder, language: .english, deviceKey: key)
        }
        try expectEqual(error.code, code)
        try expect(!key.askedOnMainQueue, "asked off the main actor")
    }
}

/// Cancelling the task ends the meeting, whether it has begun or not, long before its budget.
@MainActor
func cancelling(_ surroundings: Surroundings) async throws {
    let socket = try SilentSocket()
    let client = try await phone("cancel", surroundings)
    try await client.acceptInvitation(surroundings.invitation("M-03", at: socket.address))

    let dialling = Task { try await client.sync(SyncBudget(seconds: 3_600)) }
    await within(60, "dialling") { await socket.dialled() }
    try expect(try await client.today().member == nil, "the engine answers meanwhile")
    dialling.cancel()
    let report = try await within(20, "a cancelled meeting ends") { try await dialling.value }
    try expectEqual(report.left, .cancelled)
    try expect(!report.complete, "not everything was exchanged")

    let never = Task { try await client.sync(SyncBudget(seconds: 3_600)) }
    never.cancel()
    let nothing = try await within(20, "cancelled before it began") { try await never.value }
    try expectEqual(nothing.left, .cancelled)

    await client.close()
}

/// A panic in the engine is an error like another, and the engine goes on.
@MainActor
func aBug(_ surroundings: Surroundings) async throws {
    let client = try await phone("bug", surroundings)
    let english = try await failure { try await client.rehearseBug() }
    try expectEqual(english.code, "bug")
    guard case .Damaged = english else { throw Failure(description: "\(english)") }
    await client.setLanguage(.chinese)
    let chinese = try await failure { try await client.rehearseBug() }
    try expect(chinese.sentence != english.sentence, "in the other language")
    try expect(try await client.today().member == nil, "the engine goes on")
    await client.close()
}

/// Closing ends a meeting and every stream; afterwards everything is refused, and the files can be opened again.
@MainActor
func closing(_ surroundings: Surroundings) async throws {
    let socket = try SilentSocket()
    let key = try FileDeviceKey(file: surroundings.folder.appendingPathComponent("closing.pem").path)
    let folder = surroundings.folder.appendingPathComponent("closing")
    let client = try await DoorstepClient.open(folder: folder, language: .english, deviceKey: key)
    try await client.acceptInvitation(surroundings.invitation("M-04", at: socket.address))

    let stream = client.changes
    let ended = Task {
        for await _ in stream {}
    }
    let meeting = Task { try await client.sync(SyncBudget(seconds: 3_600)) }
    await within(60, "dialling") { await socket.dialled() }

    await within(20, "closing") { await client.close() }
    await within(20, "the stream ends") { await ended.value }
    let report = try await within(20, "the meeting ends") { try await meeting.value }
    try expectEqual(report.left, .cancelled)

    await client.close()
    let closed = try await failure { _ = try await client.today() }
    try expectEqual(closed.code, "closed")
    await within(20, "a stream after the end") {
        for await _ in client.changes {}
    }
    let again = try await DoorstepClient.open(folder: folder, language: .english, deviceKey: key)
    try expectEqual(try await again.status().state, .enrolling)
    await again.close()
}
