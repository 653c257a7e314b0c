import ArgumentParser
import Config

/// Where a command that reads finds the database: `--database PATH`, or what the config says.
struct DatabaseOption: ParsableArguments {
    @Option(name: .customLong("database"), help: "The database file; no config is read then.")
    var given: String?

    @OptionGroup var config: ConfigOption

    /// - Throws: `ConfigError` where neither a database is given nor the config can be read.
    func path() throws -> String {
        if let given { return given }
        let environment = HostEnvironment.current()
        return try ConfigLoader(environment: environment).load(config.path(in: environment)).settings.storage.path
    }
}
