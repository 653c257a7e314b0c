import Dispatch
import Foundation
import Model
import Synchronization

/// Threads for work that may block. Not those of Swift's pool: there are as many of them as processors, and a few hung
/// reads would stop the whole process.
package final class WorkerThreads: Sendable {
    package static let shared = WorkerThreads()

    package typealias Job = @Sendable () -> Void

    private struct State {
        var jobs: [Job] = []
        /// Threads that wait for a job.
        var idle = 0
    }

    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    /// How long a thread waits for the next job.
    private static let patience = DispatchTimeInterval.seconds(10)

    package func run(_ job: @escaping Job) {
        let needsThread = state.withLock { state in
            state.jobs.append(job)
            return state.idle < state.jobs.count
        }
        if needsThread { startThread() } else { bell.signal() }
    }

    /// Does work that may block, while nothing but the caller waits for it.
    package func value<Value: Sendable>(of work: @escaping @Sendable () -> Value) async -> Value {
        let work = Planted.carried(by: work)
        return await withCheckedContinuation { continuation in run { continuation.resume(returning: work()) } }
    }

    private func startThread() {
        let thread = Thread { [self] in
            while let job = next() { job() }
        }
        thread.name = "files"
        thread.start()
    }

    /// - Returns: nil when there was nothing to do for a while.
    private func next() -> Job? {
        if let job = take(orWait: true) { return job }
        while bell.wait(timeout: .now() + Self.patience) == .success {
            if let job = take(orWait: false) { return job }
        }
        return state.withLock { state in
            state.idle -= 1
            return state.jobs.isEmpty ? nil : state.jobs.removeFirst()
        }
    }

    /// - Parameter orWait: counts this thread as idle if there is no job; otherwise it is idle until it takes one.
    private func take(orWait: Bool) -> Job? {
        state.withLock { state in
            guard !state.jobs.isEmpty else {
                if orWait { state.idle += 1 }
                return nil
            }
            if !orWait { state.idle -= 1 }
            return state.jobs.removeFirst()
        }
    }
}
