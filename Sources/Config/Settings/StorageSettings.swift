package import Model

/// Where history is kept, and how long: `storage`.
package struct StorageSettings: Hashable, Sendable {
    /// The database.
    package enum Place: Hashable, Sendable {
        /// An SQLite database's path, absolute unless the config's own path is relative.
        case file(String)
        /// The address of a PostgreSQL database that several hosts share. Read again at each connection.
        case postgres(Secret)
    }

    package var place: Place
    /// Nil means for ever.
    package var keep: Duration?

    /// The database's file; nil if it is PostgreSQL.
    package var path: String? {
        if case .file(let path) = place { path } else { nil }
    }

    /// Where the database is if the config does not say.
    package static func path(in environment: HostEnvironment) -> String {
        environment.stateDirectory.map { $0 + "/" + fileName } ?? defaultPath
    }

    /// Where systemd names no state directory.
    package static let defaultPath = "/var/lib/polarai/" + fileName
    static let fileName = "polarai.db"
}

extension StorageSettings {
    package init(path: String = StorageSettings.defaultPath, keep: Duration? = nil) {
        self.init(place: .file(path), keep: keep)
    }
}

/// `log`.
package struct LogSettings: Hashable, Sendable {
    package var level = LogLevel.info
}

/// The levels of swift-log, under the same names.
package enum LogLevel: String, CaseIterable, Sendable {
    case trace, debug, info, notice, warning, error, critical
}
