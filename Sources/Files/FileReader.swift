import Synchronization

/// Reads files that may be on a stalled mount, off the caller's thread and with a limit.
package final class FileReader: Sendable {
    /// One for the whole process: a file that hangs holds one thread, whoever asks for it.
    package static let shared = FileReader()

    /// Enough for a disk that is busy, and short against the interval of polls.
    package static let limit = Duration.seconds(5)

    typealias Load =
        @Sendable (_ path: String, _ maximumSize: Int, _ pipeLimit: Duration?) throws(FileFault) -> FileSnapshot

    let load: Load
    /// The files whose reading was given up and has not ended.
    let hanging = Mutex<Set<String>>([])

    private let snapshots = SingleFlight<String, Result<FileSnapshot, FileFault>>()
    private let stamps = SingleFlight<String, FileStamp?>()

    /// The largest file that is read; who asks may want less.
    private static let maximumSize = 8 << 20

    package convenience init() {
        self.init { (path, maximumSize, pipeLimit) throws(FileFault) in
            try FileSnapshot(path: path, maximumSize: maximumSize, pipeLimit: pipeLimit)
        }
    }

    /// - Parameter load: reads a file, and may hang.
    init(load: @escaping Load) {
        self.load = load
    }

    /// Reads a whole file.
    ///
    /// - Parameter maximumSize: in bytes, at most 8 MiB.
    package func read(
        _ path: String, maximumSize: Int = 1 << 20, within limit: Duration = FileReader.limit
    ) async throws(FileFault) -> FileSnapshot {
        let result = await snapshots.value(for: path, within: limit) { [load] in
            Result { () throws(FileFault) in try load(path, Self.maximumSize, nil) }
        }
        guard let result else { throw FileFault(path: path, .stalled(limit)) }
        let snapshot = try result.get()
        guard snapshot.bytes.count <= maximumSize else { throw FileFault.tooLarge(path) }
        return snapshot
    }

    /// What shows whether a file is still the one that was read; nil if there is none.
    package func stamp(_ path: String, within limit: Duration = FileReader.limit) async throws(FileFault) -> FileStamp?
    {
        guard let stamp = await stamps.value(for: path, within: limit, { FileStamp(path) }) else {
            throw FileFault(path: path, .stalled(limit))
        }
        return stamp
    }
}
