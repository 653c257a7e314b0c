import CPostgres
import Glibc

/// A session with PostgreSQL, used by one thread at a time. Every call has a limit, and what misses it closes the session:
/// nothing can be said of a connection on which an answer is still to come.
///
/// Statements are queued and sent together with the next `query` or `flush`: one round trip for all of them. Outside of a
/// transaction such a bundle is one transaction of its own.
package final class PostgresConnection {
    let options: PostgresOptions
    let messages: MessageReader
    /// The server's version as libpq counts: 150004 is 15.4.
    package let serverVersion: Int
    /// Of the server's process, as `pg_stat_activity` has it; behind a pooler the pooler's own number.
    package let backendID: Int

    /// Nil once the session is closed.
    private(set) var handle: OpaquePointer?
    var statements = PreparedStatements()
    var pending: [PendingCommand] = []
    private var values = ValueBuffer()
    /// Between `begin` and its end.
    private(set) var isInTransaction = false

    /// Commands after which what has been queued is sent on, so that it does not pile up in memory.
    private static let bundle = 64
    package static let oldestVersion = 140_000

    /// Connects, and sets up the session.
    ///
    /// - Throws: `PostgresError`.
    package init(_ address: PostgresAddress, _ options: PostgresOptions) throws(PostgresError) {
        self.options = options
        messages = MessageReader(secrets: address.secrets)
        let handle = try Connector(address: address, options: options, messages: messages).connect()
        self.handle = handle
        serverVersion = Int(PQserverVersion(handle))
        backendID = Int(PQbackendPID(handle))
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
            PQfinish(handle)
            self.handle = nil
            throw PostgresError(.connectionLost, "the session could not be set up")
        }
        guard serverVersion >= Self.oldestVersion else {
            close()
            throw PostgresError(
                .unsupported,
                "the server is PostgreSQL \(serverVersion / 10_000), and version 14 or newer is needed")
        }
        do {
            try query(SessionSettings.statement, SessionSettings.values(options))
        } catch {
            close()
            throw error
        }
    }

    deinit {
        if let handle { PQfinish(handle) }
    }

    /// False once the session has ended; then a new one is needed.
    package var isOpen: Bool { handle != nil }

    /// `TLSv1.3`; nil without TLS.
    package var tlsVersion: String? {
        guard let handle, PQsslInUse(handle) == 1 else { return nil }
        return PQsslAttribute(handle, "protocol").map { String(cString: $0) }
    }

    /// Ends the session. An open transaction is rolled back by the server.
    package func close() {
        if let handle { PQfinish(handle) }
        handle = nil
        pending.removeAll()
        isInTransaction = false
    }

    // MARK: - Statements

    /// Runs a statement, after all that is queued.
    ///
    /// - Parameters:
    ///   - text: with `$1`, `$2`, … for the values; prepared once, and kept for the next time.
    ///   - limit: how long to wait for the answer; nil means the session's own limit.
    /// - Throws: `PostgresError` of this or of a queued statement. In a transaction nothing but `rollback` works then.
    @discardableResult
    package func query(
        _ text: String, _ values: [PostgresValue] = [], within limit: Duration? = nil
    ) throws(PostgresError) -> PostgresResult {
        try queue(text, values)
        guard let result = try flush(within: limit).last else {
            throw PostgresError(.other, "the server gave no result")
        }
        return result
    }

    /// Runs a statement, after all that is queued, and says how many rows it changed.
    ///
    /// - Throws: see `query`.
    @discardableResult
    package func execute(
        _ text: String, _ values: [PostgresValue] = [], within limit: Duration? = nil
    ) throws(PostgresError) -> Int {
        try query(text, values, within: limit).changedCount
    }

    /// Adds a statement to what is sent next.
    ///
    /// - Parameter receive: given its result as soon as that is here; not called if it fails, or is not run.
    /// - Throws: `PostgresError` if the session has ended.
    package func queue(
        _ text: String, _ values: [PostgresValue] = [], receiving receive: ((PostgresResult) -> Void)? = nil
    ) throws(PostgresError) {
        let handle = try openHandle()
        let (name, isNew) = statements.name(for: text)
        if isNew {
            guard PQsendPrepare(handle, name, text, 0, nil) == 1 else { throw lost() }
            pending.append(.prepare(text))
        }
        self.values.fill(values)
        let isSent = self.values.withPointers { count, pointers, lengths, formats in
            PQsendQueryPrepared(handle, name, count, pointers, lengths, formats, 0)
        }
        guard isSent == 1 else { throw lost() }
        pending.append(.run(receive))
        try sendOnIfMany(handle)
    }

    /// Adds a statement that is not worth keeping, for example BEGIN.
    private func queueOnce(_ text: String) throws(PostgresError) {
        let handle = try openHandle()
        guard PQsendQueryParams(handle, text, 0, nil, nil, nil, nil, 0) == 1 else { throw lost() }
        pending.append(.run(nil))
    }

    /// Sends what is queued, and waits until all of it is done.
    ///
    /// - Returns: the results of the queued statements in their order.
    /// - Throws: the first error; what was queued behind it has not been run.
    @discardableResult
    package func flush(within limit: Duration? = nil) throws(PostgresError) -> [PostgresResult] {
        let handle = try openHandle()
        guard !pending.isEmpty else { return [] }
        guard PQpipelineSync(handle) == 1 else { throw lost() }
        let deadline = Deadline(after: limit ?? options.answerLimit)
        return try answers(handle, deadline)
    }

    private func sendOnIfMany(_ handle: OpaquePointer) throws(PostgresError) {
        guard pending.count % Self.bundle == 0 else { return }
        // The server answers while it is sent more: what it has said must be taken, or both would wait.
        guard PQflush(handle) >= 0, PQconsumeInput(handle) == 1 else { throw lost() }
    }

    /// The session, or why there is none.
    func openHandle() throws(PostgresError) -> OpaquePointer {
        guard let handle else { throw PostgresError(.connectionLost, "the connection is closed") }
        return handle
    }

    /// Closes the session, and says why.
    func lost() -> PostgresError {
        let words = handle.flatMap { PQerrorMessage($0) }.map { String(cString: $0) } ?? ""
        close()
        return messages.sessionEnd(words)
    }

    // MARK: - Transactions

    /// Begins a transaction, READ COMMITTED, with what is sent next.
    ///
    /// - Throws: `PostgresError` where the session has ended.
    package func begin() throws(PostgresError) {
        try queueOnce(options.access == .readOnly ? "BEGIN READ ONLY" : "BEGIN")
        isInTransaction = true
    }

    /// Sends what is queued and commits: one round trip.
    ///
    /// - Throws: `PostgresError`. With `isOutcomeUnknown` the transaction may have happened; otherwise it has not, and it
    ///   has been rolled back.
    package func commit(within limit: Duration? = nil) throws(PostgresError) {
        try queueOnce("COMMIT")
        do throws(PostgresError) {
            let results = try flush(within: limit)
            isInTransaction = false
            guard results.last?.command == "COMMIT" else {
                throw PostgresError(.transactionAborted, "the transaction was rolled back in place of a commit")
            }
        } catch {
            var error = error
            // A refusal is an answer, unless the session ended with it.
            error.isOutcomeUnknown = error.endedSession
            rollback()
            throw error
        }
    }

    /// Ends the transaction without a trace. What is queued and not yet sent is part of it. Does nothing without one.
    package func rollback() {
        guard isInTransaction, isOpen else { return }
        isInTransaction = false
        do {
            // An error of what was queued belongs to what is given up.
            _ = try? flush()
            if isOpen {
                try queueOnce("ROLLBACK")
                try flush()
            }
        } catch {
            close()
        }
    }

    /// Runs `body` in a transaction: committed if it returns, rolled back if it throws.
    ///
    /// - Throws: whatever `body` throws; `PostgresError` of `begin` and `commit`.
    @discardableResult
    package func transaction<Value>(_ body: (PostgresConnection) throws -> Value) throws -> Value {
        try begin()
        let value: Value
        do {
            value = try body(self)
        } catch {
            rollback()
            throw error
        }
        try commit()
        return value
    }
}
