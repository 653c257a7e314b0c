import GRDB
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
        return try write { database, tally in
            var lines: Set<LineKey> = []
            for settlement in settlements {
                if let line = try apply(settlement, at: now, in: database, &tally) { lines.insert(line) }
            }
            for key in lines { try OutboxLine.promoteHead(of: key, at: now, in: database) }
            if !targets.isEmpty {
                let replacement = try database.cachedStatement(sql: TargetRow.replacement)
                for target in targets { try replacement.execute(arguments: TargetRow.arguments(of: target)) }
            }
            let stored = try insert(events, at: now, into: database, &tally)
            try Retraction.apply(
                zip(stored, events.map(\.targets)), sparing: underWay, at: now, in: database, &tally)
            return stored
        }
    }

    /// - Returns: the line whose head may be another one now.
    private func apply(
        _ settlement: Settlement, at now: Timestamp, in database: Database, _ tally: inout AlertTally
    ) throws -> LineKey? {
        let alert = AlertKey(seq: settlement.alert.seq, target: settlement.alert.target.stored)
        let lookup = try database.cachedStatement(
            sql: "SELECT line, state, attempts FROM outbox WHERE seq = ? AND target = ?")
        guard let row = try Row.fetchOne(lookup, arguments: [alert.seq, alert.target]) else { return nil }
        let line: String = row[0]
        let oldState = AlertState(rawValue: row[1])
        if let attempt = settlement.attempt {
            try insert(attempt, number: row[2] + 1, of: alert, in: database)
            if let progress = attempt.verdict.mail {
                try database.cachedStatement(sql: MailRow.replacement)
                    .execute(arguments: [alert.seq, alert.target, MailRow.text(of: progress)])
            }
        }
        let hasArrived = settlement.state == .delivered || settlement.state == .accepted
        guard oldState == .pending || hasArrived else { return nil }
        if let oldState { tally.move(from: oldState, to: settlement.state) }

        var nextAttemptAt: Timestamp?
        if settlement.state == .pending,
            try OutboxLine.head(of: LineKey(target: alert.target, line: line), in: database) == alert.seq
        {
            nextAttemptAt = settlement.nextAttemptAt ?? now
        }
        let update = try database.cachedStatement(
            sql: """
                UPDATE outbox SET state = ?, next_attempt_at = ?, as_plain_text = ?, last_error = ?, updated_at = ?,
                    held_until = NULL
                WHERE seq = ? AND target = ?
                """)
        let reason = settlement.note ?? settlement.attempt?.verdict.reason
        try update.execute(arguments: [
            settlement.state.rawValue, nextAttemptAt?.milliseconds, settlement.asPlainText,
            hasArrived ? nil : reason.stored, now.milliseconds, alert.seq, alert.target,
        ])
        return settlement.state == .pending ? nil : LineKey(target: alert.target, line: line)
    }

    private func insert(_ attempt: AttemptRecord, number: Int, of alert: AlertKey, in database: Database) throws {
        let verdict = attempt.verdict
        try database.cachedStatement(sql: AttemptRow.insertion).execute(arguments: [
            alert.seq, alert.target, number, attempt.startedAt.milliseconds,
            max(0, attempt.duration.wholeMilliseconds), AttemptRow.word(for: verdict.outcome), verdict.code.stored,
            verdict.reason.stored, verdict.answer.map { AttemptRow.cut($0.stored) }, verdict.httpStatus,
        ])
        try database.cachedStatement(
            sql: """
                UPDATE outbox SET attempts = ?, last_attempt_at = ?, last_code = ? WHERE seq = ? AND target = ?
                """
        ).execute(arguments: [number, attempt.startedAt.milliseconds, verdict.code.stored, alert.seq, alert.target])
        if number > AttemptRow.kept {
            try database.cachedStatement(sql: "DELETE FROM attempts WHERE seq = ? AND target = ? AND number <= ?")
                .execute(arguments: [alert.seq, alert.target, number - AttemptRow.kept])
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

    static func word(for outcome: DeliveryOutcome) -> String {
        switch outcome {
        case .delivered: "delivered"
        case .accepted: "accepted"
        case .throttled: "throttled"
        case .tryAgain: "try_again"
        case .messageRefused: "message_refused"
        case .targetBroken: "target_broken"
        }
    }

    /// The first 4 KiB, never half a character.
    static func cut(_ answer: String) -> String {
        let bytes = answer.utf8
        guard bytes.count > answerLimit else { return answer }
        var end = bytes.index(bytes.startIndex, offsetBy: answerLimit)
        while end > bytes.startIndex, bytes[end] & 0xC0 == 0x80 { end = bytes.index(before: end) }
        return String(answer[..<end])
    }
}
