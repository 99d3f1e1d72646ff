import Doorstep

/// What is written into a household and a visit is in their records; a number is masked until it is opened.
@MainActor
func householdStepByStep(_ surroundings: Surroundings) async throws {
    let client = try await phone(of: "M-03", surroundings)
    let doc = try await found("3-201", on: client)
    func write(_ step: HouseholdStep) async throws {
        let form = try await client.householdStepForm(doc)
        try await client.householdStep(NewHouseholdStep(act: form.act, view: form.record.view, step: step))
    }
    func look() async throws -> HouseholdRecord {
        try unwrap(try await client.household(doc), "the household")
    }

    let form = try await client.householdStepForm(doc)
    let relation = try unwrap(form.relations.first, "a relation").code
    let band = try unwrap(form.birthBands.first, "a birth band").code
    let lin = NewHouseholdStep(
        act: form.act,
        view: form.record.view,
        step: .addPerson(name: "林奶奶", relation: relation, birthBand: band)
    )
    try expect(try await !client.householdStep(lin).repeated, "it was written")
    try expect(try await client.householdStep(lin).repeated, "the same form again is the same person")
    let person = try unwrap(try await look().persons.first, "the person")
    try expectEqual(person.name, "林奶奶")

    try await write(.addPhone(number: "138 0013 8042", person: person.person))
    let number = try unwrap(try await look().phones.first, "the number")
    try expectEqual(number.personName, "林奶奶")
    try expect(number.number.hasSuffix("042") && !number.number.contains("138"), "masked: \(number.number)")
    try expectEqual(try await client.openPhone(doc, number.event), "138 0013 8042")

    try await write(.setConsent(level: .byAppointment, by: .resident, replaces: try await look().consent?.events ?? []))
    let consent = try unwrap(try await look().consent, "the consent")
    try expectEqual(consent.level, .byAppointment)
    try expectEqual(consent.said.count, 1)

    let nobody = try await failure { try await write(.addPerson(name: " ", relation: relation, birthBand: band)) }
    try expectEqual(nobody.code, "text_empty")
    try expectEqual(try await look().persons.count, 1)

    try await visit(doc, on: client)
    let story = try unwrap(try await client.householdStory(doc), "the story")
    try expectEqual(Set(story.lines.map(\.document)), [.household, .visit])
    try expect(try await client.householdStory(String(repeating: "0", count: 32)) == nil, "not on this phone")
    await client.close()
}

/// A visit, with a word that came to mind afterwards.
@MainActor
private func visit(_ household: String, on client: DoorstepClient) async throws {
    let form = try await client.visitForm(household)
    let doc = try await client.recordVisit(
        NewVisit(
            act: form.act,
            household: household,
            purpose: try unwrap(form.purposes.first, "a purpose").code,
            outcome: .met,
            personsMet: 1
        )
    ).doc
    let step = try await client.visitStepForm(doc)
    try await client.visitStep(
        NewVisitStep(act: step.act, view: step.record.view, step: .note(text: "换了灯泡"))
    )
    let record = try unwrap(try await client.visit(doc), "the visit")
    try expect(record.story.contains { $0.kind == "note" && $0.words == "换了灯泡" }, "the note is in its story")
}

/// A step that is not offered says why, in the language that was set; one that is refused does too, and writes nothing.
@MainActor
func notForNow(_ surroundings: Surroundings) async throws {
    let client = try await phone(of: "M-03", surroundings)
    let doc = try await file("楼道堆物", on: client)
    func why(_ kind: StepKind) async throws -> String? {
        try await client.grievance(doc)?.notNow.first { $0.kind == kind }?.why
    }

    try expect(try await why(.accept) == nil, "it may be taken on")
    try await take(.accept, .accept, in: doc, on: client)
    try expectEqual(try await why(.accept), "You answer for it already.")
    await client.setLanguage(.chinese)
    try expectEqual(try await why(.accept), "已经由您负责。")

    let form = try await failure { _ = try await client.stepForm(doc, .accept) }
    try expectEqual(form.code, "look_again")

    try await take(.resolve(how: .help, text: "已清走"), .resolve, in: doc, on: client)
    let before = try unwrap(try await client.grievance(doc), "the grievance")
    try expectEqual(before.steps.first { $0.kind == .confirm }?.evidenceNeeded, true)
    let own = try await failure { try await confirm(doc, [], on: client) }
    try expectEqual(own.code, "own_word")
    try expect(!own.sentence.isEmpty && own.sentence.hasSuffix("。"), "in the language that was set: \(own.sentence)")
    try expectEqual(try await client.grievance(doc), before)
    try await confirm(doc, [.code(text: "K7-042")], on: client)
    try expectEqual(try await client.grievance(doc)?.line.stage, .confirmed)

    let terms = try await client.terms()
    try expectEqual(terms.steps.count, before.steps.count + before.notNow.count)
    try expectEqual(terms.steps.first { $0.value == "accept" }?.text, "我来办")
    await client.close()
}

