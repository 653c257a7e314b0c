package import Model

extension EventStore {
    /// Keeps the waits of alerts as long as they were, after a step of the wall clock: only heads of lines have one.
    /// What was written since the step, by the new clock, stays. Writes the targets' records in the same commit.
    /// A poll is never later than the clock shows, so that `lastSeen` always is a time of the newest clock.
    ///
    /// - Parameters:
    ///   - expected: what the clock would show now without the step.
    ///   - change: what it was put forward by; negative if it was set back.
    ///   - isLimited: whether other hosts look after the waits of other targets.
    ///   - now: what it shows.
    package func keepWaits(
        after expected: Timestamp, change: Duration, targets: [TargetRecord],
        onlyOfThese isLimited: Bool = false, at now: Timestamp
    ) throws {
        let condition = isLimited ? "AND target IN (SELECT value FROM json_each(?5))" : ""
        let names: [SQLValue] = isLimited ? [.text(StoredList.texts(targets.map(\.name.stored)))] : []
        try write { session, _ in
            try session.run(
                """
                UPDATE outbox SET next_attempt_at = max(?1, next_attempt_at + ?2), updated_at = min(updated_at, ?1)
                WHERE next_attempt_at IS NOT NULL AND next_attempt_at > ?3 AND updated_at <= ?4
                    \(condition)
                """,
                SQLValues(
                    [
                        .integer(now.milliseconds), .integer(change.wholeMilliseconds),
                        .integer(min(expected, now).milliseconds), .integer(expected.milliseconds),
                    ] + names))
            try session.run("UPDATE clusters SET last_poll_at = ?1 WHERE last_poll_at > ?1", [now.milliseconds])
            try Self.note(ClockStep(expected: expected, shown: now), in: session)
            let replacement = try session.statement(TargetRow.replacement)
            for target in targets { try replacement.run(TargetRow.values(of: target)) }
        }
    }

    /// Bounds the waits that were written by a clock that was ahead of this one, before it was set back, by the wait that
    /// was given then: for a start, when nobody saw the step.
    ///
    /// - Parameter gap: the time before this start in which no daemon ran; nil if it was short.
    package func boundWaits(at now: Timestamp, after gap: ClockStep? = nil) throws {
        try write { session, _ in
            if let gap { try Self.note(gap, in: session) }
            if Planted.isOn(.settledSentAgain) {
                try session.run(
                    """
                    UPDATE outbox SET state = 'pending', next_attempt_at = ? WHERE (seq, target) IN (
                        SELECT max(seq), target FROM outbox WHERE state = 'delivered' GROUP BY target)
                    """,
                    [now.milliseconds])
            }
            try session.run(
                """
                UPDATE outbox SET next_attempt_at = ?1 + max(0, next_attempt_at - updated_at), updated_at = ?1
                WHERE next_attempt_at IS NOT NULL AND next_attempt_at > ?1 AND updated_at > ?2
                """,
                [now.milliseconds, now.advanced(by: .seconds(2)).milliseconds])
        }
    }

    /// When an earlier daemon was last at work, by the clock that it had then; nil if none was.
    package func lastSeen() throws -> Timestamp? {
        try read { session in
            try session.integer("SELECT max(last_poll_at) FROM clusters WHERE watched = 1").map {
                Timestamp(milliseconds: $0)
            }
        }
    }

    /// How the clock went on for earlier daemons, oldest first.
    package func clockSteps() throws -> [ClockStep] {
        try read { session in
            try session.rows("SELECT expected, shown FROM clock_steps ORDER BY id") {
                ClockStep(expected: Timestamp(milliseconds: $0[0]), shown: Timestamp(milliseconds: $0[1]))
            }
        }
    }

    private static func note(_ step: ClockStep, in session: Session) throws {
        try session.run(
            "INSERT INTO clock_steps (expected, shown) VALUES (?, ?)",
            [step.expected.milliseconds, step.shown.milliseconds])
        try session.run(
            "DELETE FROM clock_steps WHERE id <= (SELECT max(id) FROM clock_steps) - \(mostClockSteps)")
    }

    /// More than a clock makes in the time that an alert may wait.
    private static let mostClockSteps = 256
}
