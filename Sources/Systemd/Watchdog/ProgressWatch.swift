/// Decides whether the work makes progress: the only ground on which the watchdog may be fed.
///
/// Each loop of the service is known by name and has a deadline: the longest time that one step of it may take. A loop
/// that works must report within its deadline. A loop that waits says until when, and must be back within its deadline
/// after that. A loop with nothing to do says so, and owes nothing until it works again.
///
/// Times are readings of one monotonic clock, handed in.
package struct ProgressWatch: Sendable {
    /// A loop that should have reported and did not.
    package struct Overdue: Hashable, Sendable {
        package let loop: String
        /// Since its last report.
        package let silentFor: Duration
        /// Past the time at which it should have reported.
        package let lateBy: Duration
    }

    private struct Loop {
        let deadline: Duration
        var reportedAt: Duration
        /// Nil while the loop owes nothing.
        var dueAt: Duration?
    }

    private var loops: [String: Loop] = [:]

    package init() {}

    /// Watches a loop from `now` on; it counts as working. Known already, it starts anew with the given deadline.
    package mutating func watch(_ loop: String, deadline: Duration, now: Duration) {
        loops[loop] = Loop(deadline: deadline, reportedAt: now, dueAt: now + deadline)
    }

    /// The loop has ended as it should.
    package mutating func forget(_ loop: String) {
        loops[loop] = nil
    }

    /// The loop did a step and works on.
    package mutating func progressed(_ loop: String, now: Duration) {
        update(loop, now: now) { $0.dueAt = now + $0.deadline }
    }

    /// The loop waits for a time of its own choice.
    package mutating func waits(_ loop: String, until time: Duration, now: Duration) {
        update(loop, now: now) { $0.dueAt = max(time, now) + $0.deadline }
    }

    /// The loop has nothing to do until somebody gives it work.
    package mutating func idle(_ loop: String, now: Duration) {
        update(loop, now: now) { $0.dueAt = nil }
    }

    /// The loops that are late, the latest first. None: `WATCHDOG=1` may be sent.
    package func overdue(now: Duration) -> [Overdue] {
        loops.compactMap { name, loop in
            guard let dueAt = loop.dueAt, dueAt < now else { return nil }
            return Overdue(loop: name, silentFor: now - loop.reportedAt, lateBy: now - dueAt)
        }
        .sorted { ($1.lateBy, $0.loop) < ($0.lateBy, $1.loop) }
    }

    /// A loop nobody watches is a slip of the caller that must not end the service: it is passed over.
    private mutating func update(_ loop: String, now: Duration, _ change: (inout Loop) -> Void) {
        guard var known = loops[loop] else { return }
        known.reportedAt = now
        change(&known)
        loops[loop] = known
    }
}
