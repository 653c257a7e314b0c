/// One connection to a database, for the thread that has it: what the rules of the store are written against.
///
/// The text of a statement stands once, whichever engine runs it.
final class Session {
    private let connection: SQLiteConnection
    private var kept: [String: Statement] = [:]

    init(_ connection: SQLiteConnection) {
        self.connection = connection
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

    /// Runs a statement that gives no rows, or whose rows do not matter.
    ///
    /// - Returns: how many rows it has changed.
    @discardableResult
    func run(_ sql: String, _ values: SQLValues = .none) throws -> Int {
        try statement(sql).run(values)
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
    func newestNumber() throws -> Int64 {
        try integer("SELECT seq FROM sqlite_sequence WHERE name = 'events'") ?? 0
    }

    /// Changes when another connection has committed; costs next to nothing.
    func dataVersion() throws -> Int64 {
        try integer("PRAGMA data_version") ?? 0
    }

    /// The first of so many new numbers of events, which follow each other. They are given again if the transaction
    /// fails: numbers are in the order of commits, without gaps.
    func takeNumbers(_ count: Int) throws -> Int64 {
        // The insertion moves SQLite's own count on. Nobody else writes.
        try newestNumber() + 1
    }
}
