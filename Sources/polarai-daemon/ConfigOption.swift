import ArgumentParser
import Config

/// `--config PATH`, which every command has.
struct ConfigOption: ParsableArguments {
    static let defaultPath = "/etc/polarai/config.json"

    @Option(name: .customLong("config"), help: "The config file. (default: $POLARAI_CONFIG, else \(defaultPath))")
    var given: String?

    /// The file to read.
    func path(in environment: HostEnvironment) -> String {
        Self.path(given, in: environment)
    }

    static func path(_ given: String?, in environment: HostEnvironment) -> String {
        given ?? environment["POLARAI_CONFIG"] ?? defaultPath
    }
}
