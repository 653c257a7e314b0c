import CPostgres

extension PostgresConnection {
    /// Runs a text of several statements that take no values, for example a step of the schema. In a transaction if one is
    /// open, else all of it is one of its own.
    ///
    /// - Parameter limit: for the whole text; the server's own limit for a statement holds as well.
    /// - Throws: `PostgresError` of the first statement that failed.
    package func runScript(_ text: String, within limit: Duration? = nil) throws(PostgresError) {
        try flush()
        let handle = try openHandle()
        let deadline = Deadline(after: limit ?? options.answerLimit)
        // A text of several statements can only be sent by itself.
        guard PQexitPipelineMode(handle) == 1, PQsendQuery(handle, text) == 1 else { throw lost() }
        try send(handle, deadline)
        var first: PostgresError?
        while let result = try next(handle, deadline) {
            let status = PQresultStatus(result)
            let isDone = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY
            let error = isDone ? nil : messages.error(of: result)
            PQclear(result)
            if let error {
                guard !error.endedSession else {
                    close()
                    throw error
                }
                if first == nil { first = error }
            }
        }
        guard PQenterPipelineMode(handle) == 1 else { throw lost() }
        if let first { throw first }
    }

    /// Sets how long the server lets a statement take, until it is set again: for a step of the schema on a large table.
    ///
    /// - Throws: `PostgresError`.
    package func setStatementLimit(_ limit: Duration) throws(PostgresError) {
        try query(
            "SELECT set_config('statement_timeout', $1, false)",
            [.text(SessionSettings.milliseconds(limit))])
    }
}
