/// What forms need, each with one call. A form carries the id of the act that it will make: send it as often
/// as it takes, it counts once.
extension DoorstepClient {
    /// For a new household.
    public func householdForm() async throws -> HouseholdForm {
        try await worker.run { [engine] in try engine.householdForm() }
    }

    /// For a visit. `Rejected` with `look_again` where the household is not on this phone.
    public func visitForm(_ household: String) async throws -> VisitForm {
        try await worker.run { [engine] in try engine.visitForm(household: household) }
    }

    /// For a grievance that was not found on a visit.
    public func grievanceForm() async throws -> GrievanceForm {
        try await worker.run { [engine] in try engine.grievanceForm() }
    }

    /// For one step on a grievance. `Rejected` with `look_again` where the grievance is not on this phone or the step
    /// may not be taken now.
    public func stepForm(_ doc: String, _ kind: StepKind) async throws -> StepForm {
        try await worker.run { [engine] in try engine.stepForm(doc: doc, kind: kind) }
    }

    /// An id for an act that has no form: 16 hexadecimal digits.
    public func newAct() async throws -> String {
        try await worker.run { [engine] in try engine.newAct() }
    }
}
