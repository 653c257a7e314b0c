import Alerts
import Glibc
import HTTPTransport
import Model
import Store
import Systemd
import TestSupport
import Testing

@testable import Daemon

/// Alertmanager forgets, and ends what nobody repeats: what the daemon does about it, with the real loops, the real
/// database and HTTP, against two replicas of the simulator.
@Suite(.timeLimit(.minutes(10)))
struct FiringLoopTests {
    private static let scenario =
        #"{"robots": [{"service": "alertmanager", "token": "a"}, {"service": "alertmanager", "token": "b"}]}"#

    @Test func `a failure fires at every replica, also after they forgot it, until its end is reported`() async throws {
        var simulator = try await Simulator(scenario: Self.scenario)
        let port = simulator.httpPort
        let world = try World(port: port)
        try await world.running { world in
            try await world.record(.failed)
            try await simulator.awaitState("active", at: "a")
            try await simulator.awaitState("active", at: "b")

            // Both are restarted. A new simulator knows no alert: what it has then, the daemon repeated.
            try await simulator.program.stop()
            simulator = try await Simulator(scenario: Self.scenario, httpPort: port)
            try await simulator.awaitState("active", at: "a")
            try await simulator.awaitState("active", at: "b")
            let end = try await simulator.alerts(at: "a").first?["endsAt"]?.stringValue.flatMap {
                Timestamp(rfc3339: $0)
            }
            let left = try #require(end).since(SystemClock().now().wall)
            #expect(left > .seconds(3500) && left <= .seconds(3600))

            try await world.record(.restarted)
            try await simulator.awaitState("resolved", at: "a")
            try await simulator.awaitState("resolved", at: "b")

            // The end, too, is sent to one that has forgotten it, or it would fire on where a replica kept it.
            try await simulator.program.stop()
            simulator = try await Simulator(scenario: Self.scenario, httpPort: port)
            try await simulator.awaitState("resolved", at: "a")
        }
    }

    @Test func `a restarted daemon goes on repeating what the one before had delivered`() async throws {
        let simulator = try await Simulator(scenario: Self.scenario)
        let folder = try TemporaryFolder()
        let first = try World(port: simulator.httpPort, folder: folder)
        try await first.running { world in
            try await world.record(.failed)
            try await simulator.awaitState("active", at: "a")
        }
        try await first.close()
        let before = try await simulator.deliveries().count

        let second = try World(port: simulator.httpPort, folder: folder)
        try await second.running { _ in
            try await eventually("a repetition by the second daemon") {
                try await simulator.deliveries().count >= before + 4
            }
        }
        #expect(try await simulator.alerts(at: "b").count == 1)
    }

    @Test func `a replica that takes nothing is reported once, and so is its return`() async throws {
        let simulator = try await Simulator(scenario: Self.scenario)
        let world = try World(port: simulator.httpPort)
        try await world.running { world in
            try await world.record(.failed)
            try await simulator.awaitState("active", at: "a")
            try await simulator.setRobot(
                #"{"service": "alertmanager", "token": "b", "plan": [{"failure": "server", "times": 6}]}"#)
            try await eventually("the return of the replica in the log") {
                world.log.contains("it accepts the alerts that keep firing")
            }
            #expect(
                world.log.split(separator: "\n").count {
                    $0.contains("did not accept the repeats of firing alerts")
                } == 1)
            #expect(world.log.contains("Alertmanager target am did not accept"))
        }
    }

