import Glibc
import Model
import Store
import Synchronization
import Systemd
import TestSupport
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(10)))
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

    @Test func `a log that an old reader makes grow is reported once, with how to find the reader`() async throws {
        let folder = try TemporaryFolder()
        let clock = SystemClock()
        let events = try EventStore(path: folder.file("test.db"), at: clock.now().wall)
        let recorder = Recorder()
        let announcer = Announcer(output: recorder.output, notifier: SystemdNotifier(send: nil))
        // Of another database, so that its log can be made large without gigabytes of events.
        let path = folder.file("other.db")
        let log = try folder.write("other.db-wal", "")
        func grow(to size: Int64) { #expect(truncate(log, off_t(size)) == 0) }
        grow(to: LogSize.limit * 2)
        let store = CountingStore(events)
        let housekeeper = Housekeeper(
            store: store, path: path, clock: clock, announcer: announcer,
            heartbeats: Heartbeats(interval: .milliseconds(5), clock: clock), interval: .milliseconds(20))
        try await withThrowingTaskGroup { group in
            group.addTask { await housekeeper.run { Housekeeper.Rules(keep: nil, targets: []) } }
            func awaitRounds() async throws {
                let before = store.calls
                try await eventually("rounds") { store.calls >= before + 12 }
            }
            try await awaitRounds()
            for size in [LogSize.limit * 2 + 1, LogSize.limit * 3, 0, LogSize.limit * 5] {
                grow(to: size)
                try await awaitRounds()
            }
            group.cancelAll()
        }
        let reports = try recorder.log().filter { $0.contains("other.db-wal has grown to") }
        #expect(reports.count == 2, "once, and once more after it had been cut: \(reports)")
        #expect(reports.last?.contains("320 MB") == true && reports.last?.contains("fuser -v \(path)") == true)
        try events.close()
    }

    @Test func `what a host has just begun with is not ended before the list of hosts can name it`() async throws {
        let folder = try TemporaryFolder()
        let clock = SystemClock()
        let events = try EventStore(path: folder.file("test.db"), at: clock.now().wall)
        let store = CountingStore(events)
        let (named, new) = (
            AccountRegion(account: "a", region: "cn-beijing"), AccountRegion(account: "b", region: "cn-beijing")
        )
        let recorder = Recorder()
        let announcer = Announcer(output: recorder.output, notifier: SystemdNotifier(send: nil))
        let housekeeper = Housekeeper(
            store: store, path: events.path, clock: clock, announcer: announcer,
            heartbeats: Heartbeats(interval: .milliseconds(5), clock: clock), interval: .milliseconds(20))
        let entry = ClusterEntry(id: ClusterID("pm-1"), name: nil, scope: new, instance: nil)
        try events.watch([entry], within: [new], at: clock.now().wall)
        let looks = Looks()
        try await withThrowingTaskGroup { group in
            group.addTask {
                await housekeeper.run {
                    let isNamed = looks.isNamed()
                    return Housekeeper.Rules(keep: nil, targets: [], scopes: isNamed ? [named, new] : [named])
                }
            }
            try await eventually("some looks") { looks.count > 5 }
            #expect(try events.loadWatched().map(\.id.rawValue) == ["pm-1"])
            looks.end()
            try await eventually("the end of its watching") { try events.loadWatched().isEmpty }
            group.cancelAll()
        }
        withExtendedLifetime(recorder) {}
        try events.close()
    }
}

/// What the list of hosts says from look to look: the first one goes by a list from before.
private final class Looks: Sendable {
    private let state = Mutex((count: 0, isOver: false))

    var count: Int { state.withLock { $0.count } }

    func isNamed() -> Bool {
        state.withLock { state in
            state.count += 1
            return state.count > 1 && !state.isOver
        }
    }

    func end() {
        state.withLock { $0.isOver = true }
    }
}
