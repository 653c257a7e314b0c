import Alerts
import Daemon
import Foundation
import Glibc
import Model
import Store
import Synchronization
import Systemd
import TestSupport

/// A real database, a driver, and clocks that stand where they are put.
final class DeliveryWorld {
    static let start = Timestamp(milliseconds: 1_795_507_200_000)

    let folder: TemporaryFolder
    let clock = ManualClock()
    let store: EventStore
    let disk: FailingDisk
    let journal: JournalFile
    private(set) var driver: OutboxDriver
    let figures = DaemonFigures()
    /// Where events of targets go.
    let routes: EventRouting
    private let isAlone: Bool

    /// - Parameter isAlone: whether no other host serves targets.
    init(
        _ plans: [TargetPlan] = [TargetPlan(name: "hook")], lastSeen: Timestamp? = nil, routes: [String] = [],
        isAlone: Bool = true
    ) throws {
        folder = try TemporaryFolder()
        store = try EventStore(path: folder.file("test.db"), at: clock.now().wall)
        disk = FailingDisk(store)
        journal = try JournalFile(folder.file("journal"))
        self.routes = EventRouting { event in routes.filter { $0 != event.target } }
        self.isAlone = isAlone
        driver = Self.driver(
            plans, self.routes, disk, journal, figures, clock, isAlone: isAlone, records: [], lastSeen: lastSeen)
    }

    /// A new process on the same database.
    ///
    /// - Parameter lastSeen: nil: as the database says.
    func restart(_ plans: [TargetPlan], lastSeen: Timestamp? = nil) throws {
        driver = Self.driver(
            plans, routes, disk, journal, figures, clock, isAlone: isAlone, records: try store.loadTargets(),
            lastSeen: try lastSeen ?? store.lastSeen(), clockSteps: try store.clockSteps())
    }

    private static func driver(
        _ plans: [TargetPlan], _ routes: EventRouting, _ disk: FailingDisk, _ journal: JournalFile,
        _ figures: DaemonFigures, _ clock: ManualClock, isAlone: Bool,
        records: [TargetRecord], lastSeen: Timestamp?, clockSteps: [ClockStep] = []
    ) -> OutboxDriver {
        OutboxDriver(
            outbox: Outbox(plans: plans, records: records, at: clock.now().wall), routes: routes, store: disk,
            announcer: Announcer(output: journal.output, notifier: SystemdNotifier(send: nil), figures: figures),
            clock: clock, random: SeededGenerator(seed: 7), isAlone: isAlone, lastSeen: lastSeen,
            clockSteps: clockSteps)
    }

    /// - Returns: its number.
    @discardableResult
    func record(_ event: Event, for targets: [String] = ["hook"]) throws -> Int64 {
        let stored = try store.record(
            Recording(events: [RoutedEvent(event: event, targets: targets)]), at: clock.now().wall)
        driver.wake(Set(targets))
        return stored[0].seq
    }

    @discardableResult
    func record(_ kind: EventKind, of cluster: String, sighting: Sighting = .observed, for targets: [String] = ["hook"])
        throws -> Int64
    {
        try record(
            Event(
                kind: kind, cluster: ClusterID(cluster), account: "default", region: "cn-beijing",
                from: sighting == .firstSeen ? nil : .activation, to: .failed, sighting: sighting,
                observedAt: clock.now().wall),
            for: targets)
    }

    func finish(_ start: Start, _ outcome: DeliveryOutcome, reason: String? = nil, newChatID: String? = nil) async {
        await driver.settle([
            FinishedAttempt(
                start, startedAt: clock.now().wall, duration: .milliseconds(20),
                verdict: Verdict(outcome, code: "test", reason: reason, newChatID: newChatID))
        ])
    }

    func alert(_ seq: Int64, _ target: String = "hook") throws -> AlertRow? {
        try HistoryReader(path: store.path).alerts(ofEvent: seq).first { $0.target == target }
    }
}

/// A text log that can be read.
final class JournalFile {
    let output: LogOutput
    private let descriptor: Int32
    private let path: String

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        output = .text(TextLog(descriptor: descriptor))
    }

    deinit { close(descriptor) }

    var text: String {
        output.flush(within: .seconds(5))
        return (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}

/// Stands where it is put; the wall clock can be stepped by itself.
final class ManualClock: TimeSource {
    private let state = Mutex((elapsed: Duration.zero, ahead: Duration.zero))

    func advance(by duration: Duration) {
        state.withLock { $0.elapsed += duration }
    }

    func step(by duration: Duration) {
        state.withLock { $0.ahead += duration }
    }

    func now() -> Moment {
        let (elapsed, ahead) = state.withLock { $0 }
        return Moment(
            monotonic: MonotonicInstant(nanoseconds: 0).advanced(by: elapsed),
            wall: DeliveryWorld.start.advanced(by: elapsed + ahead))
    }
}

/// The real database behind a disk that can be full.
final class FailingDisk: StoreAccess {
    private let store: EventStore
    private let isFull = Mutex(false)

    init(_ store: EventStore) {
        self.store = store
    }

    func fails(_ fails: Bool) {
        isFull.withLock { $0 = fails }
    }

    func perform<Value: Sendable>(_ body: @escaping @Sendable (EventStore) throws -> Value) async throws -> Value {
        if isFull.withLock({ $0 }) { throw StoreError.io(path: store.path, detail: "the disk is full") }
        return try body(store)
    }
}
