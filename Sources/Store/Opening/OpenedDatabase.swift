import CFile
import GRDB
import GRDBSQLite
import Glibc
import Migrations
import Model

/// The steps from a path to a database that may be written: made or checked, held, migrated, durable.
struct OpenedDatabase {
    let queue: DatabaseQueue
    /// For what runs in the queue.
    let session: Session
    let lock: DatabaseLock
    let numbering: EventNumbering
    /// Set if the database comes from a copy.
    let newInstallation: NewInstallation?
    /// The new name of a log that belonged to another file.
    let strayLog: String?
    let lastNumber: LastNumber
    /// Whether changes go through a log; those that a command makes in a copy do not.
    let isLogged: Bool
    let log: FileNumber?
    let counts: AlertCounts

    /// - Parameter progress: called for each step that may take long, and why.
    init(
        path: String, at now: Timestamp, migrator: Migrator, durability: Durability, newInstallation: String?,
        progress: (OpeningStep) -> Void
    ) throws {
        let code = { newInstallation ?? InstallationCode.random() }
        let (lock, isNew) = try Self.hold(path) {
            progress(.creating)
            return try DatabaseMaker(path: path, migrator: migrator, durability: durability)
                .make(installation: code(), at: now)
        }
        self.lock = lock
        if !isNew { try DatabaseFile.checkHeader(of: lock.file, path: path) }
        try Self.checkAccess(path)
        try Self.checkNames(of: lock.file, path: path)
        let strayLog = isNew ? nil : try StrayLog.setAside(beside: path, lock.file)
        self.strayLog = strayLog
        isLogged = true
        lastNumber = LastNumber(database: path)
        let lastHere = isNew ? nil : lastNumber.found
        do {
            queue = try DatabaseQueue(path: path, configuration: Self.configuration())
            let found: NewInstallation?
            (session, found, numbering, counts) = try queue.writeWithoutTransaction { database in
                try Self.prepare(
                    database, path: path, migrator: migrator, durability: durability, progress: progress)
                let session = try Self.session(on: database, path)
                let lineage = Lineage(
                    database: database, newest: try session.newestNumber(),
                    file: FileIdentity(descriptor: lock.file.descriptor), lastHere: lastHere)
                let opened = (
                    session, try lineage.settle(newCode: code, at: now), try EventNumbering(in: session),
                    try EventStore.countAlerts(in: session)
                )
                try Self.copyLogBack(database, atClose: true)
                return opened
            }
            self.newInstallation = found.map { $0.noting(strayLog: strayLog) }
        } catch {
            throw StoreError.atStart(StoreError.translating(error, path: path))
        }
        log = FileNumber(path: path + "-wal")
    }

    /// Opens a database that is there for one short change; checks, migrates and creates nothing.
    ///
    /// A copy on which no daemon was started yet stays a file without a log, at any moment: see `StrayLog`. Its changes go
    /// through SQLite's rollback journal.
    ///
    /// - Throws: also `StoreError.missing`, `.olderSchema`, and `.held` if a daemon works on it.
    init(forCommandAt path: String, migrator: Migrator = Migrator()) throws {
        guard case .present = try DatabaseFile(at: path) else { throw StoreError.missing(path: path) }
        lock = try DatabaseLock(OpenFile(path, writable: true), as: .command, path: path)
        try DatabaseFile.checkHeader(of: lock.file, path: path)
        try Self.checkAccess(path)
        try Self.checkNames(of: lock.file, path: path)
        strayLog = try StrayLog.setAside(beside: path, lock.file)
        let isLogged = StrayLog.hasLog(lock.file)
        self.isLogged = isLogged
        lastNumber = LastNumber()
        newInstallation = nil
        do {
            queue = try DatabaseQueue(path: path, configuration: Self.configuration())
            (session, numbering, counts) = try queue.writeWithoutTransaction { database in
                try Self.checkOwner(of: database, path: path)
                let version = try Migrator.version(of: database)
                guard version == migrator.latestVersion else {
                    throw StoreError.schema(path: path, found: version, known: migrator.latestVersion)
                }
                if isLogged {
                    try Self.makeDurable(database, .full)
                } else {
                    // A commit is the removal of the journal: that is to be on the disk, too.
                    try database.execute(sql: "PRAGMA synchronous = EXTRA")
                }
                let session = try Self.session(on: database, path)
                let opened = (session, try EventNumbering(in: session), try EventStore.countAlerts(in: session))
                try Self.copyLogBack(database, atClose: true)
                return opened
            }
        } catch {
            throw StoreError.translating(error, path: path)
        }
        log = isLogged ? FileNumber(path: path + "-wal") : nil
    }

