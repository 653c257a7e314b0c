package import Model

extension EventStore {
    /// Writes what became of alerts, and of their targets, in one commit; the next in line becomes due if an
    /// alert is settled.
    ///
    /// An alert that was meanwhile dropped or buried keeps that state, unless the receiver has it now: the attempt is
    /// noted all the same.
    ///
    /// - Parameters:
    ///   - events: events of the outbox itself (`target_failing`, for example), routed.
    ///   - underWay: alerts that are being sent: reports of failing targets among them are not taken back.
    /// - Returns: those events with the numbers they got.
    @discardableResult
    package func settle(
        _ settlements: [Settlement], targets: [TargetRecord] = [], events: [RoutedEvent] = [],
        underWay: Set<AlertKey> = [], at now: Timestamp
    ) throws -> [StoredEvent] {
        guard !settlements.isEmpty || !targets.isEmpty || !events.isEmpty else { return [] }
        return try write { session, tally in
            var lines: Set<LineKey> = []
            for settlement in settlements {
                if let line = try apply(settlement, at: now, in: session, &tally) { lines.insert(line) }
            }
            for key in lines where !Planted.isOn(.nextNeverDue) {
                try OutboxLine.promoteHead(of: key, at: now, in: session)
            }
            if !targets.isEmpty {
                let replacement = try session.statement(TargetRow.replacement)
                for target in targets { try replacement.run(TargetRow.values(of: target)) }
            }
            let stored = try insert(events, at: now, into: session, &tally)
            try Retraction.apply(
                zip(stored, events.map(\.targets)), sparing: underWay, at: now, in: session, &tally)
            return stored
        }
    }

    /// - Returns: the line whose head may be another one now.
    private func apply(
        _ settlement: Settlement, at now: Timestamp, in session: Session, _ tally: inout AlertTally
    ) throws -> LineKey? {
        let alert = AlertKey(seq: settlement.alert.seq, target: settlement.alert.target.stored)
        let found = try session.first(
            "SELECT line, state, attempts FROM outbox WHERE seq = ? AND target = ?", [alert.seq, alert.target]
        ) { (line: $0[0] as String, state: AlertState(rawValue: $0[1]), attempts: $0[2] as Int) }
        guard let (line, oldState, attempts) = found else { return nil }
        if let attempt = settlement.attempt {
            try insert(attempt, number: attempts + 1, of: alert, in: session)
            if let progress = attempt.verdict.mail {
                try session.run(MailRow.replacement, [alert.seq, alert.target, MailRow.text(of: progress)])
            }
        }
        let hasArrived = settlement.state == .delivered || settlement.state == .accepted
        guard oldState == .pending || hasArrived else { return nil }
        if let oldState { tally.move(from: oldState, to: settlement.state) }

        var nextAttemptAt: Timestamp?
        if settlement.state == .pending,
            try OutboxLine.head(of: LineKey(target: alert.target, line: line), in: session) == alert.seq
        {
            nextAttemptAt = settlement.nextAttemptAt ?? now
        }
        let update = try session.statement(
            """
            UPDATE outbox SET state = ?, next_attempt_at = ?, as_plain_text = ?, last_error = ?, updated_at = ?,
                held_until = NULL
            WHERE seq = ? AND target = ?
            """)
        let reason = settlement.note ?? settlement.attempt?.verdict.reason
        try update.run([
            settlement.state.rawValue, nextAttemptAt?.milliseconds, settlement.asPlainText,
            hasArrived || Planted.isOn(.reasonForgotten) ? nil : reason.stored, now.milliseconds, alert.seq,
            alert.target,
        ])
        return settlement.state == .pending ? nil : LineKey(target: alert.target, line: line)
    }

    private func insert(_ attempt: AttemptRecord, number: Int, of alert: AlertKey, in session: Session) throws {
        let verdict = attempt.verdict
        try session.run(
            AttemptRow.insertion,
            [
                alert.seq, alert.target, number, attempt.startedAt.milliseconds,
                max(0, attempt.duration.wholeMilliseconds), verdict.outcome.word, verdict.code.stored,
                verdict.reason.stored, verdict.answer.map { AttemptRow.cut($0.stored) }, verdict.httpStatus,
            ])
        try session.run(
            """
            UPDATE outbox SET attempts = ?, last_attempt_at = ?, last_code = ? WHERE seq = ? AND target = ?
            """, [number, attempt.startedAt.milliseconds, verdict.code.stored, alert.seq, alert.target])
        if number > AttemptRow.kept {
            try session.run(
                "DELETE FROM attempts WHERE seq = ? AND target = ? AND number <= ?",
                [alert.seq, alert.target, number - AttemptRow.kept])
        }
    }
}

/// A row of `attempts`.
enum AttemptRow {
    /// How many attempts of one alert are kept: with the default times, all of the 72 hours until it is given up.
    static let kept = 100
    /// Of an answer, in bytes.
    static let answerLimit = 4096

    static let insertion = """
        INSERT INTO attempts (seq, target, number, started_at, duration_ms, outcome, code, reason, answer, http_status)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// The first 4 KiB, never half a character.
    static func cut(_ answer: String) -> String {
        let bytes = answer.utf8
        guard bytes.count > answerLimit else { return answer }
        var end = bytes.index(bytes.startIndex, offsetBy: answerLimit)
        while end > bytes.startIndex, bytes[end] & 0xC0 == 0x80 { end = bytes.index(before: end) }
        return String(answer[..<end])
    }
}