    @Test func `a replica that is down keeps nothing from the other, and gets the end later`() async throws {
        let simulator = try await Simulator(scenario: Self.scenario)
        let world = try World(port: simulator.httpPort)
        try await world.running { world in
            for failure in ["http_503", "unknown_token"] {
                try await simulator.setRobot(
                    #"{"service": "alertmanager", "token": "b", "plan": [{"failure": "\#(failure)"}]}"#)
                try await world.record(.failed)
                try await simulator.awaitState("active", at: "a")
                try await world.awaitDelivery()
                // The next alert of the task does not wait for the other replica.
                try await world.record(.restarted)
                try await simulator.awaitState("resolved", at: "a")
                try await world.awaitDelivery()
                try await eventually("the replica that is down in the log") {
                    world.log.contains("Alertmanager target am did not accept")
                }
            }
            try await simulator.setRobot(#"{"service": "alertmanager", "token": "b"}"#)
            try await simulator.awaitState("resolved", at: "b")
        }
    }

    @Test func `a stop does not wait for a replica that never answers`() async throws {
        let simulator = try await Simulator(scenario: Self.scenario)
        let world = try World(port: simulator.httpPort)
        let clock = ContinuousClock()
        var stopped = clock.now
        try await world.running { world in
            try await world.record(.failed)
            try await simulator.awaitState("active", at: "a")
            let before = try await simulator.deliveries().count
            try await simulator.setRobot(#"{"service": "alertmanager", "token": "b", "plan": [{"failure": "mute"}]}"#)
            try await eventually("a repetition under way") { try await simulator.deliveries().count >= before + 2 }
            stopped = clock.now
        }
        #expect(clock.now - stopped < .seconds(8), "the call itself would end after 10 s")
    }

    @Test func `a target that a reload takes away is repeated to no more`() async throws {
        let simulator = try await Simulator(scenario: Self.scenario)
        let world = try World(port: simulator.httpPort)
        try await world.running { world in
            try await world.record(.failed)
            let before = try await simulator.deliveries().count
            try await eventually("repetitions") { try await simulator.deliveries().count >= before + 4 }
            let seen = try await world.countReminders(after: FiringPlan(holds: [:]) { _, _ in nil })
            #expect(seen == 0)
        }
    }
}

/// The two loops of one daemon, and its database.
private final class World: Sendable {
    private static let hold = Duration.seconds(3600)
    private static let cluster = ClusterID("pm-2ze9examp1e00001")

    private let folder: TemporaryFolder
    private let store: StoreQueue
    private let delivery: DeliveryLoop
    private let firing: FiringLoop
    private let client = CurlClient(userAgent: "test")
    private let clock = SystemClock()
    private let logFile: Int32
    private let output: LogOutput

    init(port: Int, folder: TemporaryFolder? = nil) throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        let clock = SystemClock()
        store = StoreQueue(try EventStore(path: folder.file("test.db"), at: clock.now().wall))
        logFile = open(folder.file("log"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
        output = .text(TextLog(descriptor: logFile))
        let announcer = Announcer(output: output, notifier: SystemdNotifier(send: nil))

        var options = TargetOptions()
        options.hold = Self.hold
        let target = TargetSettings(
            name: "am", kind: .alertmanager,
            urls: ["a", "b"].map { Secret(.literal("http://127.0.0.1:\(port)/robot/alertmanager/\($0)")) },
            delivery: DeliverySettings(retry: [.milliseconds(200)]), options: options)
        let read: SecretReader = { if case .literal(let text) = $0.source { text } else { "" } }
        let sender = Sender(client: client, read: read) { clock.now().wall }
        let heartbeats = Heartbeats(interval: .seconds(5), clock: clock)
        let firing = FiringLoop(
            plan: FiringPlan(holds: ["am": Self.hold]) { held, _ in await sender.remind(held, to: target) },
            store: store, announcer: announcer, heartbeats: heartbeats, clock: clock, interval: .milliseconds(150))
        self.firing = firing
        let plan = TargetRegistry.builtIn.plan(for: target, read: read)
        delivery = DeliveryLoop(
            outbox: Outbox(
                plans: [plan], records: try store.store.loadTargets(), at: clock.now().wall),
            plan: DeliveryPlan(targets: [plan], routes: EventRouting { _ in [] }) {
                await sender.attempt($0, to: target)
            },
            store: store, announcer: announcer, heartbeats: heartbeats, clock: clock, ended: { firing.note($0) })
    }

    deinit {
        output.flush()
        _ = Glibc.close(logFile)
    }

    var log: String {
        output.flush()
        return folder.read("log")
    }

    /// Runs the loops around `body`, and stops them.
    func running(_ body: (World) async throws -> Void) async throws {
        async let delivering: Void = delivery.run()
        async let repeating: Void = firing.run()
        var failure: (any Error)?
        do { try await body(self) } catch { failure = error }
        delivery.stop()
        firing.stop()
        _ = await (delivering, repeating)
        if let failure { throw failure }
    }

    func record(_ kind: EventKind) async throws {
        let now = clock.now().wall
        let event = Event(
            kind: kind, cluster: Self.cluster, name: "nightly", account: "default", region: "cn-beijing",
            from: kind == .failed ? .activation : .failed, to: kind == .failed ? .failed : .activation,
            observedAt: now)
        _ = try await store.perform {
            try $0.record(Recording(events: [RoutedEvent(event: event, targets: ["am"])]), at: now)
        }
        delivery.wake(["am"])
    }

    /// Goes over to `plan`, then back to one that counts: what was begun before may still end.
    func countReminders(after plan: FiringPlan) async throws -> Int {
        firing.reload(plan)
        let counter = Counter()
        firing.reload(
            FiringPlan(holds: ["other": Self.hold]) { _, name in
                await counter.add(name)
                return Verdict(.delivered)
            })
        // Its own delivery would be repeated; nobody else's may be.
        try await record(.failed)
        try await awaitDelivery()
        return await counter.names.count
    }

    func awaitDelivery() async throws {
        try await eventually("the delivery") {
            try await store.perform { try $0.alertCounts().pending == 0 }
        }
    }

    func close() async throws {
        try await store.perform { try $0.close() }
    }
}

private actor Counter {
    private(set) var names: [String] = []

    func add(_ name: String) { names.append(name) }
}

extension Simulator {
    /// The failures that a replica knows of. It is also informed that nothing stalls any more.
    fileprivate func alerts(at replica: String) async throws -> [JSONValue] {
        let all = try await client.json("GET", "/robot/alertmanager/\(replica)/api/v2/alerts").arrayValue ?? []
        return all.filter { $0["labels"]?["alertname"]?.stringValue == "PolarAITaskFailed" }
    }

    fileprivate func awaitState(_ state: String, at replica: String) async throws {
        try await eventually("one \(state) alert at replica \(replica)") {
            let alerts = try await self.alerts(at: replica)
            return alerts.count == 1 && alerts[0]["status"]?["state"]?.stringValue == state
        }
    }
}