    /// Takes the sole right to write what is at `path`, and makes it if nothing is.
    ///
    /// - Parameter make: returns nil if another process made it meanwhile.
    private static func hold(
        _ path: String, make: () throws -> DatabaseLock?
    ) throws -> (lock: DatabaseLock, isNew: Bool) {
        for _ in 0..<20 {
            switch try DatabaseFile(at: path) {
            case .absent:
                if let lock = try make() { return (lock, true) }
            case .present:
                let lock: DatabaseLock
                do {
                    lock = try DatabaseLock(OpenFile(path, writable: true), as: .daemon, path: path)
                } catch StoreError.missing {
                    continue
                }
                // Another file may have got the name meanwhile.
                if FileNumber(path: path) == lock.file.number { return (lock, false) }
            }
        }
        throw StoreError.io(
            path: path,
            detail: "another program keeps replacing this file; stop that program, for example a restore or sync job. "
                + "To find it, run `auditctl -w \(path) -p wa`, then `ausearch -f \(path)`")
    }

    private static func prepare(
        _ database: Database, path: String, migrator: Migrator, durability: Durability,
        progress: (OpeningStep) -> Void
    ) throws {
        try checkOwner(of: database, path: path)
        let version = try Migrator.version(of: database)
        guard version <= migrator.latestVersion else {
            throw StoreError.schema(path: path, found: version, known: migrator.latestVersion)
        }
        let crashed = try Bool.fetchOne(database, sql: "SELECT stopped_at IS NULL FROM daemon") ?? false
        progress(.checking)
        let size = try SystemCall.size(ofFile: path) ?? 0
        try IntegrityCheck.run(on: database, path: path, size: size, afterCrash: crashed)
        if version < migrator.latestVersion {
            progress(.copying(fromVersion: version))
            try DatabaseCopy.make(of: database, at: MigrationCopy.path(of: path, version: version), replacing: true)
            progress(.migrating(fromVersion: version, toVersion: migrator.latestVersion))
            try migrator.migrate(database, from: version)
        }
        try makeDurable(database, durability)
        if version < migrator.latestVersion {
            // So that an older program sees the new version in the header without opening the log.
            _ = try database.checkpoint(.truncate)
        }
    }

    private static func session(on database: Database, _ path: String) throws -> Session {
        guard let handle = database.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
        return Session(SQLiteConnection(writing: path, handle: handle))
    }

    private static func makeDurable(_ database: Database, _ durability: Durability) throws {
        // WAL once set stays set; asking again changes nothing.
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw DatabaseError(
                message:
                    "write-ahead logging is not possible on this file system (\(mode ?? "no answer")); use a local disk"
            )
        }
        // After GRDB's own set-up, which may lower it.
        try database.execute(sql: "PRAGMA synchronous = \(durability.pragma)")
        // In kB. A commit that changes more pages writes some of them to the log before its end.
        try database.execute(sql: "PRAGMA cache_size = -1024")
        // The log is copied back every 1000 pages (4 MB), and cut if one large commit made it grow beyond this.
        try database.execute(sql: "PRAGMA wal_autocheckpoint = 1000")
        _ = try Int.fetchOne(database, sql: "PRAGMA journal_size_limit = \(LogSize.limit)")
        // Keep -wal and -shm when the last connection closes: a reader that may not write the folder needs them.
        try keepLog(of: database, true)
    }

    /// Copies the log back and removes it, and writes into the header that there is none.
    static func leaveLog(_ database: Database) throws {
        try keepLog(of: database, false)
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
        guard mode == "delete" else { throw DatabaseError(resultCode: .SQLITE_BUSY) }
    }

    /// Whether -wal and -shm stay when the last connection closes.
    private static func keepLog(of database: Database, _ isWanted: Bool) throws {
        var keep: Int32 = isWanted ? 1 : 0
        let code = sqlite3_file_control(database.sqliteConnection, "main", SQLITE_FCNTL_PERSIST_WAL, &keep)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    private static func checkOwner(of database: Database, path: String) throws {
        guard try Int32.fetchOne(database, sql: "PRAGMA application_id") == DatabaseFile.applicationID else {
            throw StoreError.corrupt(path: path, detail: StoreError.foreignFile)
        }
    }

    /// SQLite would open a file that it may not write read-only, and fail at the first commit.
    private static func checkAccess(_ path: String) throws {
        guard access(path, R_OK | W_OK) == 0 else {
            throw StoreError(errno: errno, doing: "opening it for writing", path: path)
        }
    }

    /// Each name of a file would have a log of its own, and each of them would miss what is in the other.
    private static func checkNames(of file: OpenFile, path: String) throws {
        let count = file.linkCount
        guard count <= 1 else {
            throw StoreError.io(
                path: path,
                detail:
                    "the file has \(count) names (hard links), and SQLite keeps a -wal file for each name; list "
                    + "them with `find \"$(findmnt -n -o TARGET -T \(path))\" -xdev -samefile \(path)`, and remove all but "
                    + "\(path)")
        }
    }

    /// Of a database that cannot be opened nothing is changed, whatever is wrong with it: it may be its log.
    static func copyLogBack(_ database: Database, atClose isWanted: Bool) throws {
        guard let handle = database.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
        let code = polarai_checkpoint_on_close(UnsafeMutableRawPointer(handle), isWanted ? 1 : 0)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.prepareDatabase { try copyLogBack($0, atClose: false) }
        configuration.label = "store"
        // Another process writes only by `alerts retry` without a daemon, or by hand.
        configuration.busyMode = .timeout(5)
        return configuration
    }
}
