import GRDBSQLite
import Model

/// A prepared statement, and the row that it stands on. For the thread that has its connection.
///
/// Rows are read in place: what a column gives without a copy is good until the next step.
final class Statement {
    private enum Source {
        /// The connection is kept open as long as the statement lives.
        case sqlite(OpaquePointer, SQLiteConnection)
        case postgres(PostgresStatement)
    }

    private let source: Source
    /// Whether it stands on a row: running it anew would take the row from whoever reads it.
    private(set) var isOnRow = false

    /// - Parameter isKept: it is prepared for many uses.
    init(_ sql: String, on connection: Session.Connection, isKept: Bool) throws {
        switch connection {
        case .sqlite(let connection): source = .sqlite(try connection.prepare(sql, isKept: isKept), connection)
        case .postgres(let session): source = .postgres(PostgresStatement(sql, on: session))
        }
    }

    deinit {
        switch source {
        case .sqlite(let handle, _): sqlite3_finalize(handle)
        case .postgres: break
        }
    }

    /// Starts anew with these values.
    func bind(_ values: SQLValues) throws {
        isOnRow = false
        switch source {
        case .sqlite(let handle, let connection): try connection.bind(values.list, to: handle)
        case .postgres(let statement): statement.bind(values.list)
        }
    }

    /// - Returns: false after the last row.
    func step() throws -> Bool {
        switch source {
        case .sqlite(let handle, let connection):
            switch sqlite3_step(handle) {
            case SQLITE_ROW: isOnRow = true
            case SQLITE_DONE: isOnRow = false
            case let code:
                defer { reset() }
                throw connection.error(code)
            }
        case .postgres(let statement):
            isOnRow = try statement.step()
        }
        return isOnRow
    }

    /// Runs it to its end.
    ///
    /// - Returns: how many rows it has changed.
    func changedRows(_ values: SQLValues) throws -> Int {
        switch source {
        case .sqlite(_, let connection):
            try bind(values)
            while try step() {}
            reset()
            return connection.changes
        case .postgres(let statement):
            return try statement.changedRows(values.list)
        }
    }

    /// Runs it without waiting for its result: see `Session.run`.
    func run(_ values: SQLValues) throws {
        switch source {
        case .sqlite: _ = try changedRows(values)
        case .postgres(let statement): try statement.queue(values.list)
        }
    }

    /// Lets go of the row, and of what it holds open in the database.
    func reset() {
        isOnRow = false
        switch source {
        case .sqlite(let handle, _): sqlite3_reset(handle)
        case .postgres(let statement): statement.reset()
        }
    }
}

/// The columns of the row, by their numbers from 0. What is NULL is 0, false or empty where no optional is asked for.
extension Statement {
    func isNull(_ column: Int32) -> Bool {
        switch source {
        case .sqlite(let handle, _): sqlite3_column_type(handle, column) == SQLITE_NULL
        case .postgres(let statement): statement.isNull(column)
        }
    }

    func integer(_ column: Int32) -> Int64 {
        switch source {
        case .sqlite(let handle, _): sqlite3_column_int64(handle, column)
        case .postgres(let statement): statement.integer(column)
        }
    }

    func double(_ column: Int32) -> Double {
        switch source {
        case .sqlite(let handle, _): sqlite3_column_double(handle, column)
        case .postgres(let statement): statement.double(column)
        }
    }

    func flag(_ column: Int32) -> Bool {
        switch source {
        case .sqlite(let handle, _): sqlite3_column_int64(handle, column) != 0
        case .postgres(let statement): statement.flag(column)
        }
    }

    /// The UTF-8 bytes, good until the next step; nil for NULL.
    func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8>? {
        switch source {
        case .postgres(let statement): statement.bytes(column)
        case .sqlite(let handle, _):
            sqlite3_column_text(handle, column).map {
                UnsafeBufferPointer(start: $0, count: Int(sqlite3_column_bytes(handle, column)))
            }
        }
    }

    func blob(_ column: Int32) -> [UInt8] {
        switch source {
        case .postgres(let statement): statement.blob(column)
        case .sqlite(let handle, _):
            sqlite3_column_blob(handle, column).map {
                Array(UnsafeRawBufferPointer(start: $0, count: Int(sqlite3_column_bytes(handle, column))))
            } ?? []
        }
    }
}
