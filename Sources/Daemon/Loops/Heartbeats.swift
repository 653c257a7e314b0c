import Model
import Synchronization

/// Signs of life of the loops, for the watchdog: it is fed only while all of them are fresh.
package final class Heartbeats: Sendable {
    /// The raw value names the loop in the journal.
    package enum Source: String, Hashable, CaseIterable, Sendable {
        case polling, delivery, firing = "Alertmanager repeats", store = "database", control = "control socket",
            housekeeping
    }

    /// How often each loop shows one, whether it has work or not.
    package let interval: Duration
    private let clock: any TimeSource
    private let last: Mutex<[Source: MonotonicInstant]>

    package init(interval: Duration, clock: any TimeSource) {
        self.interval = interval
        self.clock = clock
        let now = clock.now().monotonic
        last = Mutex(Dictionary(uniqueKeysWithValues: Source.allCases.map { ($0, now) }))
    }

    package func beat(_ source: Source) {
        let now = clock.now().monotonic
        last.withLock { last in
            if last[source] != nil { last[source] = now }
        }
    }

    /// This process does not run the loop, so it gives no sign of life.
    package func ignore(_ source: Source) {
        last.withLock { $0[source] = nil }
    }

    /// The loops that have shown none for longer than `limit`, in the order of their cases.
    package func silent(for limit: Duration) -> [Source] {
        let now = clock.now().monotonic
        let silent = last.withLock { last in last.filter { now.since($0.value) > limit } }
        return Source.allCases.filter { silent[$0] != nil }
    }
}
