import Glibc

/// The few calls on files that SQLite does not make for us.
enum SystemCall {
    static func text(of code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The size in bytes; nil if there is no such file.
    ///
    /// - Throws: `StoreError` if it cannot be examined (a folder without permission, for example) or is not a regular file.
    static func size(ofFile path: String) throws -> Int64? {
        var information = stat()
        guard stat(path, &information) == 0 else {
            if errno == ENOENT { return nil }
            throw StoreError(errno: errno, doing: "examining it (stat)", path: path)
        }
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw StoreError.io(path: path, detail: "it is not a regular file")
        }
        return Int64(information.st_size)
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Removes a file, if there is one.
    static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw StoreError(errno: errno, doing: "removing it", path: path)
        }
    }

    /// Makes the folder and those above it, readable by the group.
    static func makeFolder(_ path: String) throws {
        guard !path.isEmpty, !exists(path) else { return }
        try makeFolder(folder(of: path))
        guard mkdir(path, 0o750) == 0 || errno == EEXIST else {
            throw StoreError(errno: errno, doing: "creating the folder", path: path)
        }
    }

    /// The folder a path lies in, "." if it names none.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Moves a finished file to its name so that it survives a power loss, and replaces what had that name.
    static func publish(_ temporary: String, as path: String, durability: Durability = .full) throws {
        if durability == .full { try synchronize(temporary) }
        guard rename(temporary, path) == 0 else {
            throw StoreError(errno: errno, doing: "renaming \(temporary)", path: path)
        }
        guard durability == .full else { return }
        do {
            try synchronize(folder(of: path))
        } catch {
            // Whether its name would survive a power loss is not known: what is reported as failed is not left behind.
            unlink(path)
            throw error
        }
    }

    private static func synchronize(_ path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw StoreError(errno: errno, doing: "opening it", path: path) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw StoreError(errno: errno, doing: "writing it to the disk", path: path) }
    }
}
