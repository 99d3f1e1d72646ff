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

    /// Takes a step on a grievance.
    @discardableResult
    public func takeStep(_ new: NewStep) async throws -> Written {
        try await worker.run { [engine] in try engine.takeStep(new: new) }
    }
}
