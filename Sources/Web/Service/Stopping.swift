import Glibc
import ServiceLifecycle

/// Ends what would keep a stop waiting, and ends the process if something does all the same.
struct Stopping: Service {
    let limit: Duration
    let onStop: @Sendable () async -> Void

    func run() async throws {
        try? await gracefulShutdown()
        let limit = limit
        // Nothing is written: there is nothing to lose.
        Task {
            try? await Task.sleep(for: limit)
            fflush(nil)
            _exit(0)
        }
        await onStop()
    }
}
