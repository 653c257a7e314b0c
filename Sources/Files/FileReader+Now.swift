import Glibc
import Synchronization

extension FileReader {
    /// Reads a whole file while the caller's thread waits, never longer than a limit: for configs and secrets, whose
    /// readers are not asynchronous. The disk itself is waited for by another thread.
    ///
    /// A file whose reading hangs is refused at once until it has ended, and other files get less time meanwhile: they are
    /// probably on the same mount.
    ///
    /// - Parameters:
    ///   - maximumSize: in bytes.
    ///   - pipeLimit: how long a pipe may take to be written to its end; nil refuses pipes.
    package func readNow(
        _ path: String, maximumSize: Int = 1 << 20, pipeLimit: Duration? = nil,
        within limit: Duration = FileReader.limit
    ) throws(FileFault) -> FileSnapshot {
        let others = hanging.withLock { $0 }
        guard !others.contains(path) else { throw FileFault(path: path, .stalled(limit)) }
        let patience = others.isEmpty ? limit + (pipeLimit ?? .zero) : min(limit, Self.limitBesideHanging)
        guard let read = AwaitedValue<Result<FileSnapshot, FileFault>>() else {
            throw FileFault(path: path, code: errno)
        }
        WorkerThreads.shared.run { [self] in
            let result = Result { () throws(FileFault) in try load(path, maximumSize, pipeLimit) }
            read.end(result) { hanging.withLock { _ = $0.remove(path) } }
        }
        guard let result = read.wait(patience, ifLate: { hanging.withLock { _ = $0.insert(path) } }) else {
            throw FileFault(path: path, .stalled(patience))
        }
        return try result.get()
    }

    private static let limitBesideHanging = Duration.milliseconds(500)
}
