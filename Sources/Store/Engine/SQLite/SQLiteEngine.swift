import GRDB
import GRDBSQLite
import Model

/// One file, of which this process is the only writer.
final class SQLiteEngine: StoreEngine {
    /// Without symbolic links.
    let place: String
    let queue: DatabaseQueue
    /// After the queue, so that its connection is closed before the file is let go.
    private let lock: DatabaseLock
    var isShared: Bool { false }
    /// Which file it is, whatever its name.
    var identity: FileIdentity? { FileIdentity(descriptor: lock.file.descriptor) }

    private let lastNumber: LastNumber
    private let isLogged: Bool
    private let log: FileNumber?
    /// Only for what runs in the queue.
    nonisolated(unsafe) private let session: Session

    init(_ opened: OpenedDatabase, path: String) {
        place = path
        queue = opened.queue
        lock = opened.lock
        lastNumber = opened.lastNumber
        isLogged = opened.isLogged
        log = opened.log
        session = opened.session
    }

    deinit {
        session.forgetStatements()
    }

    /// Whether the open file and its log still have their names; two calls of the system, so it can be asked at any time.
    ///
    /// - Throws: `StoreError.replaced`.
    func check() throws {
        guard let found = FileNumber(path: place) else {
            throw StoreError.replaced(path: place, detail: "moved or removed")
        }
        guard found == lock.file.number else {
            throw StoreError.replaced(path: place, detail: StoreError.otherFile)
        }
        if let log, FileNumber(path: place + "-wal") != log {
            throw StoreError.replaced(
                path: place, detail: "left without its -wal file (\(place)-wal was moved or removed)")
        }
    }

    /// Nobody else can write, for the lock of the file is held: what it is for is always true.
    func writing<Value>(under condition: @escaping WriteCondition, _ body: () throws -> Value) throws -> Value {
        try body()
    }

    /// There is one writer: the order of all is kept.
    func write<Value>(_ order: WriteOrder, _ timer: CommitTimer, _ body: (Session) throws -> Value) throws -> Value {
        try check()
        do {
            return try queue.unsafeReentrantWrite { database in
                if database.isInsideTransaction { return try body(session) }
                var result: Value?
                try timer.measure {
                    try database.inTransaction {
                        result = try body(session)
                        return .commit
                    }
                }
                guard let result else { throw DatabaseError(resultCode: .SQLITE_INTERNAL) }
                return result
            }
        } catch {
            throw StoreError.translating(error, path: place)
        }
    }

    func read<Value>(_ body: (Session) throws -> Value) throws -> Value {
        // What a file that lost its name says must not be acted on either: nothing of it could be stored.
        try check()
        do {
            // Nobody else writes while this one holds the database, and the queue lets one in at a time: the isolation of
            // `read` would cost several statements each time and win nothing.
            return try queue.unsafeReentrantRead { _ in try body(session) }
        } catch {
            throw StoreError.translating(error, path: place)
        }
    }

    func rehearse(_ body: (_ rehearsal: ((Session) throws -> Void) throws -> Void) throws -> Void) throws {
        try check()
        do {
            try queue.writeWithoutTransaction { database in
                try body { rehearsal in
                    try database.inTransaction(.immediate) {
                        try rehearsal(session)
                        return .rollback
                    }
                }
            }
        } catch {
            throw StoreError.translating(error, path: place)
        }
    }

    func note(_ newest: @autoclosure () -> String) {
        lastNumber.write(newest())
    }

    func reader() throws -> HistoryReader { try HistoryReader(path: place) }

    func releaseMemory() {
        queue.writeWithoutTransaction { _ in session.forgetStatements() }
        queue.releaseMemory()
    }

    func backup(to target: String) throws {
        try queue.writeWithoutTransaction { try DatabaseCopy.make(of: $0, at: target, replacing: false) }
    }

    /// Copies the log back whole, so that the one file is all there is, and forgets what was read of it.
    ///
    /// - Throws: `StoreError.diskFull`, `.io` and others: then what is committed is on the disk, but in the log.
    func copyLogBack() throws {
        do {
            try queue.writeWithoutTransaction { database in
                session.forgetStatements()
                _ = try database.checkpoint(.truncate)
            }
        } catch {
            throw StoreError.translating(error, path: place)
        }
        queue.releaseMemory()
    }

    /// Copies the log back whole, and makes this a file without one. Only `close` may follow.
    ///
    /// - Throws: `StoreError.diskFull`, and `.io` if somebody reads it: then it has its log.
    func leaveLog() throws {
        do {
            try queue.writeWithoutTransaction { database in
                session.forgetStatements()
                try OpenedDatabase.leaveLog(database)
            }
        } catch {
            throw StoreError.translating(error, path: place)
        }
    }

    /// Copies the log back as far as nobody reads it, so that the one file is all there is, closes, and gives the lock
    /// back. Waits for nobody: what is committed is on the disk, and the next start copies the rest back.
    ///
    /// If another file has taken the place of this one, the log that is left is set aside, so that it is never applied to
    /// that file.
    func close() throws {
        // A copy may have been written over the file as well: its header then says that it has no log.
        let isOverwritten = isLogged && !StrayLog.hasLog(lock.file)
        let isReplaced = isOverwritten || FileNumber(path: place).map { $0 != lock.file.number } ?? false
        let isLogLeft = isReplaced && log != nil && FileNumber(path: place + "-wal") == log
        defer { lock.release() }
        do {
            try queue.writeWithoutTransaction { database in
                session.forgetStatements()
                sqlite3_busy_timeout(database.sqliteConnection, 0)
                if isOverwritten {
                    try OpenedDatabase.copyLogBack(database, atClose: false)
                } else {
                    _ = try database.checkpoint(.truncate)
                }
            }
        } catch {
            // A reader holds the log.
        }
        do {
            try queue.close()
            if isLogLeft { try StrayLog.setAside(place) }
        } catch {
            throw StoreError.translating(error, path: place)
        }
    }
}
