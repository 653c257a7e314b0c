import Config
import Daemon
import Model
import Postgres
import Store

/// The database that a command works on.
enum DatabaseSource: Sendable {
    case file(String)
    case postgres(PostgresSource)

    /// A command that waits longer would be taken for one that hangs.
    private static let limit = Duration.seconds(10)
    private static let options = PostgresOptions(
        applicationName: "polarai-daemon command", connectLimit: limit)

    /// - Parameter text: what the command line says: a path, or the URL of a PostgreSQL database.
    /// - Throws: `CommandFailure`.
    init(given text: String) throws(CommandFailure) {
        guard PostgresAddress.isURL(text) else {
            self = .file(text)
            return
        }
        do {
            let address = try PostgresAddress(text)
            guard !address.hasPassword else {
                throw CommandFailure(
                    "--database has a password, which everybody on this host can see in the list of processes; write it "
                        + "into ~/.pgpass, or read the address from the config.", .usage)
            }
            self = .postgres(try PostgresSource(options: Self.options) { address })
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure("--database \(error)", .usage)
        }
    }

    /// - Parameter address: `storage.url` of the config.
    /// - Throws: `CommandFailure` if it cannot be read, or used.
    init(_ address: Secret) throws(CommandFailure) {
        let read = SecretReading(environment: HostEnvironment.current()).reader
        do {
            self = .postgres(
                try PostgresSource(options: Self.options) { try PostgresAddress(read(address)) })
        } catch {
            throw CommandFailure("storage.url: \(error)", .configuration)
        }
    }

    /// - Throws: `StoreError`.
    func reader() throws -> HistoryReader {
        switch self {
        case .file(let path): try HistoryReader(path: path)
        case .postgres(let source): try HistoryReader(postgres: source)
        }
    }

    /// For one short change.
    ///
    /// - Throws: `StoreError`; `.held` while a daemon has the file.
    func store() throws -> EventStore {
        switch self {
        case .file(let path): try EventStore(forCommandAt: path)
        case .postgres(let source): try EventStore(forCommandOn: source)
        }
    }

    /// What the running daemon reports of its file, for example that it was moved.
    func trouble() async -> StorageTroubleReport? {
        if case .file(let path) = self { await LiveStatus.trouble(with: path) } else { nil }
    }
}
