import Alerts
import Daemon
import Model
import Store
import Synchronization
import Systemd
import TestSupport
import Testing

/// Ten thousand alerts that wait, as after a day on which a receiver was down: the real database and the real driver, on a
/// clock that is set.
@Suite(.timeLimit(.minutes(10)))
struct DeepQueueTests {
    /// For the chat, which gets digests.
    private static let waiting = 10_000
    /// For the webhook, which gets each by itself.
    private static let single = 2_000
    private static let clusters = 250
    private static let begin = Timestamp(milliseconds: 1_795_507_200_000)

    private static let hook = TargetPlan(name: "hook", concurrency: 4)
    private static let chat = TargetPlan(
        name: "chat", pace: Pace(RateLimit(count: 18, per: .seconds(60)), burst: 6), digestCapacity: 50)

    /// A database in which they wait.
    private static func fill(_ path: String) throws -> EventStore {
        let store = try EventStore(path: path, at: begin, durability: .none)
        for part in 0..<10 {
            let events = (0..<waiting / 10).map { number -> RoutedEvent in
                let index = part * (waiting / 10) + number
                return RoutedEvent(
                    event: Event(
                        kind: index % 7 == 0 ? .failed : .completed, cluster: ClusterID("pm-\(index % clusters)"),
                        name: "task \(index % clusters)", account: "default", region: "cn-beijing", from: .activation,
                        to: .completed, observedAt: begin.advanced(by: .milliseconds(Int64(index)))),
                    targets: index < single ? ["hook", "chat"] : ["chat"])
            }
            _ = try store.record(Recording(events: events), at: begin.advanced(by: .seconds(Int64(part))))
        }
        return store
    }

    @Test func `it holds few of them in memory, and drains in order within the rate`() async throws {
        let folder = try TemporaryFolder()
        try Self.fill(folder.file("deep.db")).close()

        let clock = SetClock(Self.begin.advanced(by: .seconds(60)))
        let store = try EventStore(path: folder.file("deep.db"), at: clock.now().wall, durability: .none)
        let records = try store.loadTargets()
        #expect(try store.alertCounts() == AlertCounts(pending: Self.waiting + Self.single, dead: 0))
        let watched = WatchedStore(store)
        let driver = OutboxDriver(
            outbox: Outbox(plans: [Self.hook, Self.chat], records: records, at: clock.now().wall),
            routes: EventRouting { _ in [] }, store: watched,
            announcer: Announcer(output: .text(TextLog(descriptor: -1)), notifier: SystemdNotifier(send: nil)),
            clock: clock, random: SystemRandomNumberGenerator())
        var starts = await driver.takeDue()
        #expect(!starts.isEmpty)

        var sent: [String: [(at: Timestamp, seqs: [Int64])]] = [:]
        var lastOfCluster: [String: Int64] = [:]
        var turns = 0
        while true {
            turns += 1
            try #require(turns < 100_000, "it does not come to an end")
            let now = clock.now().wall
            for start in starts {
                sent[start.target, default: []].append((now, start.alerts.map(\.event.seq)))
                for alert in start.alerts {
                    let line = "\(start.target) \(alert.event.event.cluster?.rawValue ?? "")"
                    #expect(lastOfCluster[line] ?? 0 < alert.event.seq, "\(line) is out of order")
                    lastOfCluster[line] = alert.event.seq
                }
            }
            clock.advance(by: .milliseconds(50))
            await driver.settle(
                starts.map {
                    FinishedAttempt($0, startedAt: now, duration: .milliseconds(50), verdict: Verdict(.delivered))
                })
            starts = await driver.takeDue()
            guard starts.isEmpty else { continue }
            guard let next = driver.nextWake() else { break }
            clock.set(next)
            starts = await driver.takeDue()
        }

        #expect(try store.alertCounts() == AlertCounts(pending: 0, dead: 0))
        for plan in [Self.hook, Self.chat] {
            let requests = try #require(sent[plan.name])
            let reported = requests.flatMap(\.seqs)
            #expect(reported.count == (plan.name == "hook" ? Self.single : Self.waiting))
            #expect(Set(reported).count == reported.count)
            guard let limit = plan.pace?.limit else { continue }
            for (index, first) in requests.enumerated() where index + limit.count < requests.count {
                let span = requests[index + limit.count].at.since(first.at)
                #expect(span >= limit.period, "\(plan.name) has more than \(limit.count) in \(span)")
            }
        }
        // A chat gets digests of fifty, but for what a minute lets through at the end.
        #expect(try #require(sent["chat"]).count < Self.waiting / 50 + 18)
        // What was in memory at once: a digest and a few heads of each target, not the queue.
        #expect(watched.mostAlerts <= 2 * (50 + 10))
        try store.close()
    }
}

/// Stands where it is put.
private final class SetClock: TimeSource {
    private let begin: Timestamp
    private let elapsed = Mutex(Duration.zero)

    init(_ begin: Timestamp) {
        self.begin = begin
    }

    func advance(by duration: Duration) {
        elapsed.withLock { $0 += duration }
    }

    func set(_ moment: MonotonicInstant) {
        let target = max(.zero, moment.since(MonotonicInstant(nanoseconds: 0)))
        elapsed.withLock { $0 = max($0, target) }
    }

    func now() -> Moment {
        let elapsed = elapsed.withLock { $0 }
        return Moment(
            monotonic: MonotonicInstant(nanoseconds: 0).advanced(by: elapsed), wall: begin.advanced(by: elapsed))
    }
}

/// The real database; counts what is read of its queue at once.
private final class WatchedStore: StoreAccess {
    private let store: EventStore
    private let most = Mutex(0)

    init(_ store: EventStore) {
        self.store = store
    }

    /// The most alerts that one answer held.
    var mostAlerts: Int { most.withLock { $0 } }

    func perform<Value: Sendable>(_ body: @escaping @Sendable (EventStore) throws -> Value) async throws -> Value {
        let value = try body(store)
        if let offers = value as? [Offer] {
            let count = offers.reduce(0) { $0 + $1.due.count + $1.backlog.count }
            most.withLock { $0 = max($0, count) }
        }
        return value
    }
}
