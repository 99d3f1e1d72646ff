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

    /// For anything on a household. `Rejected` with `look_again` where it is not on this phone.
    public func householdStepForm(_ doc: String) async throws -> HouseholdStepForm {
        try await worker.run { [engine] in try engine.householdStepForm(doc: doc) }
    }

    /// For anything on a visit. `Rejected` with `look_again` where it is not on this phone.
    public func visitStepForm(_ doc: String) async throws -> VisitStepForm {
        try await worker.run { [engine] in try engine.visitStepForm(doc: doc) }
    }

    /// For a meeting of a block council. Its `blocks` are empty where this member writes for none.
    public func meetingForm() async throws -> MeetingForm {
        try await worker.run { [engine] in try engine.meetingForm() }
    }

    /// For anything on a meeting. `Rejected` with `look_again` where it is not on this phone.
    public func meetingStepForm(_ doc: String) async throws -> MeetingStepForm {
        try await worker.run { [engine] in try engine.meetingStepForm(doc: doc) }
    }

    /// An id for an act that has no form: 16 hexadecimal digits.
    public func newAct() async throws -> String {
        try await worker.run { [engine] in try engine.newAct() }
    }
}
