import Dispatch
import Foundation

/// The engine as an app embeds it: one member's records on this phone.
///
/// ```swift
/// let client = try await DoorstepClient.open(
///     folder: folder, language: .chinese, deviceKey: SecureEnclaveDeviceKey(folder: folder))
/// try await client.acceptInvitation("doorstep:1:…")
/// try await client.sync()
///
/// let today = try await client.today()
/// ```
///
/// Every verb runs off the main actor, one after the other in the order in which they were asked: the engine
/// has one lock, so a second thread would only wait. A write returns when it is durable on this phone and never
/// touches the network. What is thrown is always a ``DoorstepError``.
///
/// One client for each folder; keep it as long as the app lives, or ``close()`` it.
public final class DoorstepClient: Sendable {
    let engine: Doorstep
    let worker: Worker
    let hub: ChangeHub
    private let listening: Listening

    private init(engine: Doorstep, worker: Worker, hub: ChangeHub, listening: Listening) {
        self.engine = engine
        self.worker = worker
        self.hub = hub
        self.listening = listening
    }

    deinit {
        hub.finish()
    }

    /// Opens the files in `folder`, or makes them. Nothing is sent.
    ///
    /// The folder is kept out of backups: its key never leaves this phone, so a copy elsewhere could not go on.
    /// Keep it out of an app group too, since the system ends an app that is suspended while it holds a lock in one.
    ///
    /// - Parameters:
    ///   - folder: One for each member and device key, for instance in `.applicationSupportDirectory`.
    ///   - language: The language of texts.
    ///   - deviceKey: Signs for this phone, ``SecureEnclaveDeviceKey`` for instance.
    ///   - storeKey: Opens the files where they are encrypted, ``KeychainStoreKey`` for instance.
    /// - Throws: `Rejected` with `in_use`, `other_device`, `key_locked`; `Outdated`, `StorageFull`, `Damaged`.
    public static func open(
        folder: URL,
        language: Language,
        deviceKey: any DeviceKey,
        storeKey: (any StoreKey)? = nil
    ) async throws -> DoorstepClient {
        let worker = Worker(language: language)
        return try await worker.run {
            prepare(folder)
            let engine = try Doorstep.open(
                settings: Settings(folder: folder.path, language: language),
                deviceKey: deviceKey,
                storeKey: storeKey
            )
            let hub = ChangeHub()
            let listening = try engine.listen(listener: hub)
            return DoorstepClient(engine: engine, worker: worker, hub: hub, listening: listening)
        }
    }

    /// Cancels syncs, ends every stream of ``changes`` and every live list and closes the files, after what was asked
    /// before. Every later call throws `Rejected` with `closed`; closing again does nothing.
    public func close() async {
        await worker.finish { [engine, hub, listening] in
            engine.shutDown()
            listening.stop()
            hub.finish()
        }
    }

    /// What changed from now on; each use is a stream of its own.
    ///
    /// ```swift
    /// for await changes in client.changes where changes.arrived.contains(shown) { await readAgain() }
    /// ```
    ///
    /// Who reads slowly misses nothing: what happened since the last reading comes as one, each document once.
    /// The stream ends with ``close()``.
    public var changes: AsyncStream<Changes> {
        hub.stream()
    }

    /// The language of all texts from now on. Every stream of ``changes`` says so, as `roster` and `status`.
    public func setLanguage(_ language: Language) async {
        worker.speak(language)
        await worker.finish { [engine, hub] in
            engine.setLanguage(language: language)
            hub.retold()
        }
    }

    /// Takes an invitation, as it stands in the QR code. The next ``sync(_:)`` enrols.
    ///
    /// - Throws: `Rejected` with `bad_invitation`, `other_realm`.
    public func acceptInvitation(_ text: String) async throws {
        try await worker.run { [engine] in try engine.acceptInvitation(text: text) }
    }

    /// Meets the relay: hands in what waits, takes what came, enrols where that is still to be done.
    ///
    /// Cancelling the task ends the meeting at once, and the report says `left == .cancelled`; what had been exchanged
    /// by then stays. So a background task may simply cancel it when its time is up.
    ///
    /// - Throws: `Unreachable` without signal, which is no failure: everything goes out later. `NotAdmitted`
    ///   before enrolment; with `waiting_for_confirmation` its `digits` are to be compared. `Outdated`.
    @discardableResult
    public func sync(_ budget: SyncBudget = SyncBudget()) async throws -> SyncReport {
        let handle = try await worker.run { [engine] in try engine.sync(budget: budget) }
        // The handle's future goes on when its task is cancelled: the handle has to be told.
        return try await withTaskCancellationHandler {
            do {
                return try await handle.report()
            } catch {
                throw worker.typed(error)
            }
        } onCancel: {
            handle.cancel()
        }
    }

    /// A person has looked at this alarm.
    public func clearAlarm(_ number: Int64) async throws {
        try await worker.run { [engine] in try engine.clearAlarm(number: number) }
    }

    /// Fails as a bug would, so that you see what it looks like in the app: `Damaged` with `bug`. The engine goes on.
    public func rehearseBug() async throws {
        try await worker.run { [engine] in try engine.rehearseBug() }
    }
}

/// Makes the folder and keeps it out of backups. Where that fails the engine says better why, and a copy of the
/// files on another phone is refused by its key.
private func prepare(_ folder: URL) {
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    #if canImport(Darwin)
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        var folder = folder
        try? folder.setResourceValues(values)
        // Readable from the first unlock after a start, so that a sync in the background works.
        #if !os(macOS)
            try? FileManager.default.setAttributes(
                [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication],
                ofItemAtPath: folder.path
            )
        #endif
    #endif
}
