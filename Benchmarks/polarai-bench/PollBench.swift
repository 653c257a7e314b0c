import ArgumentParser
import Daemon
import Foundation
import Glibc
import HTTPTransport
import Model
import Monitor
import PolarDB
import Store
import Synchronization
import Systemd

/// The daemon's own poll loop against a server whose answers say the same each time.
struct PollBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "poll", abstract: "Print the CPU time of one unchanged, signed HTTPS poll in microseconds.")

    @Argument(help: "HOST:PORT of a server that answers DescribeAIDBClusterTaskAttribute.")
    var endpoint: String
    @Argument(help: "The certificates to trust, PEM.")
    var caFile: String
    @Argument var requests: Int
    @Argument var inFlight: Int

    private static let clusters = 200

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "polarai-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let clock = SystemClock()
        let scope = AccountRegion(account: "default", region: "cn-beijing")
        let clusters = (1...Self.clusters).map {
            WatchedCluster(id: ClusterID("pm-2zebench\($0 + 100_000)"), scope: scope, poll: .microseconds(1))
        }
        var settings = MonitorSettings(
            clusters: clusters, quotas: [scope: QuotaSettings(callsPerSecond: 1e9, burst: 1_000_000)],
            schedule: ScheduleSettings(running: .microseconds(1), settled: .microseconds(1)))
        settings.mostInFlight = inFlight
        settings.readsProgress = false

        let store = StoreQueue(
            try EventStore(path: folder.appending(path: "bench.db").path(), at: clock.now().wall))
        let announcer = Announcer(
            output: .text(TextLog(descriptor: open("/dev/null", O_WRONLY))), notifier: SystemdNotifier(send: nil))
        let http = CurlClient(userAgent: ProgramVersion.userAgent)
        var options = ConnectionOptions()
        options.caFile = caFile
        let client = PolarDBClient(
            http: http, endpoint: try Endpoint(endpoint), region: scope.region,
            credentials: AccessKeyProvider(
                id: Secret(.literal("LTAI5tFAKEACCESSKEYID001")), secret: Secret(.literal("FakeSecretForBench")),
                securityToken: nil,
                read: { secret in if case .literal(let text) = secret.source { text } else { "" } }),
            connection: options, now: { clock.now().wall })
        let counter = CountingPoller(client: client, clusters: Self.clusters, count: requests)
        let plan = PollPlan(settings: settings, poller: counter, routes: EventRouting { _ in [] })
        let loop = PollLoop(
            on: http, monitor: TaskMonitor(settings, at: clock.now()), plan: plan, store: store, announcer: announcer,
            heartbeats: Heartbeats(interval: .seconds(5), clock: clock), clock: clock, clockOffset: ClockOffset(),
            wakeDelivery: { _ in })
        counter.whenDone { loop.stop() }
        await loop.run()
        guard let result = counter.result else { throw ValidationError("the run ended before its count") }
        guard result.failed == 0 else {
            throw ValidationError(
                "\(result.failed) of \(requests) polls were not unchanged; the first: \(result.firstFailure ?? "unknown")"
            )
        }
        print(String(format: "%.3f", result.cpuSeconds * 1e6 / Double(requests)))
    }
}

/// Counts polls and takes the CPU time between the first and the last of them.
private final class CountingPoller: TaskPoller {
    struct Result {
        let cpuSeconds: Double
        let failed: Int
        /// What became of the first poll that was not as it should be.
        let firstFailure: String?
    }

    private struct State {
        var firstFailure: String?
        /// What was polled before the count begins: connections are made, the first answers decoded and stored.
        var polled: Set<ClusterID> = []
        var warmUpPolls = 0
        var seen = 0
        var failed = 0
        var startedAt = 0.0
        var result: Result?
        var whenDone: (@Sendable () -> Void)?
    }

    private let client: PolarDBClient
    private let clusters: Int
    private let count: Int
    private let state = Mutex(State())

    init(client: PolarDBClient, clusters: Int, count: Int) {
        self.client = client
        self.clusters = clusters
        self.count = count
    }

    var result: Result? { state.withLock { $0.result } }

    func whenDone(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.whenDone = body }
    }

    func poll(_ order: PollOrder) async -> CallOutcome {
        guard case .describeTask(let cluster, let known) = order.call else {
            return .failed(PollFailure(reason: .unknown, message: "polls only"), order.call)
        }
        let outcome = await client.describeTask(cluster, known: known)
        let done: (@Sendable () -> Void)? = state.withLock { state in
            if state.polled.count < clusters || state.warmUpPolls < 2 * clusters {
                state.polled.insert(cluster)
                state.warmUpPolls += 1
                state.startedAt = cpuSeconds()
                return nil
            }
            guard state.result == nil else { return nil }
            state.seen += 1
            switch outcome {
            case .unchanged: break
            case .answer:
                state.failed += 1
                state.firstFailure = state.firstFailure ?? "another answer than before"
            case .failure(let failure):
                state.failed += 1
                state.firstFailure = state.firstFailure ?? "\(failure.reason.rawValue): \(failure.message)"
            }
            guard state.seen == count else { return nil }
            state.result = Result(
                cpuSeconds: cpuSeconds() - state.startedAt, failed: state.failed, firstFailure: state.firstFailure)
            return state.whenDone
        }
        done?()
        return .task(outcome)
    }
}
