import Model
import Postgres

/// A session with PostgreSQL as the store has it: statements in SQLite's words, errors as `StoreError`. Connects when it is
/// needed, and again after the connection was lost. For one thread at a time.
final class PostgresSession {
    let source: PostgresSource
    private var connection: PostgresConnection?
    private(set) var translations: [String: String] = [:]
    private(set) var isInTransaction = false
    private var hasOrder = false
    /// The transaction that writes now, once the server has named it.
    private var transaction: PostgresTransaction?
    private var isWriting = false
    private var order = WriteOrder.anything
    /// What the transaction that writes has queued, until something of it is answered. If the connection turns out to have
    /// ended while nobody used it, all of this is sent again on another one. Nil: it is too late for that.
    private var unanswered: [(sql: String, values: [SQLValue])]?
    /// What each transaction that writes begins with.
    var condition: WriteCondition?

    init(_ source: PostgresSource) {
        self.source = source
        condition = source.condition
    }

    var place: String { source.place }

    /// More is not kept to be sent again.
    private static let mostUnanswered = 64
    /// More texts than the programs have: whoever makes new ones without end does not fill the memory.
    static let mostTranslations = 500

    var isOpen: Bool { connection?.isOpen ?? false }

    /// Connects, if there is no connection.
    ///
    /// - Throws: `StoreError.unavailable`, `.login` or `.denied`.
    func open() throws -> PostgresConnection {
        if let connection, connection.isOpen { return connection }
        // Nothing of an open transaction is left on another connection.
        guard !isInTransaction else {
            throw StoreError.unavailable(place: place, detail: "the connection ended within a transaction")
        }
        let new = try source.connect()
        connection = new
        return new
    }

    func close() {
        connection?.close()
        connection = nil
        isInTransaction = false
        forgetTransaction()
    }

    private func forgetTransaction() {
        transaction = nil
        isWriting = false
        unanswered = nil
    }

    /// Sends a statement with all that is queued, and waits for its rows.
    func query(_ sql: String, _ values: [SQLValue]) throws -> PostgresResult {
        try asking { try $0.query(text(of: sql), values.map(PostgresValue.init)) }
    }

    /// Sends a statement with the next one that is waited for; its failure is that one's.
    func queue(_ sql: String, _ values: [SQLValue]) throws {
        let connection = try open()
        guard isInTransaction else {
            _ = try query(sql, values)
            return
        }
        try translating { try connection.queue(text(of: sql), values.map(PostgresValue.init)) }
        if let count = unanswered?.count, count >= Self.mostUnanswered { unanswered = nil }
        unanswered?.append((sql, values))
    }

    /// Waits for an answer. A transaction of which nothing was answered yet is begun again if the connection had ended.
    private func asking<Value>(_ ask: (PostgresConnection) throws -> Value) throws -> Value {
        let connection = try open()
        do {
            let value = try translating { try ask(connection) }
            unanswered = nil
            return value
        } catch StoreError.unavailable where unanswered != nil && !connection.isOpen {
            let queued = unanswered ?? []
            isInTransaction = false
            try beginWriting(order)
            for (sql, values) in queued { try queue(sql, values) }
            let new = try open()
            return try translating { try ask(new) }
        }
    }

    /// Runs statements without values, in the transaction that is open.
    func runScript(_ text: String, within limit: Duration) throws {
        let connection = try open()
        try translating {
            try connection.setStatementLimit(limit)
            try connection.runScript(text, within: limit)
        }
    }

    /// Waits, within the transaction that is open, until no other host has this lock.
    func wait(forLock number: Int64, within limit: Duration) throws {
        let connection = try open()
        try translating {
            try connection.setStatementLimit(limit)
            try connection.query("SELECT set_config('lock_timeout', '0', true)")
            try connection.query("SELECT pg_advisory_xact_lock($1)", [.integer(number)], within: limit)
        }
    }

    private func text(of sql: String) -> String {
        if let known = translations[sql] { return known }
        let text = PostgresText.translated(sql)
        if translations.count >= Self.mostTranslations { translations.removeAll() }
        translations[sql] = text
        return text
    }

    private func translating<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw StoreError.translating(error, place: place)
        }
    }
}

/// Transactions.
extension PostgresSession {
    /// - Parameter isFixed: what is read is one state of the database, whatever others commit meanwhile.
    func begin(isFixed: Bool = false) throws {
        let connection = try open()
        try translating {
            try connection.begin()
            if isFixed { try connection.queue("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ") }
        }
        isInTransaction = true
        hasOrder = false
        forgetTransaction()
    }

    /// Begins a transaction that writes: its outcome can be found out later. That goes to the server with the first
    /// statement whose rows are waited for, and what is wrong shows then.
    func beginWriting(_ order: WriteOrder) throws {
        let isReused = isOpen
        try begin()
        do {
            let connection = try open()
            if let condition {
                guard let (text, values) = condition() else {
                    throw StoreError.unavailable(place: place, detail: StoreError.lostShare)
                }
                try translating { try connection.queue(text, values) }
            }
            let statement = order == .alerts ? Self.order : "SELECT pg_current_xact_id()::text"
            try translating {
                try connection.queue(statement) { [weak self] result in
                    self?.transaction = PostgresTransaction(id: result.first?.text(0) ?? "")
                }
            }
            isWriting = true
            self.order = order
            hasOrder = order == .alerts
            unanswered = isReused ? [] : nil
        } catch {
            rollback()
            throw error
        }
    }

    /// Waits until nobody else makes or moves alerts. A statement of its own: what follows it sees what they committed.
    func take(_ order: WriteOrder) throws {
        guard order == .alerts, !hasOrder else { return }
        _ = try asking { try $0.query(Self.order) }
        hasOrder = true
    }

    private static let order = "SELECT pg_current_xact_id()::text FROM installation FOR UPDATE"

    /// - Parameters:
    ///   - limit: how long it may take to find out what became of it, if its answer is lost; nil: as long as it takes.
    ///   - isGivingUp: whether the program ends.
    /// - Throws: `StoreError.unavailable` with nothing committed, or without knowing it if the time is over; whatever the
    ///   server refuses.
    func commit(knownWithin limit: Duration? = nil, givingUp isGivingUp: () -> Bool) throws {
        // Without its name nobody could find out later what became of it.
        if isWriting, transaction == nil {
            do {
                try flush()
            } catch {
                rollback()
                throw error
            }
        }
        let connection = try open()
        let transaction = transaction
        defer {
            isInTransaction = false
            forgetTransaction()
        }
        do {
            try connection.commit()
        } catch {
            guard error.isOutcomeUnknown, let transaction else {
                throw StoreError.translating(error, place: place)
            }
            // What whoever waits for this knows must be what the database has.
            isInTransaction = false
            let outcome = PostgresOutcome(transaction: transaction, source: source)
            guard try outcome.find(within: limit, givingUp: isGivingUp) else {
                throw StoreError.translating(error, place: place)
            }
        }
    }

    func rollback() {
        connection?.rollback()
        isInTransaction = false
        forgetTransaction()
    }

    /// Waits for what is queued: an error of it shows now.
    func flush() throws {
        _ = try asking { try $0.flush() }
    }
}

extension PostgresValue {
    fileprivate init(_ value: SQLValue) {
        self =
            switch value {
            case .null: .null
            case .integer(let integer): .integer(integer)
            case .number(let number): .real(number)
            case .text(let text): .text(text)
            case .blob(let bytes): .bytes(bytes)
            }
    }
}
