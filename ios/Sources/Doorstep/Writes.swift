/// What a person saves: durable on this phone when it returns, without the network.
///
/// `Rejected` where it cannot stand as it is (its sentence says why, and how a person can change that),
/// `StorageFull` where the phone is full; then nothing of it was saved.
extension DoorstepClient {
    /// Enters a household.
    @discardableResult
    public func foundHousehold(_ new: NewHousehold) async throws -> Written {
        try await worker.run { [engine] in try engine.foundHousehold(new: new) }
    }

    /// Saves a visit with the grievances found, whole or not at all.
    @discardableResult
    public func recordVisit(_ new: NewVisit) async throws -> Written {
        try await worker.run { [engine] in try engine.recordVisit(new: new) }
    }

    /// Files a grievance that was not found on a visit.
    @discardableResult
    public func fileGrievance(_ new: NewGrievance) async throws -> Written {
        try await worker.run { [engine] in try engine.fileGrievance(new: new) }
    }

    /// Takes a step on a grievance, and the same in the others of its group whose views are in `also`.
    @discardableResult
    public func takeStep(_ new: NewStep) async throws -> Written {
        try await worker.run { [engine] in try engine.takeStep(new: new) }
    }

    /// Takes what solved another grievance of a group over into this one.
    @discardableResult
    public func takeResolutionOver(_ new: NewTakeOver) async throws -> Written {
        try await worker.run { [engine] in try engine.takeResolutionOver(new: new) }
    }

    /// Writes something into a household. It replaces what `replaces` names, and nothing that came meanwhile.
    @discardableResult
    public func householdStep(_ new: NewHouseholdStep) async throws -> Written {
        try await worker.run { [engine] in try engine.householdStep(new: new) }
    }

    /// Writes something into a visit. It replaces what `replaces` names, and nothing that came meanwhile.
    @discardableResult
    public func visitStep(_ new: NewVisitStep) async throws -> Written {
        try await worker.run { [engine] in try engine.visitStep(new: new) }
    }

    /// Saves a meeting of a block council, whole or not at all. `Rejected` with `too_big` for more than 63 of those who
    /// were there and items.
    @discardableResult
    public func holdMeeting(_ new: NewMeeting) async throws -> Written {
        try await worker.run { [engine] in try engine.holdMeeting(new: new) }
    }

    /// Writes something into a meeting. It replaces what `replaces` names, and nothing that came meanwhile.
    @discardableResult
    public func meetingStep(_ new: NewMeetingStep) async throws -> Written {
        try await worker.run { [engine] in try engine.meetingStep(new: new) }
    }

    /// Writes what came of a council's item and, where it is resolved, solves the grievances of the views given, whole
    /// or not at all. What is left for a person to do is listed in words.
    @discardableResult
    public func settleItem(_ new: NewItemOutcome) async throws -> ItemSettled {
        try await worker.run { [engine] in try engine.settleItem(new: new) }
    }
}
