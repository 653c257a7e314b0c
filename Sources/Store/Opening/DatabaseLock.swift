import Glibc
import Synchronization

/// The right to write a database: a lock on the file itself, far behind its end, so that a symbolic link, a hard link,
/// a bind mount or a removed file beside it lead to the same lock.
///
/// An open-file-description lock (fcntl(2), F_OFD_SETLK): it ends with the process however that ends, and others can
/// ask whether it is held without taking it for a moment themselves, which would turn a starting daemon away. Such a
/// lock does not say whose it is; its length does: one byte and as many as the number of the process.
final class DatabaseLock: Sendable {
    enum Role: Hashable, Sendable {
        /// Works on the database from its start to its stop.
        case daemon
        /// One short change while no daemon runs.
        case command
    }

    /// Locks are advice: they may lie where no file ever reaches. SQLite's own are at 1 GiB.
    private static let daemonPlace: Int64 = 1 << 62
    private static let commandPlace: Int64 = daemonPlace - 16
    /// How long a daemon waits for a command to end, and a command for another one.
    private static let patience = Duration.seconds(5)

    let file: OpenFile
    private let path: String
    /// Empty once they were given back.
    private let roles: Mutex<Set<Role>>

    /// - Throws: `StoreError.held` at once if a daemon has the database; `.io` if a command does not end.
    init(_ file: OpenFile, as role: Role, path: String) throws {
        self.file = file
        self.path = path
        roles = Mutex([])
        switch role {
        case .daemon:
            try take(.daemon)
            // Commands that come now see the daemon; one that came before is waited for.
            do {
                try takePatiently(.command) {}
            } catch {
                release()
                throw error
            }
        case .command:
            do {
                try takePatiently(.command) { try refuseBesideDaemon() }
                try refuseBesideDaemon()
            } catch {
                release()
                throw error
            }
        }
    }

    deinit {
        release()
    }

    func release() {
        roles.withLock { roles in
            for role in roles {
                var request = Self.request(F_UNLCK, role)
                _ = fcntl(file.descriptor, ofdSetLock, &request)
                file.giveUp(role)
            }
            roles = []
        }
    }

    /// The daemon that works on a file: nil if none does.
    static func holder(of file: OpenFile) -> Holder? {
        var request = flock(
            l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: off_t(daemonPlace), l_len: 1, l_pid: 0)
        guard fcntl(file.descriptor, ofdGetLock, &request) == 0, Int32(request.l_type) != F_UNLCK else { return nil }
        return Holder(pid: Int32(exactly: request.l_len - 1).flatMap { $0 > 0 ? $0 : nil })
    }

    struct Holder {
        /// Nil if the lock does not say.
        let pid: Int32?
    }

    private func take(_ role: Role) throws {
        guard file.claim(role) else { throw StoreError.held(path: path, byPID: getpid()) }
        var request = Self.request(F_WRLCK, role)
        guard fcntl(file.descriptor, ofdSetLock, &request) == 0 else {
            let code = errno
            file.giveUp(role)
            if code == EAGAIN || code == EACCES {
                throw StoreError.held(path: path, byPID: Self.holder(of: file)?.pid)
            }
            throw StoreError(errno: code, doing: "locking it", path: path)
        }
        roles.withLock { _ = $0.insert(role) }
    }

    /// A daemon holds the right of commands, too, so that none begins.
    private func refuseBesideDaemon() throws {
        if file.hasRole(.daemon) { throw StoreError.held(path: path, byPID: getpid()) }
        if let holder = Self.holder(of: file) { throw StoreError.held(path: path, byPID: holder.pid) }
    }

    /// - Parameter check: run before each wait; what it throws ends it.
    private func takePatiently(_ role: Role, _ check: () throws -> Void) throws {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do {
                return try take(role)
            } catch StoreError.held {
                try check()
                guard ContinuousClock.now >= deadline else {
                    usleep(20_000)
                    continue
                }
                throw StoreError.io(
                    path: path,
                    detail: "a command (`polarai-daemon alerts`) has been changing it for more than "
                        + "\(Self.patience.components.seconds) s; look for it with `ps -ef | grep polarai-daemon`")
            }
        }
    }

    private static func request(_ type: Int32, _ role: Role) -> flock {
        switch role {
        case .daemon:
            flock(
                l_type: Int16(type), l_whence: Int16(SEEK_SET), l_start: off_t(daemonPlace),
                l_len: off_t(1 + Int64(getpid())), l_pid: 0)
        case .command:
            flock(
                l_type: Int16(type), l_whence: Int16(SEEK_SET), l_start: off_t(commandPlace), l_len: 1, l_pid: 0)
        }
    }
}

// F_OFD_GETLK and F_OFD_SETLK of <fcntl.h>, which shows them only under _GNU_SOURCE.
private let ofdGetLock: Int32 = 36
private let ofdSetLock: Int32 = 37
