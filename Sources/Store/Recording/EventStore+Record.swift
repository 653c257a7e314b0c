package import Model

extension EventStore {
    /// Writes what one turn of the monitor decided, in one commit: numbered events, an alert for each of their
    /// targets, the clusters' new state, answers, poll times, scopes, progress, and who is watched. All of it, or nothing
    /// and an error.
    ///
    /// - Parameter now: when the alerts were made, and when those at the head of their line are due.
    /// - Returns: the events in the given order, with the numbers they got: without gaps, starting after the last.
    package func record(_ recording: Recording, at now: Timestamp) throws -> [StoredEvent] {
        guard !recording.isEmpty else { return [] }
        return try write { session, tally in try insert(recording, at: now, into: session, &tally) }
    }

    /// Like `record`, but what the database does not take of one cluster does not keep the rest from being stored.
    package func recordWhatIsAccepted(_ recording: Recording, at now: Timestamp) throws -> Recorded {
        do {
            return Recorded(events: try record(recording, at: now), recording: recording)
        } catch let error as StoreError {
            guard case .refused = error else { throw error }
            let refused = try trial(of: recording, at: now)
            guard !refused.isEmpty else { throw error }
            let rest = recording.part { refused[$0] == nil }
            return Recorded(events: try record(rest, at: now), recording: rest, refused: refused)
        }
    }

    /// Writes each cluster's part by itself, and takes it back.
    ///
    /// - Returns: what was refused, and why.
    private func trial(of recording: Recording, at now: Timestamp) throws -> [ClusterID?: String] {
        var refused: [ClusterID?: String] = [:]
        try engine.rehearse { rehearsal in
            for subject in recording.subjects {
                do {
                    try rehearsal { session in
                        var tally = AlertTally()
                        _ = try insert(recording.part { $0 == subject }, at: now, into: session, &tally)
                    }
                } catch let error as StoreError {
                    guard case .refused(_, let detail) = error else { throw error }
                    refused[subject] = detail
                }
            }
        }
        return refused
    }

    private func insert(
        _ recording: Recording, at now: Timestamp, into session: Session, _ tally: inout AlertTally
    ) throws -> [StoredEvent] {
        let stored = try insert(recording.events, at: now, into: session, &tally)
        try beginWatching(recording.discovered, in: session)
        try endWatching(recording.retired, in: session)
        try upsert(recording.clusters, into: session, at: now)
        try upsert(recording.answers, into: session)
        try update(recording.pollTimes, in: session, at: now)
        try replace(recording.scopes, in: session)
        try write(recording.progress, into: session)
        try insert(recording.listed, into: session)
        try write(recording.runs, at: now, into: session)
        return stored
    }

    /// Numbers the events and puts an alert for each of their targets into its line.
    func insert(
        _ events: [RoutedEvent], at now: Timestamp, into session: Session, _ tally: inout AlertTally
    ) throws -> [StoredEvent] {
        guard !events.isEmpty else { return [] }
        let insertion = try session.statement(EventRow.insertion)
        let naming = try session.statement(
            "INSERT INTO names (name, cluster) VALUES (?, ?) ON CONFLICT (name, cluster) DO NOTHING")
        let numbers = try session.takeNumbers(events.count)
        var seq = numbers.first
        var mayBeHeld = numbers.mayBeHeld
        var stored: [StoredEvent] = []
        stored.reserveCapacity(events.count)
        for routed in events {
            try insertion.run(EventRow.values(of: routed.event, seq: seq))
            if let name = routed.event.name, let cluster = routed.event.cluster {
                try naming.run([name.stored, cluster.rawValue.stored])
            }
            for alert in routed.alerts.dropLast(Planted.isOn(.alertForgotten) ? 1 : 0) {
                let isHeld = try NewAlert(seq, routed.event, alert, mayFollowHeld: mayBeHeld)
                    .insert(at: now, numbering, into: session, &tally)
                mayBeHeld = mayBeHeld || isHeld
            }
            tally.newestEvent = seq
            stored.append(StoredEvent(numbering.id(seq), event: routed.event))
            seq += Planted.isOn(.numberSkipped) ? 2 : 1
        }
        return stored
    }

    /// As with `PollTimes`, a poll is not later than the clock shows.
    private func upsert(_ clusters: [ClusterRecord], into session: Session, at now: Timestamp) throws {
        guard !clusters.isEmpty else { return }
        let statement = try session.statement(ClusterRow.upsert)
        for var cluster in clusters {
            cluster.lastPollAt = cluster.lastPollAt.map { min($0, now) }
            try statement.run(ClusterRow.values(of: cluster))
        }
    }

    private func upsert(_ answers: [AnswerRecord], into session: Session) throws {
        guard !answers.isEmpty else { return }
        let statement = try session.statement(
            """
            INSERT INTO answers (cluster, observed_at, request_id, body) VALUES (?, ?, ?, ?)
            ON CONFLICT (cluster) DO UPDATE SET
                observed_at = excluded.observed_at, request_id = excluded.request_id, body = excluded.body
            """)
        for answer in answers {
            try statement.run([
                answer.cluster.rawValue.stored, answer.observedAt.milliseconds, answer.requestID.stored,
                SQLValue.blob(answer.body),
            ])
        }
    }

    /// A time that the clock does not show yet is one from before it was set back.
    private func update(_ pollTimes: [PollTimes], in session: Session, at now: Timestamp) throws {
        guard !pollTimes.isEmpty else { return }
        let statement = try session.statement(
            """
            UPDATE clusters SET last_good_at = ?, last_poll_at = ?, next_poll_at = ?, last_error = ? WHERE id = ?
            """)
        for times in pollTimes {
            try statement.run([
                times.lastGoodAt?.milliseconds, times.lastPollAt.map { min($0, now).milliseconds },
                times.nextPollAt?.milliseconds,
                times.lastError.stored, times.cluster.rawValue.stored,
            ])
        }
    }

    private func replace(_ scopes: [ScopeRecord], in session: Session) throws {
        for record in scopes {
            let scope = record.scope
            if let failingSince = record.failingSince {
                try session.run(
                    """
                    INSERT INTO scopes (account, region, failing_since) VALUES (?, ?, ?)
                    ON CONFLICT (account, region) DO UPDATE SET failing_since = excluded.failing_since
                    """, [scope.account.stored, scope.region.stored, failingSince.milliseconds])
            } else {
                try session.run(
                    "DELETE FROM scopes WHERE account = ? AND region = ?", [scope.account.stored, scope.region.stored])
            }
        }
    }
}
