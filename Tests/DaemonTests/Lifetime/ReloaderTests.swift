import Alerts
import Config
import Glibc
import HTTPTransport
import Model
import Monitor
import Store
import Systemd
import TestSupport
import Testing

@testable import Daemon

/// A reload with the real loops, database and config files. Nothing answers at the endpoints.
@Suite(.timeLimit(.minutes(10)))
struct ReloaderTests {
    @Test func `a good config is in force everywhere when the reload is over`() async throws {
        let world = try World()
        try await world.running {
            world.write(clusters: ["pm-1", "pm-2"], targets: ["chat"], level: "error")
            try await world.reloader.reload().expectTaken()
            #expect(await world.pollLoop.overview.watched == 2)
            #expect(world.recorder.output.minimum == .error)
            #expect(await world.reloader.settings.targets.map(\.name) == ["chat"])
            let watched = try await world.store.perform { try $0.loadWatched().map(\.id).sorted() }
            #expect(watched == [ClusterID("pm-1"), ClusterID("pm-2")])
            let lines = world.recorder.sent
            let begin = try #require(lines.firstIndex { $0.hasPrefix("RELOADING=1") })
            let end = try #require(lines.lastIndex { $0.hasPrefix("READY=1") })
            #expect(begin < end)
        }
    }

    @Test(arguments: [
        "{", #"{"clusters": [12]}"#, #"{"api": {"region": "cn-beijing"}, "clusters": ["pm-9"], "tragets": {}}"#,
    ])
    func `a config with mistakes changes nothing, and the refusal names them`(text: String) async throws {
        let world = try World()
        try await world.running {
            world.write(text)
            let mistakes = try await world.reloader.reload().mistakes
            #expect(!mistakes.isEmpty && mistakes.allSatisfy { $0.contains(world.configPath) }, "\(mistakes)")
            try await world.expectUnchanged()
            #expect(world.announcer.statusText.contains("refused"))
            world.write(clusters: ["pm-1"], targets: ["hook"], level: "info")
            try await world.reloader.reload().expectTaken()
            #expect(!world.announcer.statusText.contains("refused"))
        }
    }

    @Test func `another database is refused`() async throws {
        let world = try World()
        try await world.running {
            world.write(clusters: ["pm-2"], targets: ["hook"], level: "error", database: "other.db")
            let mistakes = try await world.reloader.reload().mistakes
            #expect(mistakes.count == 1 && mistakes[0].contains("storage.path"))
            try await world.expectUnchanged()
        }
    }

    @Test func `a database that does not take the switch leaves the old config in force`() async throws {
        let world = try World()
        try await world.running {
            world.write(clusters: ["pm-2", "pm-3"], targets: ["chat"], level: "error")
            // Where all use of the database waits for its turn: nobody is reading.
            try await world.store.perform { try $0.close() }
            let mistakes = try await world.reloader.reload().mistakes
            #expect(mistakes.count == 1 && mistakes[0].contains("previous one stays in force"), "\(mistakes)")
            try await world.expectUnchanged(onDisk: false)
        }
    }

    @Test func `a config that cannot be read to its end is refused after a limit`() async throws {
        let world = try World(readLimit: .milliseconds(200))
        try await world.running {
            unlink(world.configPath)
            #expect(mkfifo(world.configPath, 0o600) == 0)
            let mistakes = try await world.reloader.reload().mistakes
            #expect(mistakes.count == 1 && mistakes[0].contains(world.configPath), "\(mistakes)")
            // Asked again while the first reading may still hang: refused, and no second one hangs.
            _ = try await world.reloader.reload().mistakes
            try await world.expectUnchanged()
            // Lets a reading that waits for a writer go on, to its end.
            let writer = open(world.configPath, O_WRONLY | O_NONBLOCK)
            if writer >= 0 { close(writer) }
        }
    }

