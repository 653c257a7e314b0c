import Model
import Synchronization

/// Signs of life of the loops, for the watchdog: it is fed only while all of them are fresh.
package final class Heartbeats: Sendable {
    package enum Source: Hashable, CaseIterable, Sendable {
        case polling, delivery, store
    }

    /// How often each loop shows one, whether it has work or not.
    package let interval: Duration
    private let clock: SystemClock
    private let last: Mutex<[Source: MonotonicInstant]>

    package init(interval: Duration, clock: SystemClock) {
        self.interval = interval
        self.clock = clock
        let now = clock.now().monotonic
        last = Mutex(Dictionary(uniqueKeysWithValues: Source.allCases.map { ($0, now) }))
    }

    package func beat(_ source: Source) {
        let now = clock.now().monotonic
        last.withLock { $0[source] = now }
    }

    /// The loops that have shown none for longer than `limit`.
    package func silent(for limit: Duration) -> [Source] {
        let now = clock.now().monotonic
        return last.withLock { last in last.filter { now.since($0.value) > limit }.map(\.key) }
    }
}
