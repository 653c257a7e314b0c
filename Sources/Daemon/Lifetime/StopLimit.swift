import Dispatch
import Glibc
import Synchronization

/// Ends the process if a stop takes too long, for example because a disk hangs.
final class StopLimit: Sendable {
    private let status = Atomic<Int32>(StopLimit.isUncommitted)

    private static let isUncommitted: Int32 = -1
    /// EX_IOERR of sysexits.h: what was learned last could not be stored.
    private static let inputOutput: Int32 = 74
    /// Whoever reads the journal may hang as well.
    private static let reportLimit = DispatchTimeInterval.milliseconds(400)

    /// - Parameters:
    ///   - limit: from now on; the report may take 0.4 s more.
    ///   - report: called before the end if not all is stored by then.
    init(_ limit: DispatchTimeInterval, report: @escaping @Sendable () -> Void) {
        DispatchQueue.global().asyncAfter(deadline: .now() + limit) { [self] in
            let status = status.load(ordering: .acquiring)
            // What is committed is safe, and what is not will be polled or sent again.
            guard status == Self.isUncommitted else { _exit(status) }
            let reported = DispatchSemaphore(value: 0)
            DispatchQueue.global().async {
                report()
                reported.signal()
            }
            _ = reported.wait(timeout: .now() + Self.reportLimit)
            _exit(Self.inputOutput)
        }
    }

    /// All that was to be stored is stored: from now on the process ends with this status, however long the rest takes.
    func allIsCommitted(_ status: Int32) {
        self.status.store(status, ordering: .releasing)
    }
}
