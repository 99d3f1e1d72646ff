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

    /// The words of every enumeration, in the language that was set: read once for each language.
    public func terms() async throws -> Terms {
        try await worker.run { [engine] in try engine.terms() }
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

    /// A page of grievances: open ones first, by their due. `Rejected` with `bad_page` where it is of another list.
    public func grievances(
        _ filter: ListFilter = ListFilter(),
        page: PageRequest = PageRequest()
    ) async throws -> GrievancePage {
        try await worker.run { [engine] in try engine.grievances(filter: filter, page: page) }
    }

    /// A page of meetings, newest first. `Rejected` with `bad_page` where the page is of another list.
    public func meetings(
        _ filter: ListFilter = ListFilter(),
        page: PageRequest = PageRequest()
    ) async throws -> MeetingPage {
        try await worker.run { [engine] in try engine.meetings(filter: filter, page: page) }
    }

    /// A meeting of a block council, or nil where it is not on this phone.
    public func meeting(_ doc: String) async throws -> MeetingRecord? {
        try await worker.run { [engine] in try engine.meeting(doc: doc) }
    }

    /// An item of a meeting with the grievances that it names and what "resolved" would do in each, or nil where it is
    /// not on this phone. It carries the id of the act that ``settleItem(_:)`` makes.
    public func councilItem(_ meeting: String, _ item: String) async throws -> ItemRecord? {
        try await worker.run { [engine] in try engine.councilItem(meeting: meeting, item: item) }
    }

    /// All that was written of a household, of its visits and of what it reported, newest first; nil where it is not
    /// on this phone.
    public func householdStory(_ doc: String) async throws -> HouseholdStory? {
        try await worker.run { [engine] in try engine.householdStory(doc: doc) }
    }

    /// Everything on this phone in which each of these words stands, parts of words and Chinese words of two characters
    /// too. At most `limit` lines, 1 to 200; 0 = 200.
    public func search(_ text: String, limit: Int32 = 0) async throws -> Found {
        try await worker.run { [engine] in try engine.search(text: text, limit: limit) }
    }

    /// A telephone number, whole: `event` is that of the line that shows it masked. Who opened it is not written down
    /// yet. `Rejected` with `look_again` where the household is not on this phone, or the number was replaced.
    public func openPhone(_ doc: String, _ event: String) async throws -> String {
        try await worker.run { [engine] in try engine.openPhone(doc: doc, event: event) }
    }
}
