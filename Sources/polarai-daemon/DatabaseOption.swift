import ArgumentParser
import Config
import Daemon

/// `--database PATH`, which every command that reads has beside `--config`.
struct DatabaseOption: ParsableArguments {
    @Option(name: .customLong("database"), help: "The database file; no config is read then.")
    var given: String?

    @OptionGroup var config: ConfigOption

    var place: DatabasePlace { DatabasePlace(given: given, config: config.given) }

    /// - Throws: `CommandFailure` where neither a database is given nor the config can be read.
    func path() throws -> String {
        try place.path()
    }
}

/// Where the database is: where the command line says, or where the config says.
struct DatabasePlace: Equatable {
    var given: String?
    var config: String?

    /// - Throws: `CommandFailure` where neither a database is given nor the config can be read.
    func path() throws(CommandFailure) -> String {
        if let given { return given }
        let environment = HostEnvironment.current()
        let file = ConfigOption.path(config, in: environment)
        do {
            return try ConfigLoader.host(environment: environment).load(file).settings.storage.path
        } catch {
            // What happened can be read all the same, by whoever needs it now.
            throw CommandFailure(
                "\(error)\nTo read the database without the config: --database \(StorageSettings.defaultPath), or "
                    + "wherever it is", .configuration)
        }
    }
}
