import ArgumentParser
import Config
import Daemon
import Glibc
import Model
import Postgres
import Reports
import Store
import Synchronization

/// `--database DATABASE`, which every command that reads has beside `--config`.
struct DatabaseOption: ParsableArguments {
    @Option(
        name: .customLong("database"),
        help: ArgumentHelp(
            "The database's file, or its postgresql:// URL without a password; no config is read then.",
            valueName: "database"))
    var given: String?

    @OptionGroup var config: ConfigOption

    var place: DatabasePlace { DatabasePlace(given: given, config: config.given) }

    /// - Throws: `CommandFailure` if no database is given and the config does not say where it is.
    func address() throws -> DatabaseAddress { try place.address() }

    /// The clock of a database that hosts share is in use from now on: before a time such as `-2h` or `today` is asked for.
    ///
    /// - Throws: as `address`.
    func followClock() throws { _ = try address() }
}

/// Where the database is: where the command line says, or where the config says.
///
/// Of the config only that is read: secrets that this user may not read, and mistakes elsewhere in it, do not matter.
struct DatabasePlace: Equatable {
    var given: String?
    var config: String?

    /// As `address`, of the place that the config names; without a word if there is none, for commands that can do without.
    static func followClock(_ config: ConfigOption) -> SystemClock {
        _ = try? DatabasePlace(config: config.given).address()
        return SystemClock(shared: { _ in TimeArgument.now })
    }

    private static let isClockKnown = Mutex(false)

    /// Times are by the clock of a database of PostgreSQL from now on.
    ///
    /// - Throws: `CommandFailure` if no database is given and the config does not say where it is; `.usage` if what is given
    ///   cannot be used.
    func address() throws(CommandFailure) -> DatabaseAddress {
        let address = try found()
        // Asked once: a server that does not answer is not waited for again.
        let isFirst = Self.isClockKnown.withLock { isKnown in
            defer { isKnown = true }
            return !isKnown
        }
        if isFirst, case .postgres(let source) = address, let time = source.time { ClockInUse.follow(time) }
        return address
    }

    private func found() throws(CommandFailure) -> DatabaseAddress {
        if let given { return try DatabaseArgument.address(of: given) }
        switch try outline().storage.place {
        case .file(let path): return .file(path)
        case .postgres(let address): return try Self.configured(address)
        }
    }

    /// - Parameter address: `storage.url` of the config, read again for each connection.
    private static func configured(_ address: Secret) throws(CommandFailure) -> DatabaseAddress {
        let read = SecretReading(environment: HostEnvironment.current()).reader
        let options = PostgresOptions(applicationName: "polarai-daemon command", connectLimit: .seconds(5))
        do {
            return .postgres(try PostgresSource(options: options) { try PostgresAddress(read(address)) })
        } catch {
            throw CommandFailure("storage.url: \(error)", .configuration)
        }
    }

    /// Of the config, which is read also if a database is given.
    ///
    /// - Throws: `CommandFailure` if it cannot be read.
    func outline() throws(CommandFailure) -> ConfigOutline {
        let environment = HostEnvironment.current()
        let file = ConfigOption.path(config, in: environment)
        do {
            return try ConfigLoader.host(environment: environment).outline(file)
        } catch {
            // What happened can be read all the same, by whoever needs it now.
            let usual = StorageSettings.path(in: environment)
            let place = access(usual, F_OK) == 0 ? usual : "PATH"
            throw CommandFailure("\(error)\nTo read a database without the config: --database \(place)", .configuration)
        }
    }
}
