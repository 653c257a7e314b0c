import Dispatch
import Files

/// Work that may wait for a disk, a mount or a pipe, kept off the threads that the loops run on.
enum BlockingWork {
    /// Runs `body` on a thread of its own.
    ///
    /// - Returns: nil if it did not end within `limit`, or if the task was cancelled before. Its thread stays with it
    ///   until it ends.
    static func run<Value: Sendable>(
        within limit: Duration, _ body: @escaping @Sendable () -> Value
    ) async -> Value? {
        let (answers, answer) = AsyncStream.makeStream(of: Value?.self, bufferingPolicy: .bufferingOldest(1))
        DispatchQueue.global().async { answer.yield(body()) }
        DispatchQueue.global().asyncAfter(deadline: .now() + limit.dispatchInterval) { answer.yield(nil) }
        for await first in answers { return first }
        return nil
    }
}
