import Foundation

/// Hands the engine's changes to every stream of them.
///
/// It keeps streams weakly: one that nobody reads any longer goes by itself.
final class ChangeHub: ChangeListener, @unchecked Sendable {
    private struct Reader {
        weak var mailbox: ChangeMailbox?
    }

    private let lock = NSLock()
    private var readers: [Reader] = []
    private var finished = false

    func stream() -> AsyncStream<Changes> {
        let mailbox = mailbox()
        return AsyncStream {
            await mailbox.next()
        } onCancel: {
            mailbox.finish()
        }
    }

    /// Hears every change from now on, for as long as it is held.
    func mailbox() -> ChangeMailbox {
        let mailbox = ChangeMailbox()
        lock.lock()
        defer { lock.unlock() }
        readers.removeAll { $0.mailbox == nil }
        if finished {
            mailbox.finish()
        } else {
            readers.append(Reader(mailbox: mailbox))
        }
        return mailbox
    }

    func changed(changes: Changes) {
        for mailbox in mailboxes() {
            mailbox.add(changes)
        }
    }

    /// Every text says something else: all that is shown is to be read again.
    func retold() {
        changed(changes: Changes(saved: [], arrived: [], answered: [], roster: true, status: true))
    }

    /// Ends all streams, when they have given what they hold.
    func finish() {
        lock.lock()
        finished = true
        lock.unlock()
        for mailbox in mailboxes() {
            mailbox.finish()
        }
    }

    /// How many streams are still read.
    var readerCount: Int {
        mailboxes().count
    }

    private func mailboxes() -> [ChangeMailbox] {
        lock.lock()
        defer { lock.unlock() }
        return readers.compactMap(\.mailbox)
    }
}

/// What one reader has not read yet, as one: so it holds at most each document of this phone once a list, however
/// long nobody reads.
final class ChangeMailbox: @unchecked Sendable {
    private let lock = NSLock()
    private var waiting = MergedChanges()
    // Says only that something waits: one unheard ring is as good as many.
    private let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    init() {
        (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ changes: Changes) {
        lock.lock()
        waiting.add(changes)
        lock.unlock()
        ring.yield()
    }

    func finish() {
        ring.finish()
    }

    /// All that waits, or the next that comes; nil = no more will come.
    func next() async -> Changes? {
        for await _ in bell {
            if let changes = take() {
                return changes
            }
        }
        return take()
    }

    private func take() -> Changes? {
        lock.lock()
        defer { lock.unlock() }
        defer { waiting = MergedChanges() }
        return waiting.changes
    }
}

/// Several changes as one: each document once, in the order of its first.
struct MergedChanges {
    private var saved = OrderedIds()
    private var arrived = OrderedIds()
    private var answered = OrderedIds()
    private var roster = false
    private var status = false

    mutating func add(_ changes: Changes) {
        saved.add(changes.saved)
        arrived.add(changes.arrived)
        answered.add(changes.answered)
        roster = roster || changes.roster
        status = status || changes.status
    }

    /// All of them; nil = there was none.
    var changes: Changes? {
        let ids = saved.list.count + arrived.list.count + answered.list.count
        guard ids > 0 || roster || status else { return nil }
        return Changes(
            saved: saved.list,
            arrived: arrived.list,
            answered: answered.list,
            roster: roster,
            status: status
        )
    }
}

private struct OrderedIds {
    private(set) var list: [String] = []
    private var known: Set<String> = []

    mutating func add(_ ids: [String]) {
        for id in ids where known.insert(id).inserted {
            list.append(id)
        }
    }
}