/// The resident is content with what was done last.
@MainActor
private func confirm(_ grievance: String, _ evidence: [Evidence], on client: DoorstepClient) async throws {
    let form = try await client.stepForm(grievance, .confirm)
    let resolution = try unwrap(form.resolutions.first, "a resolution").event
    let step = Step.confirm(
        resolution: resolution,
        by: .resident,
        heard: .inPerson,
        satisfaction: 5,
        evidence: evidence
    )
    try await client.takeStep(NewStep(act: form.act, view: form.view, step: step))
}

/// Two grievances of one trouble are one line; what solved one is taken over into the other.
@MainActor
func oneTroubleToldTwice(_ surroundings: Surroundings) async throws {
    let client = try await phone(of: "M-03", surroundings)
    let lamp = try await file("路灯坏了", on: client)
    try await take(.resolve(how: .help, text: nil), .resolve, in: lamp, on: client)
    let dark = try await file("晚上太黑", on: client)
    try await take(.linkDuplicate(other: lamp), .linkDuplicate, in: dark, on: client)
    let all = try await client.grievances().lines.filter { [lamp, dark].contains($0.doc) }
    let faces = try await client.grievances(ListFilter(faces: true)).lines.filter { [lamp, dark].contains($0.doc) }
    try expectEqual([all.count, faces.count], [2, 1])

    let record = try unwrap(try await client.grievance(dark), "the grievance")
    let solved = try unwrap(record.group?.takeOver.first, "what solved the other")
    try expectEqual(solved.doc, lamp)
    let new = NewTakeOver(
        act: try await client.newAct(),
        view: record.view,
        of: solved.doc,
        resolution: solved.resolution
    )
    try await client.takeResolutionOver(new)
    try expect(try await client.takeResolutionOver(new).repeated, "the same act is one")
    try expectEqual(try await client.grievance(dark)?.line.stage, .resolved)
    await client.close()
}

/// A Chinese word of two characters is found in the middle of a sentence; what is nowhere is not found.
@MainActor
func searching(_ surroundings: Surroundings) async throws {
    let client = try await phone(of: "M-03", surroundings)
    let home = try await found("灯塔3-202", on: client)
    let lamp = try await file("小区的灯塔不亮了", on: client)
    let docs = try await client.search("灯塔").lines.map { line in
        switch line {
        case .household(let line): return line.doc
        case .grievance(let line): return line.doc
        case .visit(let line): return line.doc
        case .meeting(let line): return line.doc
        }
    }
    try expectEqual(docs, [home, lamp])
    try expectEqual(try await client.search("塔灯").lines, [])
    let first = try await client.search("灯塔", limit: 1)
    try expect(first.lines.count == 1 && first.more, "there is more")
    let negative = try await failure { _ = try await client.search("灯塔", limit: -1) }
    try expectEqual(negative.code, "bad_number")
    await client.close()
}

/// A council meets; its item solves the grievance that it names, and lists the one that is not here.
@MainActor
func council(_ surroundings: Surroundings) async throws {
    let client = try await phone(of: "L-B1", surroundings)
    let lamp = try await file("路灯坏了", on: client)
    let elsewhere = String(repeating: "07", count: 16)
    let form = try await client.meetingForm()
    let new = NewMeeting(
        act: form.act,
        place: try unwrap(form.blocks.first, "a block").value,
        day: 20_600,
        venue: "社区活动室",
        attendance: [NewAttendance(who: .name(name: "面包店老板"), seat: .floating)],
        items: [NewItem(title: "路灯", grievances: [lamp, elsewhere]), NewItem(title: "停车")]
    )
    let doc = try await client.holdMeeting(new).doc
    try expect(try await client.holdMeeting(new).repeated, "the same form again is the same meeting")
    try expectEqual(try await client.meetings().lines.map(\.doc), [doc])

    let step = try await client.meetingStepForm(doc)
    let parking = try unwrap(step.record.items.last, "the second item").item
    try await client.meetingStep(
        NewMeetingStep(
            act: step.act,
            view: step.record.view,
            step: .setItemOutcome(item: parking, outcome: .deferred)
        )
    )
    try expectEqual(try await client.meetingForm().carried.map(\.title), ["停车"])

    let lights = try unwrap(step.record.items.first, "the first item").item
    let item = try unwrap(try await client.councilItem(doc, lights), "the item")
    try expectEqual(item.grievances.map { $0.byHand == nil }, [true, false])
    let settled = try await client.settleItem(
        NewItemOutcome(
            act: item.act,
            view: item.view,
            item: lights,
            outcome: .resolved,
            grievances: item.grievances.compactMap(\.view),
            text: "路灯已更换"
        )
    )
    try expectEqual(settled.written.doc, doc)
    try expectEqual(settled.written.also, [lamp])
    try expectEqual(settled.byHand.map(\.doc), [elsewhere])
    try expectEqual(try await client.grievance(lamp)?.line.stage, .resolved)
    try expectEqual(try await client.meeting(doc)?.items.map(\.outcome), [.resolved, .deferred])
    await client.close()
}
