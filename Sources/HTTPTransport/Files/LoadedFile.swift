import Files

/// One version of a certificate file.
final class LoadedFile: Sendable {
    let stamp: FileStamp
    private let memory: MemoryFile?
    private let original: String

    init(_ snapshot: FileSnapshot, of path: String, serial: Int) {
        stamp = snapshot.stamp
        memory = MemoryFile(snapshot.bytes, serial: serial)
        original = path
    }

    /// What libcurl is to open.
    var path: String { memory?.path ?? original }
}
