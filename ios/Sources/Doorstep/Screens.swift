/// What screens show, each with one call. All may throw `Rejected` with `closed`, `Damaged` with `storage`.
extension DoorstepClient {
    /// The first screen.
    public func today() async throws -> Today {
        try await worker.run { [engine] in try engine.today() }
    }

    /// The screen "What has arrived".
    public func arrivals() async throws -> Arrivals {
        try await worker.run { [engine] in try engine.arrivals() }
    }

    /// How things stand with the relay.
    public func status() async throws -> SyncStatus {
        try await worker.run { [engine] in try engine.status() }
    }

    /// A household, or nil where it is not on this phone.
    public func household(_ doc: String) async throws -> HouseholdRecord? {
        try await worker.run { [engine] in try engine.household(doc: doc) }
    }

    /// A visit, or nil where it is not on this phone.
    public func visit(_ doc: String) async throws -> VisitRecord? {
        try await worker.run { [engine] in try engine.visit(doc: doc) }
    }

    /// A grievance with its story and the steps that may be taken now, or nil where it is not on this phone.
    public func grievance(_ doc: String) async throws -> GrievanceRecord? {
        try await worker.run { [engine] in try engine.grievance(doc: doc) }
    }

    /// A page of households, by place and unit. `Rejected` with `bad_page` where the page is of another list.
    public func households(
        _ filter: ListFilter = ListFilter(),
        page: PageRequest = PageRequest()
    ) async throws -> HouseholdPage {
        try await worker.run { [engine] in try engine.households(filter: filter, page: page) }
    }

    /// A page of visits, newest first. `Rejected` with `bad_page` where the page is of another list.
    public func visits(
        _ filter: ListFilter = ListFilter(),
        page: PageRequest = PageRequest()
    ) async throws -> VisitPage {
        try await worker.run { [engine] in try engine.visits(filter: filter, page: page) }
    }

    /// A page of grievances: open ones first, by their due. `Rejected` with `bad_page` where the page is of another list.
    public func grievances(
        _ filter: ListFilter = ListFilter(),
        page: PageRequest = PageRequest()
    ) async throws -> GrievancePage {
        try await worker.run { [engine] in try engine.grievances(filter: filter, page: page) }
    }
}

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
