/// Lists that follow what changes. At most 16 are read at once; the next throws `Rejected` with `too_many_lists`.
extension DoorstepClient {
    /// The first grievances of a list: open ones first, by their due. At most `limit`, 1 to 200; 0 = 200.
    public func liveGrievances(
        _ filter: ListFilter = ListFilter(),
        limit: Int32 = 0
    ) -> LiveRows<GrievanceLine> {
        LiveRows(hub: hub, worker: worker) { [engine] in
            let list = try engine.liveGrievances(filter: filter, limit: limit)
            return OpenRows(
                lines: { try list.lines() },
                refresh: { try !list.refresh().isEmpty },
                stop: { list.stop() }
            )
        }
    }

    /// The first households of a list, by place and unit. At most `limit`, 1 to 200; 0 = 200.
    public func liveHouseholds(
        _ filter: ListFilter = ListFilter(),
        limit: Int32 = 0
    ) -> LiveRows<HouseholdLine> {
        LiveRows(hub: hub, worker: worker) { [engine] in
            let list = try engine.liveHouseholds(filter: filter, limit: limit)
            return OpenRows(
                lines: { try list.lines() },
                refresh: { try !list.refresh().isEmpty },
                stop: { list.stop() }
            )
        }
    }

    /// The first visits of a list, newest first. At most `limit`, 1 to 200; 0 = 200.
    public func liveVisits(
        _ filter: ListFilter = ListFilter(),
        limit: Int32 = 0
    ) -> LiveRows<VisitLine> {
        LiveRows(hub: hub, worker: worker) { [engine] in
            let list = try engine.liveVisits(filter: filter, limit: limit)
            return OpenRows(
                lines: { try list.lines() },
                refresh: { try !list.refresh().isEmpty },
                stop: { list.stop() }
            )
        }
    }
}

/// The rows of a list: those that are here at once, then all of them again whenever one changed.
///
/// ```swift
/// .task {
///     do {
///         for try await rows in client.liveGrievances(ListFilter(open: true)) { self.rows = rows }
///     } catch { show(error) }
/// }
/// ```
///
/// Several changes that came while nobody asked are one. The list is let go when its task is cancelled, when the loop
/// is left, and with ``DoorstepClient/close()``, which ends it without an error. Each loop reads a list of its own.
public struct LiveRows<Line: Equatable & Sendable>: AsyncSequence, Sendable {
    public typealias Element = [Line]

    let hub: ChangeHub
    let worker: Worker
    let open: @Sendable () throws -> OpenRows<Line>

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(reading: LiveReading(self))
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        let reading: LiveReading<Line>

        public mutating func next() async throws -> [Line]? {
            try await reading.next()
        }
    }
}

/// A list of the engine while it is open.
struct OpenRows<Line: Sendable>: Sendable {
    let lines: @Sendable () throws -> [Line]
    /// Looks again, and says whether a row changed.
    let refresh: @Sendable () throws -> Bool
    let stop: @Sendable () -> Void
}

/// One reader of a list, from its first row until nobody holds it.
final class LiveReading<Line: Equatable & Sendable> {
    private let rows: LiveRows<Line>
    // Before the list is opened, so that nothing falls between its first rows and the listening.
    private let mailbox: ChangeMailbox
    private var list: OpenRows<Line>?
    private var shown: [Line] = []
    private var ended = false

    init(_ rows: LiveRows<Line>) {
        self.rows = rows
        mailbox = rows.hub.mailbox()
    }

    deinit {
        list?.stop()
    }

    func next() async throws -> [Line]? {
        do {
            guard let lines = try await read() else {
                end()
                return nil
            }
            shown = lines
            return lines
        } catch {
            end()
            throw error
        }
    }

    private func read() async throws -> [Line]? {
        guard !ended, !Task.isCancelled else { return nil }
        guard let list else { return try await begin() }
        while let changes = await mailbox.next(), !Task.isCancelled {
            if let lines = try await again(list, all: changes.roster), lines != shown {
                return lines
            }
        }
        return nil
    }

    private func begin() async throws -> [Line] {
        let (opened, lines) = try await rows.worker.run { [open = rows.open] in
            let list = try open()
            return (list, try list.lines())
        }
        list = opened
        return lines
    }

    /// The rows as they are now, where one changed or `all` may say something else; an empty mailbox is what ends a
    /// list that was closed.
    private func again(_ list: OpenRows<Line>, all: Bool) async throws -> [Line]? {
        do {
            return try await rows.worker.run {
                let changed = try list.refresh()
                return changed || all ? try list.lines() : nil
            }
        } catch let error as DoorstepError where error.code == "closed" {
            return nil
        }
    }

    private func end() {
        ended = true
        list?.stop()
        list = nil
    }
}
