import Daemon
import Model
import Sharing
import Synchronization

/// The clocks of one host: the monotonic one counts from a start of its own, and the time of day is the database's as far as
/// the host knows it. Its own clock on the wall is not asked, however wrong it is.
final class HostClock: TimeSource {
    private let truth: VirtualClock
    /// How far the monotonic clock is from true time.
    private let offset: Millis
    /// How far the clock on the wall is.
    private let wallOffset: Millis
    private let known = Mutex(DatabaseClock())

    init(_ truth: VirtualClock, random: inout SeededRandom) {
        self.truth = truth
        offset = random.millis(10_000_000...1_000_000_000)
        wallOffset = random.millis(-Millis.day...Millis.day)
    }

    func monotonic(at time: Millis) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: (time + offset) * 1_000_000)
    }

    func measured(_ wall: Timestamp, sent: Millis, received: Millis) {
        known.withLock { $0.measured(wall, sent: monotonic(at: sent), received: monotonic(at: received)) }
    }

    func now() -> Moment {
        let time = truth.millis
        let monotonic = monotonic(at: time)
        let wall = known.withLock { $0.wall(at: monotonic) } ?? (time + wallOffset).timestamp
        return Moment(monotonic: monotonic, wall: wall)
    }

    /// When it is that moment, in true time; rounded up, so that a turn never comes too early.
    func time(of instant: MonotonicInstant) -> Millis {
        (instant.nanoseconds + 999_999) / 1_000_000 - offset
    }
}
