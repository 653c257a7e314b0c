/// One connection to a database, for the thread that has it: what the rules of the store are written against.
///
/// The text of a statement stands once, whichever engine runs it.
final class Session {
    enum Connection {
        case sqlite(SQLiteConnection)
        case postgres(PostgresSession)
    }

    private let connection: Connection
    private var kept: [String: Statement] = [:]

    init(_ connection: SQLiteConnection) {
        self.connection = .sqlite(connection)
    }

    init(_ connection: PostgresSession) {
        self.connection = .postgres(connection)
    }

    enum Engine {
        case sqlite, postgres
    }

    var engine: Engine {
        switch connection {
        case .sqlite: .sqlite
        case .postgres: .postgres
        }
    }

    /// Names the database in messages.
    var place: String {
        switch connection {
        case .sqlite(let connection): connection.path
        case .postgres(let session): session.place
        }
    }

    /// A statement that is compiled once for all its uses.
    ///
    /// - Returns: another one while a row of it is being read.
    func statement(_ sql: String) throws -> Statement {
        if let known = kept[sql], !known.isOnRow { return known }
        let new = try Statement(sql, on: connection, isKept: true)
        kept[sql] = new
        return new
    }

    /// A statement of its own, which starts with these values.
    func prepare(_ sql: String, _ values: SQLValues = .none) throws -> Statement {
        let statement = try Statement(sql, on: connection, isKept: false)
        try statement.bind(values)
        return statement
    }

    /// Runs a statement whose result nobody waits for. PostgreSQL gets it with the next question, or with the commit: what
    /// it refuses shows then.
    func run(_ sql: String, _ values: SQLValues = .none) throws {
        try statement(sql).run(values)
    }

    /// Waits until what `run` was given is done: what PostgreSQL refuses of it shows now.
    func flush() throws {
        switch connection {
        case .sqlite: break
        case .postgres(let session): try session.flush()
        }
    }

    /// Runs a statement.
    ///
    /// - Returns: how many rows it has changed.
    func changedRows(_ sql: String, _ values: SQLValues = .none) throws -> Int {
        try statement(sql).changedRows(values)
    }

    /// What `read` makes of the rows, in their order.
    ///
    /// - Parameters:
    ///   - limit: after so many values no further row is read.
    ///   - read: returns nil for a row that is passed over.
    func rows<Value>(
        _ sql: String, _ values: SQLValues = .none, upTo limit: Int = .max, _ read: (Statement) throws -> Value?
    ) throws -> [Value] {
        let statement = try statement(sql)
        defer { statement.reset() }
        try statement.bind(values)
        var found: [Value] = []
        while found.count < limit, try statement.step() {
            if let value = try read(statement) { found.append(value) }
        }
        return found
    }

    /// What `read` makes of the first row; nil if there is none.
    func first<Value>(
        _ sql: String, _ values: SQLValues = .none, _ read: (Statement) throws -> Value?
    ) throws -> Value? {
        let statement = try statement(sql)
        defer { statement.reset() }
        try statement.bind(values)
        return try statement.step() ? try read(statement) : nil
    }

    /// The first column of the first row; nil if there is none, or it is NULL.
    func integer(_ sql: String, _ values: SQLValues = .none) throws -> Int64? {
        try first(sql, values) { $0[0] as Int64? }
    }

    /// The first column of the first row; nil if there is none, or it is NULL.
    func text(_ sql: String, _ values: SQLValues = .none) throws -> String? {
        try first(sql, values) { $0.text(0) }
    }

    /// The first column of the first row; nil if there is none, or it is NULL.
    func flag(_ sql: String, _ values: SQLValues = .none) throws -> Bool? {
        try first(sql, values) { $0[0] as Bool? }
    }

    /// The first column of all rows.
    func integers(_ sql: String, _ values: SQLValues = .none) throws -> [Int64] {
        try rows(sql, values) { $0[0] as Int64 }
    }

    /// The first column of all rows.
    func texts(_ sql: String, _ values: SQLValues = .none) throws -> [String] {
        try rows(sql, values) { $0[0] as String }
    }

    /// Forgets what was compiled; it is compiled again when it is needed.
    func forgetStatements() {
        kept = [:]
    }
}

/// What an engine has of its own.
extension Session {
    /// The number of the newest event that ever was, 0 if there was none.
    ///
    /// - Throws: also `StoreError.corrupt`: see `checked`.
    func newestNumber() throws -> Int64 {
        switch connection {
        case .sqlite: try checked(integer("SELECT seq FROM sqlite_sequence WHERE name = 'events'") ?? 0)
        case .postgres: try checked(integer("SELECT last_seq FROM installation") ?? 0)
        }
    }

    /// A number of an event, after which there is room for others.
    ///
    /// - Throws: `StoreError.corrupt` for one that no history ever comes to: somebody else wrote it.
    func checked(_ number: Int64) throws -> Int64 {
        guard (0...Self.greatestNumber).contains(number) else {
            throw StoreError.corrupt(
                path: place, detail: StoreError.impossibleNumber(number))
        }
        return number
    }

    private static let greatestNumber = Int64.max - 1_000_000_000

    /// Changes when another connection has committed; costs next to nothing. PostgreSQL's says whether there are new
    /// events.
    func dataVersion() throws -> Int64 {
        switch connection {
        case .sqlite: try integer("PRAGMA data_version") ?? 0
        case .postgres: try newestNumber()
        }
    }

    /// So many new numbers of events. They are given again if the transaction fails: numbers are in the order of commits,
    /// without gaps.
    func takeNumbers(_ count: Int) throws -> NewNumbers {
        switch connection {
        case .sqlite:
            // The insertion moves SQLite's own count on. Nobody else writes.
            return NewNumbers(first: try newestNumber() + 1, mayBeHeld: true)
        case .postgres:
            let found = try first(Self.numbering, [count]) { row in
                NewNumbers(first: try checked(row[0]) - Int64(count) + 1, mayBeHeld: row[1])
            }
            guard let found else {
                throw StoreError.corrupt(path: place, detail: StoreError.incompleteServer)
            }
            return found
        }
    }

    /// Asks in the same round trip what is asked of each alert otherwise.
    private static let numbering = """
        UPDATE installation SET last_seq = last_seq + ?
        RETURNING last_seq, EXISTS (SELECT 1 FROM outbox WHERE state = 'held')
        """
}

/// Numbers that follow each other.
struct NewNumbers {
    let first: Int64
    /// False if no alert is held, of whatever task. Then nothing has to be looked for that a new alert must not overtake.
    let mayBeHeld: Bool
}
