import Dispatch
import Files
import Glibc
import Synchronization

/// SIGTERM or SIGINT while the service has not begun its work.
final class StopRequest: Sendable {
    private let requested = Mutex(false)
    private let waiters = Mutex<[Int: CheckedContinuation<Void, Never>]>([:])
    private let count = Atomic<Int>(0)
    /// Touched at the beginning and at the end alone.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    init() {
        sources = [SIGTERM, SIGINT].map { DispatchSource.makeSignalSource(signal: $0, queue: .global()) }
        for source in sources {
            source.setEventHandler { [weak self] in self?.request() }
            source.resume()
        }
    }

    deinit {
        for source in sources { source.cancel() }
    }

    var isRequested: Bool { requested.withLock { $0 } }

    private func request() {
        requested.withLock { $0 = true }
        let waiting = waiters.withLock { waiters in
            defer { waiters.removeAll() }
            return Array(waiters.values)
        }
        for waiter in waiting { waiter.resume() }
    }

    /// Waits for so long, or until a stop is requested or the task is cancelled.
    func wait(_ limit: Duration) async {
        let number = count.wrappingAdd(1, ordering: .relaxed).newValue
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiters.withLock { $0[number] = continuation }
                DispatchQueue.global().asyncAfter(deadline: .now() + limit.dispatchInterval) {
                    self.end(number)
                }
                if isRequested || Task.isCancelled { end(number) }
            }
        } onCancel: {
            end(number)
        }
    }

    private func end(_ number: Int) {
        waiters.withLock { $0.removeValue(forKey: number) }?.resume()
    }
}
