import Model
import Store
import Synchronization
import Systemd
import TestSupport
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(1)))
struct HousekeeperTests {
    /// Counts what it is asked, and can fail.
    private final class CountingStore: StoreAccess {
        private let store: EventStore
        private let state = Mutex((calls: 0, fails: false))

        init(_ store: EventStore) { self.store = store }

        var calls: Int { state.withLock { $0.calls } }
        func fails(_ fails: Bool) { state.withLock { $0.fails = fails } }

        func perform<Value: Sendable>(_ body: @escaping @Sendable (EventStore) throws -> Value) async throws -> Value {
            let fails = state.withLock { state in
                state.calls += 1
                return state.fails
            }
            if fails { throw StoreError.io(path: store.path, detail: "the disk is full") }
            return try body(store)
        }
    }

    @Test func `works in rounds, shows signs of life in between, and goes on after a failure`() async throws {
        let folder = try TemporaryFolder()
        let clock = SystemClock()
        let events = try EventStore(path: folder.file("test.db"), at: clock.now().wall)
        let store = CountingStore(events)
        store.fails(true)
        let recorder = Recorder()
        let announcer = Announcer(output: recorder.output, notifier: SystemdNotifier(send: nil))
        let heartbeats = Heartbeats(interval: .milliseconds(5), clock: clock)
        let housekeeper = Housekeeper(
            store: store, path: events.path, clock: clock, announcer: announcer, heartbeats: heartbeats,
            interval: .milliseconds(100))
        try await withThrowingTaskGroup { group in
            group.addTask { await housekeeper.run { Housekeeper.Rules(keep: .seconds(86_400), targets: []) } }
            try await eventually("a round that fails") { announcer.storageTrouble != nil }
            store.fails(false)
            let before = store.calls
            try await eventually("more rounds") { store.calls >= before + 3 }
            // Between two rounds of an hour, too.
            let started = clock.now().monotonic
            try await eventually("a sign of life") {
                heartbeats.silent(for: .milliseconds(50)).contains(.housekeeping) == false
                    && clock.now().monotonic.since(started) > .milliseconds(80)
            }
            group.cancelAll()
        }
        try events.close()
    }
}
