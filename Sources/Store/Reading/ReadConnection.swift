import GRDBSQLite
import Glibc

/// A connection that only reads, for another process than the daemon.
///
/// SQLite's own calls instead of GRDB: a program that prints fifty rows and ends is done before GRDB has set up its
/// queue, functions and collations; and GRDB cannot say `immutable=1`, without which a copy in a folder that may not
/// be written cannot be read.
final class ReadConnection: ReadSource {
    /// Without symbolic links.
    let place: String
    private let open: Session
    let sqlite: SQLiteConnection
    /// Kept until the connection is closed: see `OpenFile`.
    let file: OpenFile
    /// Set if SQLite was promised that nobody changes the file: what it was like then.
    private let promised: FileState?
    /// Whether changes go through a log, and which index of it is open; a daemon that stops leaves both.
    private let isLogged: Bool
    private let index: FileNumber?

    /// - Throws: `StoreError.missing`, `.corrupt`, `.permission`, `.newerSchema`, `.olderSchema` or `.io`.
    init(path: String) throws {
        let path = RealPath.resolve(path)
        place = path
        switch try DatabaseFile(at: path) {
        case .absent: throw StoreError.missing(path: path)
        case .present: break
        }
        // A command was killed while it changed a copy: only whoever may write can undo that. One that is at work is waited for.
        if SystemCall.exists(path + "-journal") { try? EventStore(forCommandAt: path).close() }
        file = try OpenFile(path, writable: false)
        (sqlite, promised) = try Self.open(file, path)
        open = Session(sqlite)
        isLogged = promised == nil && StrayLog.hasLog(file)
        index = isLogged ? FileNumber(path: path + "-shm") : nil
    }

    private static func open(_ file: OpenFile, _ path: String) throws -> (SQLiteConnection, promised: FileState?) {
        let hasLog = try SystemCall.size(ofFile: path + "-wal") ?? 0 > 0
        // The log of the file that was here before: SQLite would read its changes into this one, and lock the daemon out.
        let isLogStray = hasLog && !StrayLog.hasLog(file)
        do {
            if !isLogStray {
                return (SQLiteConnection(reading: path, handle: try Self.open(path, parameters: "mode=ro")), nil)
            }
        } catch let error as StoreError {
            // A copy, or a stopped daemon's file, where SQLite may not make the files it shares with a writer. Without
            // a writer and without a log the one file is all there is, if no change of it has to be undone.
            guard !hasLog, !SystemCall.exists(path + "-journal"), DatabaseLock.holder(of: file) == nil else {
                throw error
            }
        }
        guard let state = FileState(of: file) else {
            throw StoreError(errno: errno, doing: "reading its size", path: path)
        }
        return (SQLiteConnection(reading: path, handle: try Self.open(path, parameters: "mode=ro&immutable=1")), state)
    }

    /// Whether the path still leads to the file that is open, and the file may still be read as it is.
    var isCurrent: Bool {
        !isReplaced && isPromiseKept && (promised != nil || isLogged == StrayLog.hasLog(file))
    }

    /// Whether the path leads to another file, or to none; or whether something else was written into the file: a copy, whose
    /// header knows of no log, or one with a log of its own. Whoever has it open as it was would read it wrongly, and keep a
    /// daemon from it.
    var isReplaced: Bool {
        FileNumber(path: place) != file.number || index.map { FileNumber(path: place + "-shm") != $0 } ?? false
            || (isLogged && !StrayLog.hasLog(file))
    }

    private var isPromiseKept: Bool {
        guard let promised else { return true }
        return FileState(of: file) == promised && DatabaseLock.holder(of: file) == nil
    }

    func daemonInfo() throws -> DaemonInfo? {
        let running = DatabaseLock.holder(of: file)?.pid
        let statement = try prepare("SELECT pid, started_at, config_loaded_at FROM daemon")
        guard try statement.step(), let startedAt = statement.time(1) else { return nil }
        return DaemonInfo(
            isRunning: running != nil, pid: running ?? Int32(clamping: statement.integer(0)), startedAt: startedAt,
            configLoadedAt: statement.time(2))
    }

