import Glibc
import Synchronization

/// A database file as this process has it open beside SQLite, for its locks and its number.
///
/// POSIX takes all of SQLite's locks on a file away when the process closes any descriptor of it
/// (https://www.sqlite.org/howtocorrupt.html, 2.2). Therefore descriptors are shared within the process, and closed
/// when the last user of the file is gone: whoever opens a connection holds an `OpenFile` for longer than it.
final class OpenFile: Sendable {
    let number: FileNumber
    let descriptor: Int32

    private struct Shared {
        var users = 0
        var reading: Int32?
        var writing: Int32?
        /// Opened and not needed, but not to be closed yet.
        var spare: [Int32] = []
        /// Roles that this process has: its own locks never stand in its way.
        var roles: Set<DatabaseLock.Role> = []
    }

    private static let files = Mutex<[FileNumber: Shared]>([:])

    /// - Parameters:
    ///   - creating: makes the file if it is not there, readable by the group and by nobody else.
    ///   - name: what errors call it, if it is a file on its way to another name.
    /// - Throws: `StoreError.missing`, `.permission` or `.io`.
    init(_ path: String, writable: Bool, creating: Bool = false, as name: String? = nil) throws {
        let shown = name ?? path
        (number, descriptor) = try Self.files.withLock { files in
            if let number = FileNumber(path: path), let file = files[number],
                let known = writable ? file.writing : file.reading
            {
                files[number]?.users += 1
                return (number, known)
            }
            let flags = (writable ? O_RDWR : O_RDONLY) | (creating ? O_CREAT : 0) | O_CLOEXEC | O_NONBLOCK
            let opened = open(path, flags, 0o640)
            guard opened >= 0 else {
                if errno == ENOENT { throw StoreError.missing(path: shown) }
                throw StoreError(errno: errno, doing: writable ? "opening it for writing" : "opening it", path: shown)
            }
            guard let number = FileNumber(descriptor: opened) else {
                let code = errno
                close(opened)
                throw StoreError(errno: code, doing: "examining it (stat)", path: shown)
            }
            var file = files[number] ?? Shared()
            file.users += 1
            let known = writable ? file.writing : file.reading
            if known != nil {
                file.spare.append(opened)
            } else if writable {
                file.writing = opened
            } else {
                file.reading = opened
            }
            files[number] = file
            return (number, known ?? opened)
        }
    }

    deinit {
        Self.files.withLock { files in
            guard var file = files[number] else { return }
            file.users -= 1
            guard file.users == 0 else {
                files[number] = file
                return
            }
            for descriptor in [file.reading, file.writing].compactMap(\.self) + file.spare { close(descriptor) }
            files[number] = nil
        }
    }

    /// How many names the file has.
    var linkCount: Int {
        var information = stat()
        return fstat(descriptor, &information) == 0 ? Int(information.st_nlink) : 0
    }

    /// - Returns: false if this process has the role already.
    func claim(_ role: DatabaseLock.Role) -> Bool {
        Self.files.withLock { $0[number]?.roles.insert(role).inserted ?? false }
    }

    func hasRole(_ role: DatabaseLock.Role) -> Bool {
        Self.files.withLock { $0[number]?.roles.contains(role) ?? false }
    }

    func giveUp(_ role: DatabaseLock.Role) {
        Self.files.withLock { _ = $0[number]?.roles.remove(role) }
    }
}
