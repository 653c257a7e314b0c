import Dispatch
import Glibc
import Synchronization

/// Ends the process if a stop takes too long, for example because a disk hangs.
final class StopLimit: Sendable {
    private let status = Atomic<Int32>(EXIT_FAILURE)

    /// - Parameter limit: from now on.
    init(_ limit: DispatchTimeInterval) {
        DispatchQueue.global().asyncAfter(deadline: .now() + limit) { [self] in
            // What is committed is safe, and what is not will be polled or sent again.
            _exit(status.load(ordering: .acquiring))
        }
    }

    /// All that was to be stored is stored: from now on the process ends with this status, however long the rest takes.
    func allIsCommitted(_ status: Int32) {
        self.status.store(status, ordering: .releasing)
    }
}
