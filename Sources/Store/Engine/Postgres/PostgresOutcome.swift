import Glibc
import Postgres

/// A transaction that writes, as the server knows it.
struct PostgresTransaction: Hashable {
    /// Of pg_current_xact_id().
    let id: String
}

/// What became of a transaction whose COMMIT was sent, and whose answer was lost with the connection: asked, not guessed. In
/// some of these cases it was committed.
struct PostgresOutcome {
    let transaction: PostgresTransaction
    let source: PostgresSource

    /// Between two questions, in microseconds.
    private static let pause: UInt32 = 250_000
    /// So often it is seen still running before its session is ended: bytes that were held up must not commit it later.
    private static let patience = 4

    /// Ends the session if it waits for bytes of this program. If it waits for anything else, it must go on: above all for a
    /// synchronous standby, since the server would then take a commit for good that no other server has.
    private static let endIfWaitingForUs = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE backend_xid = CAST(CAST($1 AS xid8) AS xid) AND wait_event_type = 'Client' AND pid <> pg_backend_pid()
        """

    /// Waits until the database answers, however long that takes.
    ///
    /// - Parameter isGivingUp: asked between the questions: whether the program ends.
    /// - Returns: whether it was committed.
    /// - Throws: `StoreError.unavailable` if it was given up.
    func find(givingUp isGivingUp: () -> Bool) throws -> Bool {
        var looks = 0
        while true {
            do {
                let connection = try PostgresConnection(source.address(), source.options)
                while true {
                    if let isCommitted = try status(on: connection) { return isCommitted }
                    looks += 1
                    if looks % Self.patience == 0 {
                        try connection.query(Self.endIfWaitingForUs, [.text(transaction.id)])
                    }
                    usleep(Self.pause)
                    if isGivingUp() { break }
                }
            } catch let error as PostgresError where error.sqlState == "22023" {
                // The server never had such a transaction: it was lost with a primary.
                return false
            } catch {
                usleep(Self.pause)
            }
            if isGivingUp() {
                throw StoreError.unavailable(
                    place: source.place, detail: "the connection ended during a commit, and its outcome is not known")
            }
        }
    }

    /// - Returns: nil while it runs.
    private func status(on connection: PostgresConnection) throws -> Bool? {
        let row = try connection.query("SELECT pg_xact_status(CAST($1 AS xid8))", [.text(transaction.id)]).first
        return switch row?.text(0) {
        case "committed": true
        case "in progress": nil
        default: false
        }
    }
}
