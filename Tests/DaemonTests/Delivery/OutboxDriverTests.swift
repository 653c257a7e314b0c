import Alerts
import Daemon
import Model
import Store
import Synchronization
import Systemd
import TestSupport
import Testing

/// What the driver makes of a disk that does not take the outcome of an attempt.
struct OutboxDriverTests {
    @Test func `an attempt whose outcome cannot be stored is not made again, and its outcome is kept`() async throws {
        let world = try World()
        let starts = await world.driver.takeDue()
        #expect(starts.map(\.target) == ["hook"])
        let start = try #require(starts.first)

        world.disk.fails(true)
        await world.driver.settle([
            FinishedAttempt(
                start, startedAt: world.clock.now().wall, duration: .milliseconds(20),
                verdict: Verdict(.tryAgain(retryAfter: .seconds(600)), code: "HTTP 503", reason: "busy"))
        ])
        for _ in 0..<20 {
            world.clock.advance(by: .seconds(1))
            #expect(await world.driver.takeDue().isEmpty)
        }
        #expect(world.driver.isSending)

        world.disk.fails(false)
        let wake = try #require(world.driver.nextWake())
        #expect(wake <= world.clock.now().monotonic.advanced(by: .seconds(1)))
        world.clock.advance(by: .seconds(1))
        #expect(await world.driver.takeDue().isEmpty)
        #expect(!world.driver.isSending)

        let next = try world.store.nextAttemptTime(for: "hook")
        #expect(try #require(next) >= Timestamp(milliseconds: 1_795_507_200_000).advanced(by: .seconds(600)))
        world.clock.advance(by: .seconds(3600))
        #expect(await world.driver.takeDue().first?.alerts.first?.attempts == 1)
    }

    /// A database with one alert that is due, and a driver for its target.
    private struct World {
        let folder: TemporaryFolder
        let clock = ManualClock()
        let store: EventStore
        let disk: FailingDisk
        let driver: OutboxDriver

        init() throws {
            folder = try TemporaryFolder()
            store = try EventStore(path: folder.file("test.db"), at: clock.now().wall)
            let event = Event(
                kind: .failed, cluster: ClusterID("pm-1"), account: "default", region: "cn-beijing", from: .activation,
                to: .failed, observedAt: clock.now().wall)
            _ = try store.record(
                Recording(events: [RoutedEvent(event: event, targets: ["hook"])]), at: clock.now().wall)
            disk = FailingDisk(store)
            driver = OutboxDriver(
                outbox: Outbox(plans: [TargetPlan(name: "hook")], at: clock.now().wall),
                routes: EventRouting { _ in [] },
                store: disk,
                announcer: Announcer(
                    output: .text(TextLog(descriptor: -1)), notifier: SystemdNotifier(send: nil)),
                clock: clock, random: SystemRandomNumberGenerator())
        }
    }
}

/// Stands where it is put.
private final class ManualClock: TimeSource {
    private let elapsed = Mutex(Duration.zero)

    func advance(by duration: Duration) {
        elapsed.withLock { $0 += duration }
    }

    func now() -> Moment {
        let elapsed = elapsed.withLock { $0 }
        return Moment(
            monotonic: MonotonicInstant(nanoseconds: 0).advanced(by: elapsed),
            wall: Timestamp(milliseconds: 1_795_507_200_000).advanced(by: elapsed))
    }
}

/// The real database behind a disk that can be full.
private final class FailingDisk: StoreAccess {
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
