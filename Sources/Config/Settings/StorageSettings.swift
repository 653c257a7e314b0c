/// Where history is kept, and how long: `storage`.
package struct StorageSettings: Hashable, Sendable {
    /// The database's path, absolute unless the config's own path is relative.
    package var path: String
    /// Nil means for ever.
    package var keep: Duration?

    package init(path: String = StorageSettings.defaultPath, keep: Duration? = nil) {
        self.path = path
        self.keep = keep
    }

    /// Where the database is if the config does not say.
    package static func path(in environment: HostEnvironment) -> String {
        environment.stateDirectory.map { $0 + "/" + fileName } ?? defaultPath
    }

    /// Where systemd names no state directory.
    package static let defaultPath = "/var/lib/polarai/" + fileName
    static let fileName = "polarai.db"
}

/// `log`.
package struct LogSettings: Hashable, Sendable {
    package var level: LogLevel

    package init(level: LogLevel = .info) {
        self.level = level
    }
}

/// The levels of swift-log, under the same names.
package enum LogLevel: String, CaseIterable, Sendable {
    case trace, debug, info, notice, warning, error, critical
}
