import Glibc
import Synchronization

/// The right to write a database: an exclusive lock on `<path>.lock`, which holds the pid of its owner.
///
/// An open-file-description lock (fcntl(2), F_OFD_SETLK): it ends with the process however that ends, and others can
/// ask whether it is held without taking it for a moment themselves, which would turn a starting daemon away.
final class DatabaseLock: Sendable {
    /// Nil once it was given back.
    private let file: Mutex<Int32?>

    /// - Throws: `StoreError.held` at once where another process has it.
    init(database path: String) throws {
        let lockPath = path + ".lock"
        let file = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw StoreError(errno: errno, doing: "creating the lock file", path: lockPath) }
        var request = Self.wholeFile(F_WRLCK)
        guard fcntl(file, ofdSetLock, &request) == 0 else {
            let code = errno
            defer { close(file) }
            if code == EAGAIN || code == EACCES { throw StoreError.held(path: path, byPID: Self.pid(in: file)) }
            throw StoreError(errno: code, doing: "locking", path: lockPath)
        }
        self.file = Mutex(file)
        Self.write(pid: getpid(), to: file)
    }

    deinit {
        release()
    }

    func release() {
        file.withLock { file in
            if let held = file { close(held) }
            file = nil
        }
    }

    /// Who holds the lock of this database: nil where nobody does.
    ///
    /// - Returns: a holder whose pid is nil where the lock file does not say.
    static func holder(ofDatabase path: String) -> Holder? {
        let file = open(path + ".lock", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var request = wholeFile(F_WRLCK)
        guard fcntl(file, ofdGetLock, &request) == 0, Int32(request.l_type) != F_UNLCK else { return nil }
        return Holder(pid: pid(in: file))
    }

    struct Holder {
        let pid: Int32?
    }

    private static func wholeFile(_ type: Int32) -> flock {
        flock(l_type: Int16(type), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
    }

    private static func pid(in file: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let length = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        guard length > 0 else { return nil }
        return Int32(String(decoding: bytes.prefix(length).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    /// The pid is for people: where it cannot be written (a full disk), the lock holds all the same.
    private static func write(pid: Int32, to file: Int32) {
        let text = Array("\(pid)\n".utf8)
        _ = ftruncate(file, 0)
        _ = text.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    }
}

// F_OFD_GETLK and F_OFD_SETLK of <fcntl.h>, which shows them only under _GNU_SOURCE.
private let ofdGetLock: Int32 = 36
private let ofdSetLock: Int32 = 37
