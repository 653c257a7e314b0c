import Glibc

/// What stands at a database's path, found out before SQLite opens it: SQLite would take an empty file for a new database
/// and throw away the log of a missing one.
enum DatabaseFile {
    /// Nothing is there, or an empty file with no trace of a database beside it.
    case absent
    /// A file that is not empty.
    case present(size: Int64)

    /// `PRAGMA application_id` of our files: "plai" in ASCII.
    static let applicationID: Int32 = 0x706C_6169

    /// Looks, and opens nothing.
    ///
    /// - Throws: `StoreError.corrupt` if a file or a log is there that must not be replaced.
    init(at path: String) throws {
        let size = try SystemCall.size(ofFile: path)
        let logSize = try SystemCall.size(ofFile: path + "-wal") ?? 0
        guard let size, size > 0 else {
            if logSize > 0 {
                throw StoreError.corrupt(
                    path: path,
                    detail: size == nil ? StoreError.lostFile : StoreError.emptiedFile)
            }
            if size == 0, SystemCall.exists(path + "-shm") || SystemCall.exists(path + "-wal") {
                throw StoreError.corrupt(path: path, detail: "the file is empty, and was a database before")
            }
            self = .absent
            return
        }
        self = .present(size: size)
    }

    /// Refuses what SQLite would rather not see, before it touches the file.
    ///
    /// - Throws: `StoreError.corrupt`, or `.newerSchema` if the header says that a newer version wrote it.
    static func checkHeader(of file: OpenFile, path: String) throws {
        var head = [UInt8](repeating: 0, count: 100)
        let length = head.withUnsafeMutableBytes { pread(file.descriptor, $0.baseAddress, $0.count, 0) }
        guard length >= 0 else { throw StoreError(errno: errno, doing: "reading it", path: path) }
        guard length == 100, head.starts(with: magic) else {
            throw StoreError.corrupt(path: path, detail: "the file does not begin like an SQLite database")
        }
        // Database File Format, https://www.sqlite.org/fileformat.html#the_database_header: user_version at 60.
        let version = Int(Int32(bitPattern: head[60..<64].reduce(0) { $0 << 8 | UInt32($1) }))
        guard version <= Migrator.latestVersion else {
            throw StoreError.schema(path: path, found: version, known: Migrator.latestVersion)
        }
    }

    private static let magic = Array("SQLite format 3\0".utf8)
}
