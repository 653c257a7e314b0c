/// What a connection is for, and how long anything on it may take.
package struct PostgresOptions: Hashable, Sendable {
    /// What the session may do.
    package enum Access: Hashable, Sendable {
        case readWrite
        /// Every transaction is read only. The server is the primary all the same: a standby lags behind.
        case readOnly
    }

    /// Shown in `pg_stat_activity` and in the server's log; 63 bytes at most are kept.
    package var applicationName: String
    package var access: Access
    /// Until the session is ready, all servers of the address together.
    package var connectLimit: Duration
    /// The server ends a statement that takes longer. The client waits one second more, and closes the connection.
    package var statementLimit: Duration
    /// How long a statement waits for a lock.
    package var lockLimit: Duration
    /// The server ends a session that leaves a transaction open for longer without a word.
    package var idleLimit: Duration

    /// The limits fit within a lease of 15 s.
    package init(
        applicationName: String = "polarai-daemon", access: Access = .readWrite, connectLimit: Duration = .seconds(10),
        statementLimit: Duration = .seconds(5), lockLimit: Duration = .seconds(3), idleLimit: Duration = .seconds(5)
    ) {
        self.applicationName = applicationName
        self.access = access
        self.connectLimit = connectLimit
        self.statementLimit = statementLimit
        self.lockLimit = lockLimit
        self.idleLimit = idleLimit
    }

    /// How long the client waits for a statement.
    var answerLimit: Duration { statementLimit + .seconds(1) }
}
