import GRDBSQLite
import Model

/// A prepared statement, and the row that it stands on. For the thread that has its connection.
///
/// Rows are read in place: what a column gives without a copy is good until the next step.
final class Statement {
    private enum Source {
        case sqlite(OpaquePointer)
    }

    private let source: Source
    /// Kept open as long as the statement lives.
    private let connection: SQLiteConnection
    /// Whether it stands on a row: running it anew would take the row from whoever reads it.
    private(set) var isOnRow = false

    /// - Parameter isKept: it is prepared for many uses.
    init(_ sql: String, on connection: SQLiteConnection, isKept: Bool) throws {
        self.connection = connection
        source = .sqlite(try connection.prepare(sql, isKept: isKept))
    }

    deinit {
        switch source {
        case .sqlite(let handle): sqlite3_finalize(handle)
        }
    }

    /// Starts anew with these values.
    func bind(_ values: SQLValues) throws {
        isOnRow = false
        switch source {
        case .sqlite(let handle): try connection.bind(values.list, to: handle)
        }
    }

    /// - Returns: false after the last row.
    func step() throws -> Bool {
        switch source {
        case .sqlite(let handle):
            switch sqlite3_step(handle) {
            case SQLITE_ROW: isOnRow = true
            case SQLITE_DONE: isOnRow = false
            case let code: throw failure(code, handle)
            }
        }
        return isOnRow
    }

    /// Runs it to its end.
    ///
    /// - Returns: how many rows it has changed.
    @discardableResult
    func run(_ values: SQLValues = .none) throws -> Int {
        try bind(values)
        while try step() {}
        reset()
        return switch source {
        case .sqlite: connection.changes
        }
    }

    /// Lets go of the row, and of what it holds open in the database.
    func reset() {
        isOnRow = false
        switch source {
        case .sqlite(let handle): sqlite3_reset(handle)
        }
    }

    private func failure(_ code: Int32, _ handle: OpaquePointer) -> StoreError {
        let error = connection.error(code)
        reset()
        return error
    }
}

/// The columns of the row, by their numbers from 0. What is NULL is 0, false or empty where no optional is asked for.
extension Statement {
    func isNull(_ column: Int32) -> Bool {
        switch source {
        case .sqlite(let handle): sqlite3_column_type(handle, column) == SQLITE_NULL
        }
    }

    func integer(_ column: Int32) -> Int64 {
        switch source {
        case .sqlite(let handle): sqlite3_column_int64(handle, column)
        }
    }

    func double(_ column: Int32) -> Double {
        switch source {
        case .sqlite(let handle): sqlite3_column_double(handle, column)
        }
    }

    func flag(_ column: Int32) -> Bool {
        switch source {
        case .sqlite(let handle): sqlite3_column_int64(handle, column) != 0
        }
    }

    /// The UTF-8 bytes, good until the next step; nil for NULL.
    func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8>? {
        switch source {
        case .sqlite(let handle):
            sqlite3_column_text(handle, column).map {
                UnsafeBufferPointer(start: $0, count: Int(sqlite3_column_bytes(handle, column)))
            }
        }
    }

    func blob(_ column: Int32) -> [UInt8] {
        switch source {
        case .sqlite(let handle):
            sqlite3_column_blob(handle, column).map {
                Array(UnsafeRawBufferPointer(start: $0, count: Int(sqlite3_column_bytes(handle, column))))
            } ?? []
        }
    }
}
