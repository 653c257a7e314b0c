/// Why the database could not be opened, read or written: a sentence for an operator, with what to do.
package enum StoreError: Error, Hashable, Sendable {
    /// Another daemon holds the file. The pid is nil if its lock does not say.
    case held(path: String, byPID: Int32?)
    /// Daemons of several hosts work on it; `holder` names one of them.
    case shared(place: String, holder: String)
    /// Written by a newer version of the program; not touched.
    /// `copy` is a copy from before an upgrade that this version can read; nil if there is none.
    case newerSchema(path: String, found: Int, known: Int, copy: String?)
    /// Written by an older version, which a reader must not change: the daemon of this version migrates it.
    case olderSchema(path: String, found: Int, known: Int)
    /// Damaged, or no database of this program. Never replaced by an empty one.
    case corrupt(path: String, detail: String)
    case permission(path: String, detail: String)
    /// A failing disk, a lock that another program would not give back.
    case io(path: String, detail: String)
    case diskFull(path: String, detail: String)
    case readOnly(path: String, detail: String)
    /// No such file: nothing was recorded yet.
    case missing(path: String)
    /// The file that is open does not have its name any more: it was moved, replaced or removed.
    case replaced(path: String, detail: String)
    /// The database does not take these values, whatever the state of the disk.
    case refused(path: String, detail: String)
    /// The server does not answer now, or is busy: nothing was stored, and the same may succeed later.
    case unavailable(place: String, detail: String)
    /// The server cannot be used as it was configured: the address, the role, the password or its certificate.
    case login(place: String, detail: String)
    /// The role may not do this.
    case denied(place: String, detail: String)
    /// There is something where a new database is to be made.
    case occupied(place: String)
    /// Not with this kind of database.
    case unsupported(place: String, detail: String)
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .held(let path, let pid):
            let holder = pid.map { "the daemon with pid \($0)" } ?? "another daemon"
            return
                "\(path) is in use by \(holder), and only one daemon can use it. Stop that one first, or give this one "
                + "its own storage.path."
        case .shared(let place, let holder):
            return
                "The database \(place) is in use by the daemon on \(holder). Stop every daemon that uses it first: otherwise "
                + "the waiting alerts would be sent twice, once from each database."
        case .newerSchema(let path, let found, let known, let copy):
            let advice =
                copy.map { "Install that version again, or restore \($0), the copy from before the upgrade." }
                ?? "Install that version again."
            return "\(path) has schema version \(found), and this program knows versions up to \(known): a newer "
                + "polarai-daemon wrote it. Nothing was touched. \(advice)"
        case .olderSchema(let path, let found, let known):
            return "\(path) has an older schema (\(found)) than this program reads (\(known)). Start this version of "
                + "polarai-daemon once: it upgrades the database and keeps a copy."
        case .corrupt(let path, Self.foreignFile):
            return
                "\(path) is a database of another program. It was left as it is. Set storage.path to another file, or "
                + "check --database."
        case .corrupt(let place, Self.incompleteServer):
            return
                "The database \(place) is incomplete: \(Self.incompleteServer). Nothing was changed. Restore the database "
                + "from a backup (`pg_restore`)."
        case .corrupt(let place, let detail) where detail.hasPrefix(Self.impossibleNumber):
            return
                "The database \(place) is damaged: \(detail), so another program wrote it. Nothing was changed. Stop the daemon, "
                + "and restore a backup."
        case .corrupt(let path, let detail) where detail == Self.lostFile || detail == Self.emptiedFile:
            return
                "\(path): \(detail). Nothing was touched. Find the file, and put it back beside \(path)-wal. Only if it "
                + "is lost: move \(path)-wal into another folder, and copy a backup (made with `polarai-daemon backup`) to \(path)."
        case .corrupt(let path, let detail):
            return
                "\(path) cannot be read as a database of polarai-daemon: \(detail). It was left as it is. First check "
                + "`dmesg`, because a failing disk looks the same. If the disk is healthy: (1) stop the daemon; (2) move "
                + "\(path) and its -wal and -shm files, if they exist, into another folder, DIR; (3) if there is "
                + "a backup (made with `polarai-daemon backup`), restore it to \(path); if not, run `sqlite3 DIR/FILE .recover | "
                + "sqlite3 \(path)`; (4) `chown polarai:polarai \(path)` and start the daemon."
        case .permission(let path, let detail):
            return
                "No permission for \(path): \(detail). If the service reports this, give the file and its -wal and -shm files "
                + "to its user: `chown polarai:polarai \(path)*`. To read the database as another user, join the group "
                + "polarai (`sudo usermod -aG polarai USER`, then log in again), or use sudo. Commands that change the database, "
                + "such as `alerts retry`, work through the running daemon: start it, or use sudo."
        case .io(let path, let detail):
            return "\(path): \(detail). Nothing that was stored before is lost."
        case .diskFull(let path, let detail):
            return "\(path): the disk is full (\(detail)). Free some space. Nothing that was stored before is lost."
        case .readOnly(let path, let detail):
            return "\(path): the file or its file system is read-only (\(detail)). Check "
                + "`findmnt -T \(SystemCall.folder(of: path))` and `dmesg`: the system makes a failing disk read-only. Nothing that was stored before is lost."
        case .missing(let path):
            return "There is no database at \(path): no daemon has recorded anything there yet. "
                + "Start the daemon, or check storage.path or --database."
        case .replaced(let path, let detail) where detail == Self.otherFile:
            return
                "\(path) was \(detail) while the daemon was running, so nothing is sent or stored. If that was intended "
                + "(a restored backup, for example), run `systemctl restart polarai-daemon`. If not, put the original file "
                + "back: the daemon continues within a minute."
        case .replaced(let path, let detail):
            return "\(path) was \(detail) while the daemon was running, so nothing is sent or stored. Put the "
                + "missing file back: the daemon continues within a minute. If it is lost, put a backup (made with "
                + "`polarai-daemon backup`) at \(path), and run `systemctl restart polarai-daemon`."
        case .refused(let path, let detail):
            return "\(path): \(detail). This is a bug in polarai-daemon; please report it."
        case .unavailable(let place, let detail):
            return
                "The database \(place) cannot be used at present: \(detail). Nothing that was stored before is lost. To "
                + "find the cause, run `polarai-daemon doctor`."
        case .login(let place, let detail):
            return
                "The database \(place) cannot be used: \(detail)."
        case .denied(let place, let detail):
            return
                "The role lacks a right in the database \(place): \(detail). Grant it, or make the role the owner of the "
                + "database (`ALTER DATABASE … OWNER TO …`)."
        case .occupied(let place):
            return "\(place) is not empty, and nothing was changed. Choose another name, or an empty database."
        case .unsupported(let place, let detail):
            return "\(place): \(detail)."
        }
    }

    /// Why a file is not ours to open.
    static let foreignFile = "it is a database of another program"
    private static let impossibleNumber = "its newest event has the number "
    static func impossibleNumber(_ number: Int64) -> String {
        "\(impossibleNumber)\(number), which the daemon never assigns"
    }
    static let incompleteServer = "the table installation has no row"
    static let lostFile = "the file is missing, but there is a -wal file with changes that belong to it"
    static let emptiedFile = "the file is empty, but there is a -wal file with changes that belong to it"

    /// What became of a file that was open.
    static let otherFile = "replaced by another file"

    /// A schema that is not the one this program knows.
    static func schema(path: String, found: Int, known: Int) -> StoreError {
        found > known
            ? .newerSchema(path: path, found: found, known: known, copy: copy(of: path, upTo: known))
            : .olderSchema(path: path, found: found, known: known)
    }

    /// The newest copy that a migration left beside the file and that a program of this schema can read.
    private static func copy(of path: String, upTo known: Int) -> String? {
        stride(from: known, through: 1, by: -1).lazy.map { MigrationCopy.path(of: path, version: $0) }
            .first(where: SystemCall.exists)
    }
}

extension StoreError {
    static let copyOfPostgres =
        "a copy of a PostgreSQL database is made with its own tools: use `pg_dump --format=custom`"

    /// The same error as a start reports it: nothing goes on by itself then.
    static func atStart(_ error: any Error) -> any Error {
        guard case StoreError.diskFull(let path, let detail) = error else { return error }
        return StoreError.io(
            path: path,
            detail:
                "the disk is full (\(detail)), so the daemon cannot start. Free some space. If the daemon does "
                + "not start by itself then, run `systemctl start polarai-daemon`")
    }
}
