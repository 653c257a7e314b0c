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
            Without a running daemon, polarai_up is 0 and only the metrics of the database are printed. If the database \
            cannot be read, those of the daemon alone are printed, and the exit status says so. For node_exporter, run it \
            once a minute with --output /var/lib/prometheus/node-exporter/polarai.prom.
            """)

    @Option(help: "Write to this file, which is replaced as a whole, instead of standard output.")
    var output: String?

    @OptionGroup var database: DatabaseOption

    /// A daemon that takes longer than this counts as down.
    private static let patience = Duration.seconds(1)

    /// What the database gave.
    private struct Stored {
        let figures: DatabaseFigures
        /// Who holds it.
        let daemon: DaemonInfo?
        /// For people.
        let place: String
        /// Names from the config.
        let targets: Set<String>
    }

    func run() async throws {
        let clock = ContinuousClock()
        var began = clock.now
        let stored: Result<Stored, any Error> = Result { try read() }
        if case .failure(let failure as CommandFailure) = stored, failure.status == .usage { throw failure }
        let known = try? stored.get()
        let figures = Collected(known?.figures, in: began.duration(to: clock.now))
        began = clock.now
        let snapshot = await ask(known)
        let families = MetricsPage.families(
            daemon: Collected(snapshot, in: began.duration(to: clock.now)), database: figures,
            targets: known?.targets ?? [])
        let text = MetricsText.bytes(families, .prometheus)
        if let output {
            try FileOutput.replace(output, with: text, mode: 0o644)
        } else {
            try StandardOutput.data(text)
        }
        // Not before: a file that stays as it was would go on saying that all is well.
        _ = try stored.get()
    }

    private func read() throws -> Stored {
        let outline = database.given == nil ? try database.place.outline() : nil
        let address = try database.address()
        let reader = try HistoryReader(at: address)
        return Stored(
            figures: try reader.figures(tasks: outline?.taskMetrics ?? .running, at: TimeArgument.now),
            daemon: try reader.daemonInfo(), place: address.description, targets: outline?.targetNames ?? [])
    }

    /// - Parameter stored: with who holds the database: another daemon's figures are of no use. While it cannot be read, the
    ///   daemon of this host counts.
    /// - Returns: nil if it does not run or does not answer, which is reported on standard error.
    private func ask(_ stored: Stored?) async -> MetricsSnapshot? {
        let path = StatusSocket.path(environment: HostEnvironment.current().variables)
        let isRunning = stored?.daemon?.isRunning ?? false
        do throws(ControlClientError) {
            let reply = try await ControlClient.ask(.get, "/v1/metrics", limit: Self.patience, on: path)
            guard reply.status == 200, let snapshot = MetricsSnapshot(json: reply.body) else {
                throw .unreachable("the program that listens on \(path) is not a polarai-daemon of this version")
            }
            guard let stored else { return snapshot }
            if isRunning, stored.daemon?.isProcess(Int64(snapshot.pid)) == true { return snapshot }
            // A file that has taken the place of the daemon's cannot say that it runs.
            if !isRunning, await LiveStatus.trouble(with: stored.place) != nil { return snapshot }
            StandardError.write(
                "polarai_up is 0: the running daemon (pid \(snapshot.pid)) uses another database than \(stored.place). Name its "
                    + "database with --database. If the file was moved or replaced while the daemon ran, `polarai-daemon "
                    + "status` says what to do.")
        } catch {
            guard let stored else {
                StandardError.write("polarai_up is 0: the daemon did not answer: \(error.message)")
                return nil
            }
            StandardError.write(
                isRunning
                    ? "polarai_up is 0: the daemon that uses \(stored.place) did not answer: \(error.message)"
                    : "polarai_up is 0: no daemon is using \(stored.place).")
        }
        return nil
    }
}
