import Foundation
import Glibc

/// Files of an operator's that hold credentials.
enum SmallFile {
    struct ReadError: Error {
        /// What is wrong with it, to stand behind its path.
        let message: String
        let isMissing: Bool
    }

    /// Tells whether a file is still the one that was read.
    struct Stamp: Hashable {
        private let device: UInt
        private let inode: UInt
        private let size: Int
        private let seconds: Int
        private let nanoseconds: Int

        /// - Returns: nil where there is no such file.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            size = Int(status.st_size)
            seconds = Int(status.st_mtim.tv_sec)
            nanoseconds = Int(status.st_mtim.tv_nsec)
        }
    }

    private static let maximumSize = 1 << 20

    static func text(_ path: String) throws(ReadError) -> String {
        guard let file = fopen(path, "re") else {
            let code = errno
            throw ReadError(message: String(cString: strerror(code)), isMissing: code == ENOENT || code == ENOTDIR)
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        var content: [UInt8] = []
        while case let count = fread(&bytes, 1, bytes.count, file), count > 0 {
            content += bytes[..<count]
            guard content.count <= maximumSize else {
                throw ReadError(message: "it is larger than 1 MiB", isMissing: false)
            }
        }
        guard ferror(file) == 0 else { throw ReadError(message: String(cString: strerror(errno)), isMissing: false) }
        // Editors of other systems begin a text with a byte order mark.
        let hasMark = content.starts(with: [0xEF, 0xBB, 0xBF])
        return String(decoding: content.dropFirst(hasMark ? 3 : 0), as: UTF8.self)
    }
}
