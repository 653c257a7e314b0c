import Model

/// Where history is read from: never written, and never waited for long.
protocol ReadSource: AnyObject {
    /// Names the database in messages.
    var place: String { get }

    /// - Throws: `StoreError` if what is read now cannot be relied on.
    var session: Session { get throws }

    /// Whether the place still leads to what is open, and it may still be read as it was opened.
    var isCurrent: Bool { get }

    /// Whether the place leads to something else than what is open, or to nothing.
    var isReplaced: Bool { get }

    /// Runs `body` on one state of the database, whatever is written meanwhile.
    func snapshot<Value>(_ body: () throws -> Value) throws -> Value

    /// The daemon that works on the database, as far as the database itself shows one, or did last; nil if none ever did.
    func daemonInfo() throws -> DaemonInfo?

    /// - Returns: in bytes; what is not known is nil or 0.
    func size() throws -> StorageSize

    /// What the database's own clock shows; nil for a file, which has none.
    func time() throws -> Timestamp?

    /// Looks for damage, as far as that costs little.
    ///
    /// - Parameter isThorough: as much as after a crash.
    /// - Throws: `StoreError.corrupt`.
    func checkIntegrity(isThorough: Bool) throws

    /// Makes a copy in one new file.
    func backup(to target: String) throws
}

/// What a database takes up, in bytes.
struct StorageSize {
    var database: Int64 = 0
    /// Of the write-ahead log.
    var log: Int64 = 0
    /// What is left for it; nil if nobody says.
    var free: Int64?
}

extension ReadSource {
    func time() throws -> Timestamp? { nil }

    func checkIntegrity(isThorough: Bool) throws {}

    /// A statement of its own, which starts with these values.
    func prepare(_ sql: String, _ values: SQLValues = .none) throws -> Statement {
        try session.prepare(sql, values)
    }

    /// The first column of the first row.
    func integer(_ sql: String, _ values: SQLValues = .none) throws -> Int64? {
        let statement = try prepare(sql, values)
        return try statement.step() ? statement[0] : nil
    }
}
