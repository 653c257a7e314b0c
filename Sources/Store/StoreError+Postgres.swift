import Postgres

extension StoreError {
    package static let lostShare = "another host works on it now"

    /// Whether a condition of `EventStore.writing` did not hold: there is nothing wrong with the database.
    package var isLostShare: Bool {
        if case .unavailable(_, Self.lostShare) = self { true } else { false }
    }

    /// - Parameter message: of a `PostgresError`.
    package static func unavailable(at place: String, because message: String) -> StoreError {
        .unavailable(place: place, detail: named(message, once: place))
    }

    /// A message that begins with the name of the only server, without it: the place names it.
    private static func named(_ message: String, once place: String) -> String {
        let server = place.prefix { $0 != "/" } + ": "
        return !place.contains(",") && message.hasPrefix(server) ? String(message.dropFirst(server.count)) : message
    }

    /// What an error of PostgreSQL means to an operator; other errors pass unchanged.
    ///
    /// - Parameter place: servers and database.
    static func translating(_ error: any Error, place: String) -> any Error {
        guard let error = error as? PostgresError else { return error }
        switch error.kind {
        case .permission where error.sqlState == "3F000":
            return StoreError.denied(
                place: place,
                detail: "\(error.message); it needs USAGE and CREATE on a schema of its search_path "
                    + "(GRANT USAGE, CREATE ON SCHEMA public TO its name)")
        case .permission:
            return StoreError.denied(place: place, detail: error.message)
        case .pooling:
            return StoreError.login(
                place: place,
                detail:
                    "its pooler hands one session to several clients (transaction pooling); use session pooling, or "
                    + "connect without the pooler (\(error.message))")
        case .unsupported:
            return StoreError.login(place: place, detail: "\(error.message). Upgrade the server")
        case .certificate:
            return StoreError.login(
                place: place,
                detail: "\(error.message). Set sslrootcert in storage.url to the file of the authority that signed it")
        case .address, .authentication, .noSuchDatabase:
            return StoreError.login(
                place: place,
                detail: "\(error.message). Check storage.url, the role and its password, and the server's pg_hba.conf")
        case .other where error.sqlState == "22012":
            // No other statement divides: the condition of a writer, see `PostgresSource`.
            return StoreError.unavailable(place: place, detail: lostShare)
        case .constraint:
            return StoreError.refused(path: place, detail: error.message)
        case .other where error.sqlState?.hasPrefix("22") == true:
            return StoreError.refused(path: place, detail: error.message)
        case .noSuchObject, .other:
            return StoreError.io(
                path: place, detail: "\(error.message); this is a bug in polarai-daemon; please report it")
        case .unreachable, .timeout, .connectionLost, .startingUp, .shuttingDown, .standby, .readOnly,
            .tooManyConnections,
            .full, .conflict, .statementTimeout, .transactionAborted:
            return StoreError.unavailable(place: place, detail: named(error.message, once: place))
        }
    }
}
