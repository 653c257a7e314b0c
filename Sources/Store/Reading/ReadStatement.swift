import GRDBSQLite
import Model

/// A value for a place in a statement.
enum SQLValue {
    case integer(Int64)
    case text(String)
}

/// A compiled query whose rows are read by the number of the column, without copies if the reader wants none.
final class ReadStatement {
    private let connection: ReadConnection
    private let handle: OpaquePointer

    init(_ sql: String, _ values: [SQLValue], on connection: ReadConnection) throws {
        self.connection = connection
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v2(connection.handle, sql, -1, &prepared, nil)
        guard let handle = prepared, code == SQLITE_OK else {
            throw ReadConnection.error(connection.handle, code, connection.path)
        }
        self.handle = handle
        try bind(values)
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Starts anew with other values.
    func bind(_ values: [SQLValue]) throws {
        sqlite3_reset(handle)
        for (index, value) in values.enumerated() {
            let place = Int32(index + 1)
            let code =
                switch value {
                case .integer(let integer): sqlite3_bind_int64(handle, place, integer)
                case .text(let text): sqlite3_bind_text(handle, place, text, -1, copied)
                }
            guard code == SQLITE_OK else { throw ReadConnection.error(connection.handle, code, connection.path) }
        }
    }

    /// - Returns: false after the last row.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw ReadConnection.error(connection.handle, code, connection.path)
        }
    }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    func number(_ column: Int32) -> Double? {
        isNull(column) ? nil : sqlite3_column_double(handle, column)
    }

    func time(_ column: Int32) -> Timestamp? {
        isNull(column) ? nil : Timestamp(milliseconds: integer(column))
    }

    /// The UTF-8 bytes, good until the next step; nil for NULL.
    func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8>? {
        guard let text = sqlite3_column_text(handle, column) else { return nil }
        return UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(handle, column)))
    }

    func text(_ column: Int32) -> String? {
        bytes(column).map { String(decoding: $0, as: UTF8.self) }
    }

    func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }
}

/// SQLITE_TRANSIENT, which is a cast in C: SQLite copies the text.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
