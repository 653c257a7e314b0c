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
        guard let read = AwaitedRead() else { throw FileFault(path: path, code: errno) }
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
///
/// It waits for a pipe with poll(2), whose limit is a length of time: a semaphore's is a time of day, and a step of the
/// clock would end the wait at once or make it last for hours.
private final class AwaitedRead: Sendable {
    private struct State {
        var result: Result<FileSnapshot, FileFault>?
        var isAbandoned = false
    }

    private let state = Mutex(State())
    private let ends: (read: Int32, write: Int32)

    /// - Returns: nil if there are no file descriptors left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.ends = (ends[0], ends[1])
    }

    deinit {
        close(ends.read)
        close(ends.write)
    }

    /// - Parameter ifAbandoned: called if nobody waits any more.
    func end(_ result: Result<FileSnapshot, FileFault>, ifAbandoned: () -> Void) {
        state.withLock { state in
            state.result = result
            if state.isAbandoned { ifAbandoned() }
        }
        var byte: UInt8 = 1
        _ = write(ends.write, &byte, 1)
    }

    /// - Parameter ifLate: called if it did not end within the limit, before it can end.
    /// - Returns: nil if it did not end.
    func wait(_ limit: Duration, ifLate: () -> Void) -> Result<FileSnapshot, FileFault>? {
        let deadline = ContinuousClock.now + limit
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { break }
            var waited = pollfd(fd: ends.read, events: Int16(POLLIN), revents: 0)
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
            let count = poll(&waited, 1, Int32(clamping: milliseconds))
            if count > 0 || (count < 0 && errno != EINTR) { break }
        }
        return state.withLock { state in
            if state.result == nil {
                state.isAbandoned = true
                ifLate()
            }
            return state.result
        }
    }
}
