import Foundation

/// A whole file, read at once.
struct FileContent {
    let bytes: [UInt8]
    /// The mode bits without the file's type.
    let permissions: UInt32

    /// Pipes are read to their end, so that `--config <(…)` works; a named pipe that nobody writes to is empty.
    init(path: String, maximumSize: Int) throws(FileError) {
        // Not blocking: opening a named pipe would wait for its writer, for ever perhaps.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(path: path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError(path: path, EISDIR) }
        _ = fcntl(descriptor, F_SETFL, O_RDONLY)
        permissions = UInt32(status.st_mode) & 0o7777

        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(Int(status.st_size) + 1, maximumSize + 1))
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { break }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw FileError(path: path, errno)
            }
            bytes += chunk[..<count]
            guard bytes.count <= maximumSize else { throw FileError(path: path, EFBIG) }
        }
        self.bytes = bytes
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
        case EACCES, EPERM: "may not be read by this user (uid \(geteuid())); mend its owner, group or mode"
        case EISDIR: "is a folder, not a file"
        case EFBIG: "is larger than any file of its kind; is it the right one?"
        default: "cannot be read: \(String(cString: strerror(code)))"
        }
    }
}
