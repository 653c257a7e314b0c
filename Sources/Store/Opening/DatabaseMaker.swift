import GRDB
import Glibc
import Model

/// Makes a database under another name and moves it into place when it is whole: a crash leaves no half-made database.
struct DatabaseMaker {
    let path: String
    let migrator: Migrator
    let durability: Durability

    /// - Returns: the lock on the new file; nil if another process made one meanwhile.
    /// - Throws: `StoreError.held` if another process is making it now.
    func make(installation: String, at now: Timestamp) throws -> DatabaseLock? {
        let temporary = path + ".creating"
        // The lock is on the file, so it stays when the file gets its name.
        let file = try OpenFile(temporary, writable: true, creating: true, as: path)
        let lock = try DatabaseLock(file, as: .daemon, path: path)
        guard FileNumber(path: temporary) == file.number else { return nil }
        do {
            guard case .absent = try DatabaseFile(at: path) else {
                unlink(temporary)
                return nil
            }
            // What a crash left there.
            guard ftruncate(file.descriptor, 0) == 0 else {
                throw StoreError(errno: errno, doing: "creating it", path: path)
            }
            for leftover in [temporary + "-journal", path + "-wal", path + "-shm"] where unlink(leftover) != 0 {
                guard errno == ENOENT else { throw StoreError(errno: errno, doing: "removing it", path: leftover) }
            }
            // The group reads the history, whatever the umask; -wal and -shm take the mode of the file.
            _ = fchmod(file.descriptor, 0o640)
            try fill(temporary, installation: installation, at: now)
            try SystemCall.publish(temporary, as: path, durability: durability)
            return lock
        } catch {
            unlink(temporary)
            throw StoreError.atStart(StoreError.translating(error, path: path))
        }
    }

    private func fill(_ temporary: String, installation: String, at now: Timestamp) throws {
        let queue = try DatabaseQueue(path: temporary, configuration: OpenedDatabase.configuration())
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = \(durability.pragma)")
            try database.execute(sql: "PRAGMA application_id = \(DatabaseFile.applicationID)")
            // From its first version on it is migrated as any other database is.
            let first = Migrator(Array(migrator.migrations.prefix(1)))
            try first.migrate(database, from: 0)
            try database.execute(
                sql: "INSERT INTO installation (id, code, created_at) VALUES (1, ?, ?)",
                arguments: [installation, now.milliseconds])
            try migrator.migrate(database, from: first.latestVersion)
        }
        try queue.close()
    }
}
