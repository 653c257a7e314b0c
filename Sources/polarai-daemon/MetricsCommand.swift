import ArgumentParser
import Config
import Daemon
import Figures
import HTTPTransport
import Model
import Store

/// `polarai-daemon metrics`.
struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Print the daemon's and the database's figures in Prometheus' text format.",
        discussion: """
            Without a running daemon polarai_up is 0, its own figures are left out, and the database's are there. To \
            have node_exporter collect them: --output /var/lib/prometheus/node-exporter/polarai.prom, once a minute.
            """)

    @Option(help: "Write to this file: beside it first, then renamed, so that nobody reads half of it.")
    var output: String?

    @OptionGroup var database: DatabaseOption

    /// A daemon that takes longer than this counts as down.
    private static let patience = Duration.seconds(1)

    func run() async throws {
        let outline = database.given == nil ? try database.place.outline() : nil
        let clock = ContinuousClock()
        var began = clock.now
        let reader = try HistoryReader(at: database.address())
        let figures = try reader.figures(
            tasks: outline?.taskMetrics ?? .running, at: SystemClock().now().wall)
        let stored = Collected(figures, in: began.duration(to: clock.now))
        began = clock.now
        let snapshot = await ask(try reader.daemonInfo())
        let families = MetricsPage.families(
            daemon: Collected(snapshot, in: began.duration(to: clock.now)), database: stored,
            targets: outline?.targetNames ?? [])
        let text = MetricsText.bytes(families, .prometheus)
        if let output {
            try FileOutput.replace(output, with: text, mode: 0o644)
        } else {
            try StandardOutput.data(text)
        }
    }

    /// - Parameter daemon: who holds the database: another daemon's figures are of no use.
    /// - Returns: nil if it does not run or does not answer, which is reported on standard error.
    private func ask(_ daemon: DaemonInfo?) async -> MetricsSnapshot? {
        guard let daemon, daemon.isRunning else {
            StandardError.write("No daemon is running on this database: polarai_up is 0.")
            return nil
        }
        let http = OnDemandClient()
        defer { http.shutdown() }
        let path = StatusSocket.path(environment: HostEnvironment.current().variables)
        do throws(ControlClientError) {
            let reply = try await ControlClient(path: path, http: http).send(
                .get, "/v1/metrics", limit: Self.patience)
            guard reply.status == 200, let snapshot = MetricsSnapshot(json: reply.body) else {
                throw .unreachable("what answers at \(path) is not a polarai-daemon of this version")
            }
            guard snapshot.pid == daemon.pid else {
                throw .unreachable("what answers at \(path) works on another database")
            }
            return snapshot
        } catch {
            StandardError.write("The daemon did not answer, so polarai_up is 0: \(error.message)")
            return nil
        }
    }
}
