/// Finds out whether a pooler hands one session of the server to several clients (transaction pooling).
enum PoolingProbe {
    /// How many further clients hold a transaction meanwhile.
    private static let holders = 2
    private static let rounds = 4

    /// While others hold transactions, a client of a pooler gets another session of the server; one that has a session of
    /// its own stays in it.
    ///
    /// - Throws: `PostgresError` of the further connections, of which a pooler may refuse some.
    static func isShared(
        _ connection: PostgresConnection, _ address: PostgresAddress, _ options: PostgresOptions
    ) throws(PostgresError) -> Bool {
        do {
            let own = try session(connection)
            var others: [PostgresConnection] = []
            defer { for other in others { other.close() } }
            for _ in 0..<holders {
                let other = try PostgresConnection(address, options)
                others.append(other)
                try other.begin()
                if try session(other) == own { return true }
                for _ in 0..<rounds {
                    if try session(connection) != own { return true }
                }
            }
            return false
        } catch {
            if error.kind == .pooling { return true }
            throw error
        }
    }

    private static func session(_ connection: PostgresConnection) throws(PostgresError) -> Int64? {
        try connection.query("SELECT pg_backend_pid()").first?.int(0)
    }
}
