import Glibc

/// Which file a path leads to.
enum RealPath {
    /// The path without symbolic links: SQLite keeps its log beside the file itself, not beside a link to it.
    ///
    /// A link to a file that is not there yet leads to the place where it will be.
    static func resolve(_ path: String) -> String {
        var path = path
        for _ in 0..<mostLinks {
            if let real = real(path) { return real }
            guard let next = target(ofLink: path) else { break }
            path = next.hasPrefix("/") ? next : "\(SystemCall.folder(of: path))/\(next)"
        }
        guard let folder = real(SystemCall.folder(of: path)) else { return path }
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        return folder == "/" ? "/\(name)" : "\(folder)/\(name)"
    }

    /// As many as the kernel follows: path_resolution(7).
    private static let mostLinks = 40

    private static func real(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    private static func target(ofLink path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { readlink(path, $0.assumingMemoryBound(to: CChar.self), buffer.count) } ?? -1
        }
        return length > 0 ? String(decoding: bytes.prefix(length), as: UTF8.self) : nil
    }
}
