/// Which database: a file, or one of a PostgreSQL server.
package enum DatabaseAddress: Sendable, CustomStringConvertible {
    case file(String)
    case postgres(PostgresSource)

    /// Whether the daemons of several hosts may work on it.
    package var isShared: Bool {
        if case .postgres = self { true } else { false }
    }

    /// The same database for somebody who asks little and must answer within seconds, also if a server hangs.
    package var answeringSoon: DatabaseAddress {
        switch self {
        case .file: self
        case .postgres(let source): .postgres(source.answeringSoon())
        }
    }

    /// Without user and password.
    package var description: String {
        switch self {
        case .file(let path): path
        case .postgres(let source): source.place
        }
    }
}

extension HistoryReader {
    /// - Throws: `StoreError`: see the initializers for each kind.
    package convenience init(at address: DatabaseAddress) throws {
        switch address {
        case .file(let path): try self.init(path: path)
        case .postgres(let source): try self.init(postgres: source)
        }
    }
}

extension EventStore {
    /// - Throws: `StoreError`: see the initializers for each kind.
    package convenience init(forCommandAt address: DatabaseAddress) throws {
        switch address {
        case .file(let path): try self.init(forCommandAt: path)
        case .postgres(let source): try self.init(forCommandOn: source)
        }
    }
}
