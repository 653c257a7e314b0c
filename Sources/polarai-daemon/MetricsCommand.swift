import ArgumentParser
import Config
import Daemon
import Figures
import HTTPTransport
import Model
import Reports
import Store

/// `polarai-daemon metrics`.
struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Print the metrics of the daemon and the database in Prometheus' text format.",
        discussion: """
            Without a running daemon, polarai_up is 0 and only the metrics of the database are printed. For node_exporter, \
            run it once a minute with --output /var/lib/prometheus/node-exporter/polarai.prom.
            """)

    @Option(help: "Write to this file, which is replaced as a whole, instead of standard output.")
    var output: String?

    @OptionGroup var database: DatabaseOption

    /// A daemon that takes longer than this counts as down.
    private static let patience = Duration.seconds(1)

    func run() async throws {
        let outline = database.given == nil ? try database.place.outline() : nil
        let clock = ContinuousClock()
        var began = clock.now
        let address = try database.address()
        let reader = try HistoryReader(at: address)
        let figures = try reader.figures(
            tasks: outline?.taskMetrics ?? .running, at: TimeArgument.now)
        let stored = Collected(figures, in: began.duration(to: clock.now))
        began = clock.now
        let snapshot = await ask(try reader.daemonInfo(), on: address.description)
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

    /// - Parameters:
    ///   - daemon: who holds the database: another daemon's figures are of no use.
    ///   - database: what is read, for people.
    /// - Returns: nil if it does not run or does not answer, which is reported on standard error.
    private func ask(_ daemon: DaemonInfo?, on database: String) async -> MetricsSnapshot? {
        let path = StatusSocket.path(environment: HostEnvironment.current().variables)
        let isRunning = daemon?.isRunning ?? false
        do throws(ControlClientError) {
            let reply = try await ControlClient.ask(.get, "/v1/metrics", limit: Self.patience, on: path)
            guard reply.status == 200, let snapshot = MetricsSnapshot(json: reply.body) else {
                throw .unreachable("the program that listens on \(path) is not a polarai-daemon of this version")
            }
            if isRunning, daemon?.isProcess(Int64(snapshot.pid)) == true { return snapshot }
            // A file that has taken the place of the daemon's cannot say that it runs.
            if !isRunning, await LiveStatus.trouble(with: database) != nil { return snapshot }
            StandardError.write(
                "polarai_up is 0: the running daemon (pid \(snapshot.pid)) uses another database than \(database). Name its "
                    + "database with --database. If the file was moved or replaced while the daemon ran, `polarai-daemon "
                    + "status` says what to do.")
        } catch {
            StandardError.write(
                isRunning
                    ? "polarai_up is 0: the daemon that uses \(database) did not answer: \(error.message)"
                    : "polarai_up is 0: no daemon is using \(database).")
        }
        return nil
    }
}
