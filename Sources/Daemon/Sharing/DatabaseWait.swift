import Dispatch
import Files
import Glibc
import Model
import Store
import Systemd

/// Waits at the start until the installation's database answers: it may start after this host.
struct DatabaseWait: Sendable {
    let announcer: Announcer
    let notifier: SystemdNotifier
    let stop: StopRequest

    /// What systemd is asked for, again and again: a start that waits has not failed.
    private static let patience = Duration.seconds(30)
    private static let beat = Duration.seconds(5)
    /// Between two attempts.
    private static let pause = Duration.seconds(1)

    /// - Parameter attempt: connects, on a thread that may wait.
    /// - Returns: nil if the service is to stop.
    /// - Throws: `StoreError`: what nothing but somebody can change.
    func value<Value: Sendable>(of attempt: @escaping @Sendable () throws -> Value) async throws -> Value? {
        var shown: String?
        while !stop.isRequested {
            let result = await tried(attempt)
            switch result {
            case .success(let value): return value
            case .failure(StoreError.unavailable(_, let detail)):
                if shown != detail {
                    shown = detail
                    announcer.write(
                        JournalEntry(
                            "The service is waiting for its database: \(detail). To find the cause, run `polarai-daemon doctor`.",
                            priority: .warning))
                    notifier.status("waiting for the database: \(detail)")
                }
                await stop.wait(Self.pause)
            case .failure(let error): throw error
            case nil: return nil
            }
        }
        return nil
    }

    /// - Returns: nil if the service is to stop: the attempt is left to itself.
    private func tried<Value: Sendable>(
        _ attempt: @escaping @Sendable () throws -> Value
    ) async -> Result<Value, any Error>? {
        let (results, inbox) = AsyncStream.makeStream(of: Result<Value, any Error>?.self)
        showLife()
        WorkerThreads.shared.run { inbox.yield(Result { try attempt() }) }
        let waiting = Task {
            while !Task.isCancelled {
                await stop.wait(Self.beat)
                guard !Task.isCancelled else { return }
                showLife()
                if stop.isRequested { inbox.yield(nil) }
            }
        }
        defer { waiting.cancel() }
        for await result in results { return result }
        return nil
    }

    private func showLife() {
        notifier.extendTimeout(by: Self.patience)
        notifier.watchdog()
    }
}
