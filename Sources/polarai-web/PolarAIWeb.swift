import ArgumentParser
import Config
import Glibc
import Model
import Web

/// The status page of polarai-daemon: pages, a JSON API, feeds and metrics. Reads the database, writes nothing, and holds no
/// key.
@main
struct PolarAIWeb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "polarai-web", abstract: "The status page of polarai-daemon.",
        discussion: """
            Serves pages, a JSON API, feeds and Prometheus metrics from the database that polarai-daemon writes, and asks \
            the running daemon for what is newer. It changes nothing and needs no access key. SIGHUP reads users, token, \
            hosts, certificate and task_metrics again; SIGTERM stops.

            With --database and without a config it listens on 127.0.0.1:9478, for everybody on this host.
            """, version: ProgramVersion.current)

    @Option(help: "The config file. (default: $POLARAI_CONFIG, else /etc/polarai/config.json)")
    var config: String?

    @Option(help: "The database: a file, or a postgresql:// URL without a password. (default: as in the config)")
    var database: String?

    @Option(
        help: ArgumentHelp(
            "Listen here instead of where the config says: HOST:PORT or [IPV6]:PORT; port 0 lets the kernel choose one. "
                + "May be repeated.", valueName: "address"), transform: Self.address)
    var listen: [ListenAddress] = []

    static func main() async {
        MemoryKeeping.prepare()
        await main(nil)
    }

    func run() async throws {
        let environment = HostEnvironment.current()
        let named = config ?? environment["POLARAI_CONFIG"]
        let path = named ?? "/etc/polarai/config.json"
        // A SIGHUP before there is anything to read again must not end the program.
        signal(SIGHUP, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        let service = WebService(
            WebService.Options(
                config: path, mayLackConfig: named == nil && database != nil, database: database,
                listen: listen.isEmpty ? nil : listen),
            environment: environment)
        do {
            try await service.run()
        } catch let error as WebError {
            switch error {
            case .usage: Self.end(error.description, status: 64)
            case .config: Self.end(error.description, status: 78)
            case .listen: Self.end(error.description, status: 74)
            }
        }
    }

    private static func address(_ text: String) throws -> ListenAddress {
        if let address = ListenAddress(text) { return address }
        if text.hasSuffix(":0"), let address = ListenAddress(text.dropLast(1) + "1") {
            return ListenAddress(host: address.host, port: 0)
        }
        throw ValidationError("write HOST:PORT, for example 127.0.0.1:9478 or [::1]:9478.")
    }

    private static func end(_ message: String, status: Int32) -> Never {
        let bytes = Array((message + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
        exit(withError: ExitCode(status))
    }
}
