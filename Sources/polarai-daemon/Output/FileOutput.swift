import Glibc

/// A file as the result of a command.
enum FileOutput {
    /// Writes beside the file and renames: whoever reads it sees the old content or the new one, whole.
    ///
    /// - Parameter mode: the permissions of the file, whatever the umask is.
    /// - Throws: `CommandFailure`: 77 if it may not be written, else 74. What was there stays as it was.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t) throws(CommandFailure) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? ""
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        guard !name.isEmpty, name != ".", name != ".." else {
            throw CommandFailure("\(path) is not the name of a file.", .inputOutput)
        }
        // Hidden, and not ending in `.prom`: node_exporter must not collect it. Without the name, which may be as long as
        // a name may be. The end is what mkstemp(3) requires; it replaces it with random characters.
        var template = Array("\(folder).polarai-daemon.\(String(repeating: "X", count: 6))".utf8CString)
        let file = template.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkstemp($0) } ?? -1 }
        guard file >= 0 else { throw failure(path) }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do throws(CommandFailure) {
            defer { close(file) }
            try write(bytes, to: file, path)
            guard fchmod(file, mode) == 0, fsync(file) == 0 else { throw failure(path) }
            guard rename(temporary, path) == 0 else { throw failure(path) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private static func write(_ bytes: [UInt8], to file: Int32, _ path: String) throws(CommandFailure) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            written += count
        }
    }

    private static func failure(_ path: String) -> CommandFailure {
        let code = errno
        return CommandFailure(
            "\(path) cannot be written: \(String(cString: strerror(code))).",
            code == EACCES || code == EPERM ? .permission : .inputOutput)
    }
}
