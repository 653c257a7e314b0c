import GRDBSQLite

/// SQLite's own calls on one open connection.
final class SQLiteConnection {
    let handle: OpaquePointer
    /// Of the file, as errors name it.
    let path: String
    private let isReader: Bool

    /// - Parameter handle: is closed with this.
    init(reading path: String, handle: OpaquePointer) {
        self.handle = handle
        self.path = path
        isReader = true
    }

    /// - Parameter handle: whoever opened it closes it.
    init(writing path: String, handle: OpaquePointer) {
        self.handle = handle
        self.path = path
        isReader = false
    }

    deinit {
        // Statements that are still there keep it open until they are gone.
        if isReader { sqlite3_close_v2(handle) }
    }

    /// How many rows the last statement has changed.
    var changes: Int { Int(sqlite3_changes(handle)) }

    func prepare(_ sql: String, isKept: Bool) throws -> OpaquePointer {
        var prepared: OpaquePointer?
        let flags = isKept ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        let code = sqlite3_prepare_v3(handle, sql, -1, flags, &prepared, nil)
        guard let statement = prepared, code == SQLITE_OK else { throw error(code) }
        return statement
    }

    /// Runs statements without values, one after the other.
    func execute(_ sql: String) throws {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// Starts a statement anew with these values, one for each of its places.
    func bind(_ values: [SQLValue], to statement: OpaquePointer) throws {
        sqlite3_reset(statement)
        guard values.count == Int(sqlite3_bind_parameter_count(statement)) else { throw error(SQLITE_RANGE) }
        var place: Int32 = 0
        for value in values {
            place += 1
            let code =
                switch value {
                case .null: sqlite3_bind_null(statement, place)
                case .integer(let integer): sqlite3_bind_int64(statement, place, integer)
                case .number(let number): sqlite3_bind_double(statement, place, number)
                case .text(let text): sqlite3_bind_text(statement, place, text, -1, copied)
                case .blob([]): sqlite3_bind_zeroblob(statement, place, 0)
                case .blob(let bytes): sqlite3_bind_blob(statement, place, bytes, Int32(clamping: bytes.count), copied)
                }
            guard code == SQLITE_OK else { throw error(code) }
        }
    }

    /// - Parameter code: of the call that has just failed.
    func error(_ code: Int32) -> StoreError {
        if code == SQLITE_RANGE {
            return StoreError(code: code, message: "a statement and its values do not match", path: path)
        }
        return isReader
            ? ReadConnection.error(handle, code, path)
            : StoreError(
                code: sqlite3_extended_errcode(handle),
                message: sqlite3_errmsg(handle).map { String(cString: $0) } ?? "SQLite error", path: path)
    }
}

/// SQLITE_TRANSIENT, which is a cast in C: SQLite copies the text.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
