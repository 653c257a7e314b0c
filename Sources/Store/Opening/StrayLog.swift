import Glibc

/// A log of changes (`-wal`) beside a file that it does not belong to, as it is left when a database is put back from a copy
/// without removing the log of the file before it.
///
/// SQLite cannot tell: it would apply the changes to the wrong file and ruin it
/// (https://www.sqlite.org/howtocorrupt.html, 1.4). The log is renamed, and nothing of it is lost.
enum StrayLog {
    /// What is added to the name of the log.
    private static let suffix = ".set-aside"
    /// After so many the last one is replaced.
    private static let mostKept = 100

    /// Sets a log aside that lies beside a file which never had one: the header says whether changes go through a log
    /// before the first one does (https://www.sqlite.org/fileformat.html, 1.3.3). Every copy that this program makes is
    /// such a file, and stays one until a daemon is started on it: commands change it without a log.
    ///
    /// - Parameter file: held by this process.
    /// - Returns: the log's new name; nil if there is nothing to set aside.
    static func setAside(beside path: String, _ file: OpenFile) throws -> String? {
        guard let size = try SystemCall.size(ofFile: path + "-wal"), size > 0, !hasLog(file) else { return nil }
        return try setAside(path)
    }

    /// Renames the log of a file that has lost its place to another file.
    ///
    /// - Returns: its new name; nil if there is none.
    @discardableResult
    static func setAside(_ path: String) throws -> String? {
        let log = path + "-wal"
        // One that was set aside before is kept.
        var target = log + suffix
        var number = 1
        while access(target, F_OK) == 0, number < mostKept {
            number += 1
            target = "\(log)\(suffix)-\(number)"
        }
        guard rename(log, target) == 0 else {
            if errno == ENOENT { return nil }
            throw StoreError(errno: errno, doing: "renaming it", path: log)
        }
        // An index of the log, made anew from it.
        try SystemCall.remove(path + "-shm")
        return target
    }

    /// Whether changes to the file go through a log: 2 in bytes 18 and 19 of its header.
    static func hasLog(_ file: OpenFile) -> Bool {
        var versions: [UInt8] = [2, 2]
        let length = versions.withUnsafeMutableBytes { pread(file.descriptor, $0.baseAddress, $0.count, 18) }
        return length != 2 || versions != [1, 1]
    }
}
