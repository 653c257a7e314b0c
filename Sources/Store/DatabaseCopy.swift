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
        // A journal that was left would be applied to the new file.
        for leftover in files(of: temporary) where unlink(leftover) != 0 {
            guard errno == ENOENT else {
                throw StoreError(errno: errno, doing: "removing an unfinished copy", path: leftover)
            }
        }
        // Made here so that it never is, for a moment, readable by everybody. VACUUM INTO takes an empty file.
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw StoreError(errno: errno, doing: "the copy cannot be created", path: target) }
        close(file)
        UnfinishedCopy.note(files(of: temporary))
        return temporary
    }

    static func abandon(_ temporary: String) {
        for file in files(of: temporary) { unlink(file) }
        UnfinishedCopy.forget(files(of: temporary))
    }

    /// The file first: without it nothing reads its journal.
    private static func files(of temporary: String) -> [String] { [temporary, temporary + "-journal"] }

    /// Marks the copy as one, so that it gets a new installation code when a daemon starts on it, and gives it its name.
    static func finish(_ temporary: String, _ target: String) throws {
        try mark(temporary)
        try SystemCall.publish(temporary, as: target)
        UnfinishedCopy.forget(files(of: temporary))
    }

    private static func mark(_ copy: String) throws {
        var opened: OpaquePointer?
        defer { sqlite3_close_v2(opened) }
        guard sqlite3_open_v2(copy, &opened, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK, let handle = opened else {
            throw ReadConnection.error(opened, SQLITE_CANTOPEN, copy)
        }
        let code = sqlite3_exec(handle, "UPDATE installation SET is_copy = 1", nil, nil, nil)
        // A copy that is kept before a migration may be older than the mark: SQLITE_ERROR, no such column.
        guard code == SQLITE_OK || code == SQLITE_ERROR else { throw ReadConnection.error(handle, code, copy) }
    }
}