    @Test func `reloads at a time are taken one after the other`() async throws {
        let world = try World()
        try await world.running {
            world.write(clusters: ["pm-1", "pm-2"], targets: ["hook"], level: "info")
            let verdicts = await withTaskGroup { group in
                for _ in 0..<5 { group.addTask { await world.reloader.reload() } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(verdicts.count == 5 && verdicts.allSatisfy { if case .taken = $0 { true } else { false } })
            #expect(await world.pollLoop.overview.watched == 2)
        }
    }
}

/// A daemon without its signals, control socket and helpers: watches `pm-1`, alerts `hook`, logs from info on.
private final class World: Sendable {
    let folder: TemporaryFolder
    let recorder = Recorder()
    let announcer: Announcer
    let store: StoreQueue
    let pollLoop: PollLoop
    let reloader: Reloader
    private let deliveryLoop: DeliveryLoop
    private let firingLoop: FiringLoop

    var configPath: String { folder.file("config.json") }

    init(readLimit: Duration = .seconds(20)) throws {
        folder = try TemporaryFolder()
        let path = folder.file("config.json")
        let notifier = recorder.notifier
        announcer = Announcer(output: recorder.output, notifier: notifier)
        Self.write(folder, clusters: ["pm-1"], targets: ["hook"], level: "info")
        let clock = SystemClock()
        store = StoreQueue(try EventStore(path: folder.file("polarai.db"), at: clock.now().wall))
        let environment = HostEnvironment(variables: [:])
        let parts = SharedParts(
            environment: environment, clock: clock, apiShared: APIShared(), announcer: announcer,
            apiHTTP: CurlClient(userAgent: "test"), alertHTTP: CurlClient(userAgent: "test"))
        guard
            case .good(let loaded, let plans) = NewConfig.read(
                path, parts: parts, database: .file(folder.file("polarai.db")))
        else { throw StoreError.missing(path: path) }
        plans.poll.takeEffect()
        let now = clock.now()
        let stored = try store.store.takeOver(
            plans.poll.settings, targets: ["hook"], pid: getpid(), startedAt: now.wall, at: now.wall)
        let heartbeats = Heartbeats(interval: .seconds(5), clock: clock)
        let firingLoop = FiringLoop(
            plan: plans.firing, store: store, announcer: announcer, heartbeats: heartbeats, clock: clock)
        let deliveryLoop = DeliveryLoop(
            outbox: Outbox(plans: plans.delivery.targets, records: stored.targets, at: now.wall),
            plan: plans.delivery, store: store, announcer: announcer, heartbeats: heartbeats, clock: clock)
        pollLoop = PollLoop(
            on: parts.apiHTTP, monitor: TaskMonitor(plans.poll.settings, restored: stored.watch.clusters, at: now),
            plan: plans.poll, store: store, announcer: announcer, heartbeats: heartbeats, clock: clock,
            clockOffset: parts.apiShared.clockOffset, wakeDelivery: { deliveryLoop.wake($0) })
        self.deliveryLoop = deliveryLoop
        self.firingLoop = firingLoop
        reloader = Reloader(
            configPath: path, settings: loaded.settings, parts: parts, pollLoop: pollLoop, deliveryLoop: deliveryLoop,
            firingLoop: firingLoop, notifier: notifier, readLimit: readLimit)
    }

    func running(_ body: @Sendable () async throws -> Void) async throws {
        async let polling: Void = pollLoop.run()
        async let delivering: Void = deliveryLoop.run()
        async let firing: Void = firingLoop.run()
        var failure: (any Error)?
        do { try await body() } catch { failure = error }
        pollLoop.stop()
        deliveryLoop.stop()
        firingLoop.stop()
        _ = await (polling, delivering, firing)
        if let failure { throw failure }
    }

    func expectUnchanged(onDisk: Bool = true) async throws {
        #expect(await pollLoop.overview.watched == 1)
        #expect(await reloader.settings.targets.map(\.name) == ["hook"])
        #expect(recorder.output.minimum == .info)
        guard onDisk else { return }
        let watched = try await store.perform { try $0.loadWatched().map(\.id) }
        #expect(watched == [ClusterID("pm-1")])
    }

    func write(_ text: String) {
        _ = try? folder.write("config.json", text)
    }

    func write(clusters: [String], targets: [String], level: String, database: String = "polarai.db") {
        Self.write(folder, clusters: clusters, targets: targets, level: level, database: database)
    }

    private static func write(
        _ folder: TemporaryFolder, clusters: [String], targets: [String], level: String,
        database: String = "polarai.db"
    ) {
        let list = clusters.map { "\"\($0)\"" }.joined(separator: ", ")
        let named = targets.map { "\"\($0)\": {\"url\": \"http://127.0.0.1:1/\($0)\"}" }.joined(separator: ", ")
        _ = try? folder.write(
            "config.json",
            """
            {"api": {"region": "cn-beijing", "endpoint": "http://127.0.0.1:1", "credentials":
              {"type": "access_key", "access_key_id": "LTAIfake", "access_key_secret": "fake"}},
             "clusters": [\(list)], "targets": {\(named)}, "log": {"level": "\(level)"},
             "storage": {"path": "\(folder.file(database))"}}
            """)
    }
}

extension ReloadVerdict {
    private struct Unexpected: Error {
        let verdict: ReloadVerdict
    }

    fileprivate func expectTaken() throws {
        guard case .taken = self else { throw Unexpected(verdict: self) }
    }

    /// Those of a refusal.
    fileprivate var mistakes: [String] {
        get throws {
            guard case .refused(let mistakes) = self else { throw Unexpected(verdict: self) }
            return mistakes
        }
    }
}
