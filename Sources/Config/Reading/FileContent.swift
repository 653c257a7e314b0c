import Foundation

/// A whole file, read at once.
struct FileContent {
    let bytes: [UInt8]
    /// The mode bits without the file's type.
    let permissions: UInt32

    /// How long whoever writes into a pipe may take. A regular file does not wait.
    static let patience = Duration.seconds(5)

    /// Pipes are read to their end, so that `--config <(…)` works; a named pipe that nobody writes to is empty, and one
    /// whose writer is silent is given up.
    init(path: String, maximumSize: Int, patience: Duration = Self.patience) throws(FileError) {
        // Not blocking: opening a named pipe would wait for its writer, for ever perhaps.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(path: path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError(path: path, EISDIR) }
        let deadline = ContinuousClock.now + patience
        permissions = UInt32(status.st_mode) & 0o7777

        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(max(0, Int(status.st_size)), maximumSize) + 1)
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { break }
            guard count > 0 else {
                if errno == EINTR { continue }
                guard errno == EAGAIN else { throw FileError(path: path, errno) }
                guard Self.waitForMore(descriptor, until: deadline) else { throw FileError(path: path, ETIMEDOUT) }
                continue
            }
            bytes += chunk[..<count]
            guard bytes.count <= maximumSize else { throw FileError(path: path, EFBIG) }
        }
        self.bytes = bytes
    }

    /// - Returns: false once the time is over.
    private static func waitForMore(_ descriptor: Int32, until deadline: ContinuousClock.Instant) -> Bool {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { return false }
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(
            clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000)
        _ = poll(&wanted, 1, max(1, milliseconds))
        return true
    }
}

/// Why a file cannot be read.
struct FileError: Error {
    let path: String
    let code: Int32

    init(path: String, _ code: Int32) {
        self.path = path
        self.code = code
    }

    var isMissing: Bool { code == ENOENT }

    /// A sentence without the path.
    var message: String {
        switch code {
        case ENOENT: "does not exist"
        case EACCES, EPERM: "cannot be read by this user (uid \(geteuid())); change its owner, group or mode"
        case EISDIR: "is a folder, not a file"
        case EFBIG: "is larger than any file of its kind; is it the right one?"
        case ETIMEDOUT: "is a pipe whose writer sends nothing; write a regular file in its place"
        default: "cannot be read: \(String(cString: strerror(code)))"
        }
    }
}
