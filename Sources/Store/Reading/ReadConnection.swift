import GRDBSQLite
import Glibc

/// A connection that only reads, for another process than the daemon.
///
/// SQLite's own calls instead of GRDB: a program that prints fifty rows and ends is done before GRDB has set up its
/// queue, functions and collations; and GRDB cannot say `immutable=1`, without which a copy in a folder that may not
/// be written cannot be read.
final class ReadConnection {
    let path: String
    let handle: OpaquePointer

    /// - Throws: `StoreError.missing`, `.corrupt`, `.permission`, `.newerSchema`, `.olderSchema` or `.io`.
    init(path: String) throws {
        self.path = path
        switch try DatabaseFile(at: path) {
        case .absent: throw StoreError.missing(path: path)
        case .present: break
        }
        do {
            handle = try Self.open(path, parameters: "mode=ro")
        } catch let error as StoreError {
            // A copy, or a stopped daemon's file, where SQLite may not make the files it shares with a writer. Without
            // a writer and without a log the one file is all there is.
            guard try Self.isWholeWithoutLog(path), DatabaseLock.holder(ofDatabase: path) == nil else { throw error }
            handle = try Self.open(path, parameters: "mode=ro&immutable=1")
        }
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    func prepare(_ sql: String, _ values: [SQLValue] = []) throws -> ReadStatement {
        try ReadStatement(sql, values, on: self)
    }

    func execute(_ sql: String) throws {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw Self.error(handle, code, path) }
    }

    /// The first column of the first row.
    func integer(_ sql: String, _ values: [SQLValue] = []) throws -> Int64? {
        let statement = try prepare(sql, values)
        return try statement.step() ? statement.integer(0) : nil
    }

    /// Runs `body` on one state of the database, whatever is written meanwhile.
    func snapshot<Value>(_ body: () throws -> Value) throws -> Value {
        try execute("BEGIN")
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            try? execute("ROLLBACK")
            throw error
        }
    }

    static func error(_ handle: OpaquePointer?, _ code: Int32, _ path: String) -> StoreError {
        let message = handle.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? "SQLite error"
        let extended = handle.map { sqlite3_extended_errcode($0) } ?? code
        // Readers see READONLY only where the shared memory of the log cannot be made.
        if [SQLITE_CANTOPEN, SQLITE_READONLY].contains(code & 0xFF) {
            return .permission(
                path: path,
                detail: "its -wal and -shm files cannot be read or made (\(message)); a copy is read best as one file "
                    + "made by `polarai-daemon backup`")
        }
        return StoreError(code: extended, message: message, path: path)
    }

    private static func isWholeWithoutLog(_ path: String) throws -> Bool {
        try SystemCall.size(ofFile: path + "-wal") ?? 0 == 0
    }

    private static func open(_ path: String, parameters: String) throws -> OpaquePointer {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2("file:\(escaped(path))?\(parameters)", &opened, flags, nil)
        guard let handle = opened, code == SQLITE_OK else {
            defer { sqlite3_close_v2(opened) }
            throw error(opened, code, path)
        }
        do {
            sqlite3_busy_timeout(handle, 5000)
            try check(handle, path)
            return handle
        } catch {
            sqlite3_close_v2(handle)
            throw error
        }
    }

    /// The first read: opens the log, and tells whether the file is ours.
    private static func check(_ handle: OpaquePointer, _ path: String) throws {
        let identity = try pragma("application_id", handle, path)
        guard identity == DatabaseFile.applicationID else {
            throw StoreError.corrupt(path: path, detail: "it is a database of another program")
        }
        let version = Int(try pragma("user_version", handle, path))
        let known = Migrator.latestVersion
        guard version <= known else { throw StoreError.newerSchema(path: path, found: version, known: known) }
        guard version == known else { throw StoreError.olderSchema(path: path, found: version, known: known) }
    }

    private static func pragma(_ name: String, _ handle: OpaquePointer, _ path: String) throws -> Int32 {
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        var code = sqlite3_prepare_v2(handle, "PRAGMA \(name)", -1, &statement, nil)
        if code == SQLITE_OK { code = sqlite3_step(statement) }
        guard code == SQLITE_ROW else { throw error(handle, code, path) }
        return sqlite3_column_int(statement, 0)
    }

    /// A path inside a URI (https://www.sqlite.org/uri.html): `%`, `?` and `#` would end it or mean something else.
    private static func escaped(_ path: String) -> String {
        path.utf8.reduce(into: "") { escaped, byte in
            switch byte {
            case UInt8(ascii: "%"): escaped += "%25"
            case UInt8(ascii: "?"): escaped += "%3f"
            case UInt8(ascii: "#"): escaped += "%23"
            case 0..<0x80: escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default: escaped += "%" + String(byte, radix: 16)
            }
        }
    }
}
