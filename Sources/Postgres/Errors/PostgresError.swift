/// Why PostgreSQL did not do what it was asked.
package struct PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What it means for whoever asked, whatever the server's exact words.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// The address cannot be used as it is.
        case address
        /// A wrong password, no such role, or no entry for it in pg_hba.conf.
        case authentication
        case noSuchDatabase
        /// The server's certificate is not verified, or TLS is not offered where it is demanded.
        case certificate
        /// An older version than 14.
        case unsupported
        /// The role may not do this.
        case permission

        /// No server answers at the address, or its name cannot be looked up.
        case unreachable
        /// No answer in time. The connection is closed.
        case timeout
        /// The connection ended.
        case connectionLost
        case startingUp
        case shuttingDown
        /// The server takes no writes: it is a standby.
        case standby
        /// The server takes no writes: it, the database or the role is set to read only.
        case readOnly
        case tooManyConnections
        /// The disk or the memory of the server is full.
        case full

        /// Another transaction was in the way for too long, or a deadlock was resolved: the same may succeed next time.
        case conflict
        /// The server stopped a statement that took too long.
        case statementTimeout
        /// A rule of the schema forbids it, for example a unique key.
        case constraint
        /// A table, a column or a function that does not exist.
        case noSuchObject
        /// An earlier statement of the transaction failed, or it was rolled back in place of a commit.
        case transactionAborted
        /// A prepared statement is unknown to the session that got it, or another client's is there: transaction pooling.
        case pooling
        case other
    }

    package let kind: Kind
    /// Five characters of the server (appendix A of its manual); nil if it did not speak.
    package let sqlState: String?
    /// One line of at most 400 bytes, without secrets.
    package let message: String
    /// The connection ended while a COMMIT was on its way: the transaction may have happened or not.
    package var isOutcomeUnknown = false
    /// The session ended with it: nothing is known of what was on its way.
    var endedSession = false

    package init(_ kind: Kind, _ message: String, sqlState: String? = nil) {
        self.kind = kind
        self.message = message
        self.sqlState = sqlState
    }

    package var description: String { message }

    /// Nothing changes by waiting: somebody has to change the config or the server's roles.
    package var needsOperator: Bool {
        switch kind {
        case .address, .authentication, .noSuchDatabase, .certificate, .unsupported, .permission: true
        default: false
        }
    }

    /// A database that comes back by itself: worth waiting for.
    package var isOutage: Bool {
        switch kind {
        case .unreachable, .timeout, .connectionLost, .startingUp, .shuttingDown, .standby, .readOnly,
            .tooManyConnections,
            .full:
            true
        default: false
        }
    }
}

extension PostgresError.Kind {
    /// By the server's code.
    ///
    /// - Parameter isFatal: the server ended the connection with it.
    init(sqlState: String, isFatal: Bool) {
        switch sqlState {
        case "28P01", "28000": self = .authentication
        case "3D000": self = .noSuchDatabase
        // 3F000: there is no schema in which the role may make tables, or none of that name.
        case "42501", "3F000": self = .permission
        case "25006": self = .standby
        case "53300", "53400": self = .tooManyConnections
        case "53100", "53200", "53000": self = .full
        case "57P03": self = .startingUp
        case "57P01", "57P02", "57P05": self = .shuttingDown
        case "57014": self = .statementTimeout
        // 0A000 here: "cached plan must not change result type", after somebody changed a table.
        case "40001", "40P01", "55P03", "0A000": self = .conflict
        case "25P02": self = .transactionAborted
        case "25P03": self = .connectionLost
        case "26000", "42P05": self = .pooling
        case "42P01", "42703", "42883": self = .noSuchObject
        // Not by class 55 alone: "is not currently accepting connections" is 55000 at login.
        case "55000" where isFatal: self = .startingUp
        case _ where sqlState.hasPrefix("08"): self = .connectionLost
        case _ where sqlState.hasPrefix("23"): self = .constraint
        default: self = isFatal ? .connectionLost : .other
        }
    }
}
