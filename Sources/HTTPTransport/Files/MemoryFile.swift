import CEpoll
import Glibc

/// A copy of a file in memory that libcurl and OpenSSL can open by a path.
///
/// Reading the copy cannot hang. Its path differs from that of every copy before it, so that libcurl, which knows certificates
/// that it has parsed by their path, never takes a new file for an old one.
final class MemoryFile: Sendable {
    /// Valid as long as this object lives.
    let path: String
    private let descriptor: Int32

    /// - Parameter serial: distinguishes copies whose descriptors have the same number.
    /// - Returns: nil if the process has no descriptors left, or the system knows no such files.
    init?(_ bytes: [UInt8], serial: Int) {
        descriptor = polarai_memory_file("polarai-certificates")
        // More slashes name the same file; to libcurl it is another path.
        path = String(repeating: "/", count: serial % 64) + "/proc/self/fd/\(descriptor)"
        guard descriptor >= 0, Self.write(bytes, to: descriptor), access(path, R_OK) == 0 else { return nil }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }
}
