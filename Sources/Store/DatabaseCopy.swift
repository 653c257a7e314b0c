import GRDB
import GRDBSQLite
import Glibc

/// A consistent copy of a database, made while others write it.
enum DatabaseCopy {
    /// VACUUM INTO: one read transaction, and the copy is compact and needs no log beside it.
    ///
    /// The copy is on the disk when this returns, and has its name only when it is whole.
    static func make(of database: Database, at target: String, replacing: Bool) throws {
        let temporary = try begin(target, replacing: replacing)
        do {
            try database.execute(sql: "VACUUM main INTO ?", arguments: [temporary])
            try finish(temporary, target)
        } catch {
            abandon(temporary)
            throw StoreError.translating(error, path: target)
        }
    }

    /// - Returns: the name to write to.
    static func begin(_ target: String, replacing: Bool) throws -> String {
        guard replacing || !SystemCall.exists(target) else {
            throw StoreError.io(path: target, detail: "it exists already and is not overwritten; choose another name")
        }
        let temporary = target + ".partial"
        guard unlink(temporary) == 0 || errno == ENOENT else {
            throw StoreError(errno: errno, doing: "removing an unfinished copy", path: temporary)
        }
        // Made here so that it never is, for a moment, readable by everybody. VACUUM INTO takes an empty file.
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw StoreError(errno: errno, doing: "creating it", path: target) }
        close(file)
        return temporary
    }

    static func abandon(_ temporary: String) {
        unlink(temporary)
    }

    static func finish(_ temporary: String, _ target: String) throws {
        try SystemCall.publish(temporary, as: target)
    }
}
