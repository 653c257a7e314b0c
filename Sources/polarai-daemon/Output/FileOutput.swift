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
        guard file >= 0 else { throw failure(path, errno) }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do throws(CommandFailure) {
            defer { close(file) }
            if let code = WholeWrite.error(writing: bytes, to: file) { throw failure(path, code) }
            guard fchmod(file, mode) == 0, fsync(file) == 0 else { throw failure(path, errno) }
            guard rename(temporary, path) == 0 else { throw failure(path, errno) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> CommandFailure {
        CommandFailure(
            "\(path) cannot be written: \(String(cString: strerror(code))).",
            code == EACCES || code == EPERM ? .permission : .inputOutput)
    }
}