    func size() throws -> StorageSize {
        StorageSize(
            database: try SystemCall.size(ofFile: place) ?? 0, log: LogSize.bytes(ofDatabase: place),
            free: SystemCall.freeBytes(at: place))
    }

    /// Looks for damage, as the daemon does when it starts.
    ///
    /// - Throws: `StoreError.corrupt`.
    func checkIntegrity(isThorough: Bool) throws {
        try IntegrityCheck.run(
            on: session, path: place, size: SystemCall.size(ofFile: place) ?? 0, afterCrash: isThorough)
        _ = try session.newestNumber()
    }

    /// Also while the daemon works.
    ///
    /// - Throws: `StoreError.io` also if `target` exists.
    func backup(to target: String) throws {
        let temporary = try DatabaseCopy.begin(target, replacing: false)
        do {
            let statement = try prepare("VACUUM main INTO ?", [temporary])
            _ = try statement.step()
            try DatabaseCopy.finish(temporary, target)
        } catch {
            DatabaseCopy.abandon(temporary)
            throw error
        }
    }

    /// What was read under the promise that nobody writes is good only if nobody did.
    ///
    /// - Throws: `StoreError.io` if a daemon came.
    private func checkPromise() throws {
        guard isPromiseKept else {
            throw StoreError.io(
                path: place, detail: "a daemon opened it while it was read; run the command again")
        }
    }

    /// - Throws: `StoreError.io` if a daemon came to a file that was read as if nobody wrote it.
    var session: Session {
        get throws {
            try checkPromise()
            return open
        }
    }

    /// Runs `body` on one state of the database, whatever is written meanwhile.
    ///
    /// - Throws: also `StoreError.io` if the file could only be read as if nobody wrote it, and somebody did.
    func snapshot<Value>(_ body: () throws -> Value) throws -> Value {
        try checkPromise()
        try sqlite.execute("BEGIN")
        do {
            let value = try body()
            try sqlite.execute("COMMIT")
            try checkPromise()
            return value
        } catch {
            try? sqlite.execute("ROLLBACK")
            throw error
        }
    }

    /// SQLITE_READONLY_ROLLBACK.
    private static let unfinishedChange = SQLITE_READONLY | 3 << 8

    static func error(_ handle: OpaquePointer?, _ code: Int32, _ path: String) -> StoreError {
        let message = handle.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? "SQLite error"
        let extended = handle.map { sqlite3_extended_errcode($0) } ?? code
        if extended == unfinishedChange {
            return .permission(
                path: path,
                detail:
                    "a command was killed while it changed this database, and that change must be undone first; run "
                    + "this command once as a user who may write the file and its folder")
        }
        // Otherwise readers see READONLY only if the shared memory of the log cannot be made.
        if [SQLITE_CANTOPEN, SQLITE_READONLY].contains(code & 0xFF) {
            let reason = handle.map { sqlite3_system_errno($0) } ?? 0
            guard [0, EACCES, EPERM, EROFS, ENOENT].contains(reason) else {
                return StoreError(errno: reason, doing: "opening it or a file beside it", path: path)
            }
            return .permission(
                path: path,
                detail:
                    "its -wal and -shm files cannot be read or created (\(message)); if this is a copy, make it with "
                    + "`polarai-daemon backup`, which writes a single file")
        }
        return StoreError(code: extended, message: message, path: path)
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

    /// The first read: opens the log, and finds out whether the file is ours.
    private static func check(_ handle: OpaquePointer, _ path: String) throws {
        let identity = try pragma("application_id", handle, path)
        guard identity == DatabaseFile.applicationID else {
            throw StoreError.corrupt(path: path, detail: StoreError.foreignFile)
        }
        let version = Int(try pragma("user_version", handle, path))
        let known = Migrator.latestVersion
        guard version == known else { throw StoreError.schema(path: path, found: version, known: known) }
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

/// What changes with every change of a file.
private struct FileState: Equatable {
    let size: Int64
    let changedAt: Int64
    let changedAtNanoseconds: Int64

    init?(of file: OpenFile) {
        var information = stat()
        guard fstat(file.descriptor, &information) == 0 else { return nil }
        size = Int64(information.st_size)
        changedAt = Int64(information.st_mtim.tv_sec)
        changedAtNanoseconds = Int64(information.st_mtim.tv_nsec)
    }
}
