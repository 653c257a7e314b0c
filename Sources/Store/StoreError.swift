/// Why the database could not be opened, read or written: a sentence for an operator, with what to do.
package enum StoreError: Error, Hashable, Sendable {
    /// Another daemon holds the file. The pid is nil where its lock file does not say.
    case held(path: String, byPID: Int32?)
    /// Written by a newer version of the program; not touched.
    case newerSchema(path: String, found: Int, known: Int)
    /// Written by an older version, which a reader must not change: the daemon of this version migrates it.
    case olderSchema(path: String, found: Int, known: Int)
    /// Damaged, or no database of this program. Never replaced by an empty one.
    case corrupt(path: String, detail: String)
    case permission(path: String, detail: String)
    /// Disk full, a failing disk, a read-only file system, a lock that another program would not give back.
    case io(path: String, detail: String)
    /// No such file: nothing was recorded yet.
    case missing(path: String)
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .held(let path, let pid):
            let holder = pid.map { "the daemon with pid \($0)" } ?? "another daemon"
            return "\(path) is held by \(holder). One daemon works on one database: stop that one first, "
                + "or give this one its own storage.path."
        case .newerSchema(let path, let found, let known):
            return "\(path) has schema version \(found), and this program knows versions up to \(known): a newer "
                + "polarai-daemon wrote it. Nothing was touched. Install that version again, or restore a copy "
                + "such as \(path).v\(known).bak."
        case .olderSchema(let path, let found, let known):
            return "\(path) has schema version \(found), and this program reads version \(known). Start the daemon of "
                + "this version once: it migrates the file and keeps a copy."
        case .corrupt(let path, let detail):
            return "\(path) cannot be read as a database of polarai-daemon: \(detail). It was left as it is. Stop the "
                + "daemon, move \(path) with its -wal and -shm files aside, and restore a copy "
                + "(`polarai-daemon backup`), or save what can be read with `sqlite3 \(path) .recover`."
        case .permission(let path, let detail):
            return "No permission for \(path): \(detail). The database belongs to the user and the group polarai: "
                + "join the group polarai (`usermod -aG polarai USER`, then log in again), or use sudo."
        case .io(let path, let detail):
            return "\(path): \(detail). Nothing that was stored before is lost."
        case .missing(let path):
            return "There is no database at \(path): no daemon has recorded anything there yet."
        }
    }
}
