package import Model
import Synchronization

/// The clock of the command: the host's, or that of a database that several hosts share, whose own clocks may be wrong.
package enum ClockInUse {
    private static let known = Mutex(Duration.zero)

    /// How far it is ahead of the host's.
    static var offset: Duration { known.withLock { $0 } }

    /// The clock of a database is in use from now on. Whoever asks for the time meanwhile gets that of before.
    ///
    /// - Parameter time: what it shows now.
    package static func follow(_ time: Timestamp) {
        let offset = time.since(TimeArgument.hostNow)
        known.withLock { $0 = offset }
    }
}
