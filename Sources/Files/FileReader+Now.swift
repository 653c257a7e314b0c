import Dispatch
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
        let read = AwaitedRead()
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

/// The end of one read, for the thread that waits for it.
private final class AwaitedRead: Sendable {
    private struct State {
        var result: Result<FileSnapshot, FileFault>?
        var isAbandoned = false
    }

    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    /// - Parameter ifAbandoned: called if nobody waits any more.
    func end(_ result: Result<FileSnapshot, FileFault>, ifAbandoned: () -> Void) {
        state.withLock { state in
            state.result = result
            if state.isAbandoned { ifAbandoned() }
        }
        bell.signal()
    }

    /// - Parameter ifLate: called if it did not end within the limit, before it can end.
    /// - Returns: nil if it did not end.
    func wait(_ limit: Duration, ifLate: () -> Void) -> Result<FileSnapshot, FileFault>? {
        _ = bell.wait(timeout: .now() + limit.dispatchInterval)
        return state.withLock { state in
            if state.result == nil {
                state.isAbandoned = true
                ifLate()
            }
            return state.result
        }
    }
}
