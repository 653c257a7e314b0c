/// The write-ahead log (`-wal`) beside the database.
package enum LogSize {
    /// In bytes. It is copied back every 4 MB and cut to this; beyond it only a reader that never ends makes it grow.
    package static let limit: Int64 = 64 << 20

    /// - Returns: 0 if there is none.
    package static func bytes(ofDatabase path: String) -> Int64 {
        (try? SystemCall.size(ofFile: path + "-wal")).flatMap(\.self) ?? 0
    }
}
