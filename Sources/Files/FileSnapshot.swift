import Glibc

/// A whole file, read at once.
///
/// For files that others write: configs, secrets, profiles, tokens, certificates. Only regular files are read, because a
/// named pipe or a device may keep its reader waiting for ever; and never more than a limit.
package struct FileSnapshot: Sendable {
    package let bytes: [UInt8]
    /// The mode bits without the file's type.
    package let permissions: UInt32
    package let stamp: FileStamp

    /// Reads a file. Waits only as long as the disk takes; for one that may be on a stalled mount see `FileReader`.
    ///
    /// - Parameters:
    ///   - path: a relative one counts from the working directory.
    ///   - maximumSize: in bytes.
    ///   - pipeLimit: how long a pipe may take to be written to its end, so that `--config <(…)` works; nil refuses pipes.
    package init(path: String, maximumSize: Int, pipeLimit: Duration? = nil) throws(FileFault) {
        // Opening a named pipe would wait for its writer; opening a terminal could make it ours.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw FileFault(path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFault(path: path, code: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            bytes = try Self.read(descriptor, path: path, expecting: Int(status.st_size), maximumSize: maximumSize)
        case S_IFIFO:
            guard let pipeLimit else { throw FileFault(path: path, .notRegular("a named pipe")) }
            bytes = try Self.readPipe(descriptor, path: path, maximumSize: maximumSize, within: pipeLimit)
        // An empty file that is always there.
        case S_IFCHR where status.st_rdev == Self.nullDevice: bytes = []
        case S_IFDIR: throw FileFault(path: path, code: EISDIR)
        case S_IFSOCK: throw FileFault(path: path, .notRegular("a socket"))
        default: throw FileFault(path: path, .notRegular("a device"))
        }
        permissions = UInt32(status.st_mode) & 0o7777
        stamp = FileStamp(status)
    }

    /// `/dev/null`: major number 1, minor number 3.
    private static let nullDevice: dev_t = 0x103

    private static func read(
        _ descriptor: Int32, path: String, expecting size: Int, maximumSize: Int
    ) throws(FileFault) -> [UInt8] {
        guard size <= maximumSize else { throw FileFault(path: path, code: EFBIG) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(max(0, size))
        var chunk = [UInt8](repeating: 0, count: min(max(size + 1, 4096), 64 << 10))
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw FileFault(path: path, code: errno)
            }
            bytes += chunk[..<count]
            guard bytes.count <= maximumSize else { throw FileFault(path: path, code: EFBIG) }
        }
    }

    private static func readPipe(
        _ descriptor: Int32, path: String, maximumSize: Int, within limit: Duration
    ) throws(FileFault) -> [UInt8] {
        let deadline = ContinuousClock.now + limit
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            // Before any wait: a pipe without a writer is at its end, and never becomes readable.
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count > 0 {
                bytes += chunk[..<count]
                guard bytes.count <= maximumSize else { throw FileFault(path: path, code: EFBIG) }
                continue
            }
            guard errno == EINTR || errno == EAGAIN else { throw FileFault(path: path, code: errno) }
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw FileFault(path: path, .stalled(limit)) }
            var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&waited, 1, Int32(clamping: left.components.seconds * 1000 + 1))
        }
    }
}

/// Tells whether a file is still the one that was read.
package struct FileStamp: Hashable, Sendable {
    private let device: UInt
    private let inode: UInt
    private let size: Int
    private let seconds: Int
    private let nanoseconds: Int
    private let changeSeconds: Int
    private let changeNanoseconds: Int

    init(_ status: stat) {
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        seconds = Int(status.st_mtim.tv_sec)
        nanoseconds = Int(status.st_mtim.tv_nsec)
        // A copy that keeps the time of its last change has a new one of these.
        changeSeconds = Int(status.st_ctim.tv_sec)
        changeNanoseconds = Int(status.st_ctim.tv_nsec)
    }

    /// - Returns: nil if there is no such file, or it cannot be looked at.
    package init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}
