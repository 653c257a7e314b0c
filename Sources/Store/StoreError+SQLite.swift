import GRDB
import GRDBSQLite
import Glibc

extension StoreError {
    /// What an error of GRDB or SQLite means to an operator; other errors pass unchanged.
    static func translating(_ error: any Error, path: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return StoreError(
            code: error.extendedResultCode.rawValue, message: error.message ?? "SQLite error", path: path)
    }

    /// - Parameters:
    ///   - code: an extended result code (https://www.sqlite.org/rescode.html).
    ///   - message: SQLite's own text; holds no values.
    init(code: Int32, message: String, path: String) {
        switch code & 0xFF {
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT:
            self = .corrupt(path: path, detail: message)
        case SQLITE_FULL:
            self = .diskFull(path: path, detail: message)
        case SQLITE_PERM, SQLITE_AUTH:
            self = .permission(path: path, detail: message)
        case SQLITE_READONLY:
            self = .readOnly(path: path, detail: message)
        case SQLITE_BUSY, SQLITE_LOCKED:
            self = .io(
                path: path,
                detail: "another program has locked the database (\(message)); find it with `fuser -v \(path)` and end "
                    + "that program (not polarai-daemon)")
        case SQLITE_CANTOPEN:
            self = .io(
                path: path,
                detail:
                    "the file or its -wal or -shm file cannot be opened (\(message)); check with `ls -la` that the user polarai may write "
                    + "the files and their folder")
        case SQLITE_IOERR:
            self = .io(path: path, detail: "the disk cannot be read or written (\(message), code \(code)); see `dmesg`")
        case SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG:
            self = .refused(path: path, detail: "\(message) (SQLite code \(code))")
        case SQLITE_ERROR, SQLITE_RANGE, SQLITE_MISUSE:
            self = .io(
                path: path,
                detail: "\(message) (SQLite code \(code)); this is a bug in polarai-daemon; please report it"
            )
        default:
            self = .io(path: path, detail: "\(message) (SQLite code \(code))")
        }
    }

    /// What a failed system call means: EACCES and EPERM are a permission, ENOSPC and EDQUOT a full disk, the rest is input/output.
    init(errno code: Int32, doing action: String, path: String) {
        let reason = "\(action): \(SystemCall.text(of: code))"
        switch code {
        case EACCES, EPERM: self = .permission(path: path, detail: reason)
        case EROFS: self = .readOnly(path: path, detail: reason)
        case ENOSPC, EDQUOT: self = .diskFull(path: path, detail: reason)
        default: self = .io(path: path, detail: reason)
        }
    }
}
