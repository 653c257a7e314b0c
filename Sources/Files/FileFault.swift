import Glibc

/// Why a file cannot be read.
package struct FileFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kept it from being read.
    package enum Cause: Hashable, Sendable {
        /// The number of the system's error.
        case system(Int32)
        /// It is something else: `a named pipe`, for example.
        case notRegular(String)
        /// Reading did not end within this time.
        case stalled(Duration)
    }

    package let path: String
    package let cause: Cause

    package init(path: String, _ cause: Cause) {
        self.path = path
        self.cause = cause
    }

    init(path: String, code: Int32) {
        self.init(path: path, .system(code))
    }

    static func tooLarge(_ path: String) -> FileFault { FileFault(path: path, code: EFBIG) }

    /// Whether there is no such file.
    package var isMissing: Bool { cause == .system(ENOENT) || cause == .system(ENOTDIR) }

    /// A sentence without the path, to stand behind it; holds nothing of the file.
    package var message: String {
        switch cause {
        case .system(ENOENT), .system(ENOTDIR): "does not exist"
        case .system(EACCES), .system(EPERM):
            "is not readable by uid \(geteuid()); fix the owner, group or mode of the file and of the folders above it. If a "
                + "command reports this, sudo helps, too"
        case .system(EISDIR): "is a folder, not a file"
        case .system(EFBIG): "is too large for such a file; check that the path is right"
        case .system(EMFILE), .system(ENFILE):
            "cannot be read: no file descriptors are left; raise LimitNOFILE= of the unit"
        case .system(let code): "cannot be read: \(String(cString: strerror(code)))"
        case .notRegular(let kind): "is \(kind), not a regular file"
        case .stalled(let limit):
            "could not be read within \(Self.text(limit)); is it on a network mount that does not answer?"
        }
    }

    package var description: String { "\(path) \(message)" }

    private static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return attoseconds == 0 ? "\(seconds)s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms"
    }
}
