import GRDB
import GRDBSQLite
import Glibc
import Migrations
import Model

/// The steps from a path to a database that may be written: made or checked, migrated, durable.
struct OpenedDatabase {
    let queue: DatabaseQueue
    let installation: String

    /// - Parameter progress: told of each step that may take long, and why.
    init(
        path: String, at now: Timestamp, migrator: Migrator, durability: Durability, newInstallation: String?,
        progress: (OpeningStep) -> Void
    ) throws {
        var size: Int64 = 0
        switch try DatabaseFile(at: path) {
        case .absent:
            progress(.creating)
            try Self.create(
                path, at: now, migrator: migrator, durability: durability,
                installation: newInstallation ?? Self.randomCode())
        case .present(let bytes):
            try DatabaseFile.checkHeader(path)
            size = bytes
        }
        try Self.checkAccess(path)
        do {
            queue = try DatabaseQueue(path: path, configuration: Self.configuration())
            installation = try queue.writeWithoutTransaction { database in
                try Self.prepare(
                    database, path: path, size: size, migrator: migrator, durability: durability, progress: progress)
                return try String.fetchOne(database, sql: "SELECT code FROM installation") ?? ""
            }
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }

    private static func prepare(
        _ database: Database, path: String, size: Int64, migrator: Migrator, durability: Durability,
        progress: (OpeningStep) -> Void
    ) throws {
        guard try Int32.fetchOne(database, sql: "PRAGMA application_id") == DatabaseFile.applicationID else {
            throw StoreError.corrupt(path: path, detail: "it is a database of another program")
        }
        let version = try Migrator.version(of: database)
        guard version <= migrator.latestVersion else {
            throw StoreError.newerSchema(path: path, found: version, known: migrator.latestVersion)
        }
        let crashed = try Bool.fetchOne(database, sql: "SELECT stopped_at IS NULL FROM daemon") ?? false
        progress(.checking)
        try IntegrityCheck.run(on: database, path: path, size: size, afterCrash: crashed)
        if version < migrator.latestVersion {
            progress(.copying(fromVersion: version))
            try DatabaseCopy.make(of: database, at: "\(path).v\(version).bak", replacing: true)
            progress(.migrating(fromVersion: version, toVersion: migrator.latestVersion))
            try migrator.migrate(database, from: version)
        }
        try makeDurable(database, durability)
        if version < migrator.latestVersion {
            // So that an older program sees the new version in the header without opening the log.
            _ = try database.checkpoint(.truncate)
        }
    }

    private static func makeDurable(_ database: Database, _ durability: Durability) throws {
        // WAL once set stays set; asking again changes nothing.
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw DatabaseError(
                message: "write-ahead logging is not possible on this file system (\(mode ?? "no answer"))")
        }
        // After GRDB's own set-up, which may lower it.
        try database.execute(sql: "PRAGMA synchronous = \(durability.pragma)")
        // The log is copied back every 1000 pages (4 MB), and cut where one large commit made it grow beyond this.
        try database.execute(sql: "PRAGMA wal_autocheckpoint = 1000")
        _ = try Int.fetchOne(database, sql: "PRAGMA journal_size_limit = 67108864")
        // Keep -wal and -shm when the last connection closes: a reader that may not write the folder needs them.
        var keep: Int32 = 1
        let code = sqlite3_file_control(database.sqliteConnection, "main", SQLITE_FCNTL_PERSIST_WAL, &keep)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// Makes the file under another name and moves it into place when whole: a crash leaves no half-made database.
    private static func create(
        _ path: String, at now: Timestamp, migrator: Migrator, durability: Durability, installation: String
    ) throws {
        let temporary = path + ".creating"
        for leftover in [temporary, temporary + "-journal", path + "-wal", path + "-shm"] where unlink(leftover) != 0 {
            guard errno == ENOENT else { throw StoreError(errno: errno, doing: "removing it", path: leftover) }
        }
        let file = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw StoreError(errno: errno, doing: "creating it", path: path) }
        // The group reads the history, whatever the umask; -wal and -shm take the mode of the file.
        _ = fchmod(file, 0o640)
        close(file)
        do {
            let queue = try DatabaseQueue(path: temporary, configuration: configuration())
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = \(durability.pragma)")
                try database.execute(sql: "PRAGMA application_id = \(DatabaseFile.applicationID)")
                try migrator.migrate(database, from: 0)
                try database.execute(
                    sql: "INSERT INTO installation (id, code, created_at) VALUES (1, ?, ?)",
                    arguments: [installation, now.milliseconds])
            }
            try queue.close()
        } catch {
            unlink(temporary)
            throw StoreError.translating(error, path: path)
        }
        try SystemCall.publish(temporary, as: path, durability: durability)
    }

    /// SQLite would open a file that it may not write read-only, and fail at the first commit.
    private static func checkAccess(_ path: String) throws {
        guard access(path, R_OK | W_OK) == 0 else {
            throw StoreError(errno: errno, doing: "opening it for writing", path: path)
        }
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "store"
        // Another process writes only by `alerts retry` without a daemon, or by hand.
        configuration.busyMode = .timeout(5)
        return configuration
    }

    private static func randomCode() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<8).map { _ in letters[Int.random(in: 0..<letters.count)] })
    }
}
