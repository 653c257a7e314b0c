import Config
import Glibc

/// Keeps a second daemon out of the runtime directory of the first: they would take each other's sockets. With a database of
/// its own a daemon is kept out by that; one that several hosts share lets in any number.
///
/// A record lock (lockf(3)), which ends with the process however that ends.
final class RuntimeLock: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// - Returns: nil if there is no runtime directory, or nothing can be written there: then there are no sockets either.
    /// - Throws: `DaemonError.runtimeTaken`.
    static func take(environment: [String: String]) throws(DaemonError) -> RuntimeLock? {
        let folder = RuntimeFolder.path(environment: environment)
        let descriptor = open(folder + "/daemon.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { return nil }
        guard lockf(descriptor, F_TLOCK, 0) == 0 else {
            defer { close(descriptor) }
            guard errno == EACCES || errno == EAGAIN else { return nil }
            throw .runtimeTaken(folder: folder, byPID: holder(descriptor))
        }
        // For whoever comes second; the lock is what counts.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
        return RuntimeLock(descriptor)
    }

    private static func holder(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
