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

    /// Waits until the database answers.
    ///
    /// - Parameters:
    ///   - limit: for a program that remembers nothing of what it wrote; nil: however long that takes.
    ///   - isGivingUp: asked between the questions: whether the program ends.
    /// - Returns: whether it was committed.
    /// - Throws: `StoreError.unavailable` if it was given up.
    func find(within limit: Duration? = nil, givingUp isGivingUp: () -> Bool) throws -> Bool {
        let deadline = limit.map { ContinuousClock.now + $0 }
        func isOver() -> Bool { deadline.map { ContinuousClock.now >= $0 } ?? false }
        var looks = 0
        while true {
            do {
                let connection = try PostgresConnection(source.address(), options(until: deadline))
                while true {
                    if let isCommitted = try status(on: connection) { return isCommitted }
                    looks += 1
                    if looks % Self.patience == 0 {
                        try connection.query(Self.endIfWaitingForUs, [.text(transaction.id)])
                    }
                    usleep(Self.pause)
                    if isGivingUp() || isOver() { break }
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
            if isOver() {
                throw StoreError.unavailable(
                    place: source.place,
                    detail: "the connection ended during a commit, and it is not known whether the change was stored; "
                        + "before you repeat the command, see whether it took effect (`polarai-daemon history`, `alerts list`, "
                        + "`silence list`)")
            }
        }
    }

    /// What is left of the time, but enough for a server that answers.
    private func options(until deadline: ContinuousClock.Instant?) -> PostgresOptions {
        guard let deadline else { return source.options }
        let left = ContinuousClock.now.duration(to: deadline)
        var options = source.options
        options.connectLimit = min(options.connectLimit, max(left, .seconds(1)))
        options.statementLimit = min(options.statementLimit, max(left, .milliseconds(500)))
        return options
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
