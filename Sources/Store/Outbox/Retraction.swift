import Model

/// Takes back reports of a failing target that were not sent before the target worked again. Its recovery is then not
/// reported either: both alerts are suppressed. A report that was tried may have arrived, whatever the answer was: its
/// receiver gets both.
enum Retraction {
    /// - Parameters:
    ///   - events: what was just stored, with its targets.
    ///   - underWay: being sent at the moment: they may arrive, and then the recovery must, too.
    static func apply(
        _ events: some Sequence<(StoredEvent, [String])>, sparing underWay: Set<AlertKey>, at now: Timestamp,
        in session: Session, _ tally: inout AlertTally
    ) throws {
        for (recovery, receivers) in events where recovery.event.kind == .targetRecovered {
            guard let recovered = recovery.event.target?.stored else { continue }
            for receiver in receivers.map(\.stored) {
                let reports = try session.rows(
                    """
                    SELECT o.seq, o.attempts FROM outbox AS o INDEXED BY outbox_pending JOIN events AS e ON e.seq = o.seq
                    WHERE o.target = ? AND o.line = ? AND o.state = 'pending' AND e.event = 'target_failing'
                        AND e.target = ?
                    """, [receiver, Event.lineOfTargets, recovered]
                ) { (seq: $0[0] as Int64, attempts: $0[1] as Int) }
                guard !reports.isEmpty,
                    reports.allSatisfy({
                        $0.attempts == 0 && !underWay.contains(AlertKey(seq: $0.seq, target: receiver))
                    })
                else { continue }
                for seq in reports.map(\.seq) + [recovery.seq] {
                    try suppress(AlertKey(seq: seq, target: receiver), recovered, at: now, in: session)
                    tally.move(from: .pending, to: .suppressed)
                }
                try OutboxLine.promoteHead(
                    of: LineKey(target: receiver, line: Event.lineOfTargets), at: now, in: session)
            }
        }
    }

    private static func suppress(
        _ alert: AlertKey, _ recovered: String, at now: Timestamp, in session: Session
    ) throws {
        try session.run(
            """
            UPDATE outbox SET state = 'suppressed', next_attempt_at = NULL, last_error = ?, updated_at = ?
            WHERE seq = ? AND target = ? AND state = 'pending'
            """,
            [
                "target \(recovered) recovered before its failure was reported", now.milliseconds, alert.seq,
                alert.target,
            ])
    }
}
