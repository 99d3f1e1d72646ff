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
