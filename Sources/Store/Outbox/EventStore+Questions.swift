package import Model

/// What delivery asks now and then, beside the question of what is due.
extension EventStore {
    /// The oldest pending alerts of a group, by number: what a digest of it names.
    package func waitingAlerts(for target: String, in group: DigestGroup, limit: Int) throws -> [PendingAlert] {
        switch group {
        case .backlog:
            return try waitingAlerts(for: target, limit: limit)
        case .targets:
            return try alerts(AlertQuery.waitingOnLine, [target.stored, Event.lineOfTargets, limit], for: target)
        case .held(let through):
            return try alerts(AlertQuery.waitingInDigest, [target.stored, through, limit], for: target)
        case .endedLongAgo:
            // First answers stand at the head of their lines.
            return try alerts(AlertQuery.firstSeenHeads, [target.stored], for: target, limit: limit) {
                group.contains($0)
            }
        }
    }

    /// Heads of lines that are due by `dueBy` and whose events this version does not know.
    package func unreadableAlerts(for target: String, dueBy: Timestamp, limit: Int) throws -> [UnreadableAlert] {
        let known = EventKind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try read { session in
            try session.rows(
                """
                SELECT o.seq, e.event FROM outbox AS o INDEXED BY outbox_heads JOIN events AS e ON e.seq = o.seq
                WHERE o.target = ? AND o.next_attempt_at <= ? AND e.event NOT IN (\(known)) ORDER BY o.seq LIMIT ?
                """, [target.stored, dueBy.milliseconds, limit]
            ) { UnreadableAlert(key: AlertKey(seq: $0[0], target: target), kind: $0[1]) }
        }
    }

    /// The events of an alert's cluster before it, newest first, with what its target was sent of them.
    ///
    /// - Returns: nil if the history does not reach back to the cluster's first answer, or is longer than `limit`: the
    ///   target may have been sent what is not there.
    package func earlierAlerts(
        before alert: PendingAlert, limit: Int = 200
    ) throws -> [EarlierAlert]? {
        guard let cluster = alert.event.event.cluster else { return nil }
        return try read { session in
            let first = try session.text(
                "SELECT kind FROM events INDEXED BY events_cluster WHERE cluster = ? ORDER BY seq LIMIT 1",
                [cluster.rawValue.stored])
            guard first == Sighting.firstSeen.rawValue else { return nil }
            var count = 0
            let earlier = try session.rows(
                EarlierEvents.ofCluster, [cluster.rawValue.stored, alert.target.stored, alert.event.seq, limit]
            ) { row in
                count += 1
                // An event of a later version is passed over.
                return EarlierEvents.entry(row)
            }
            guard count < limit else { return nil }
            return earlier.map {
                EarlierAlert(
                    kind: $0.kind, hasArrived: $0.hasArrived, mayHaveArrived: $0.mayHaveArrived,
                    changedAt: $0.isPending ? nil : $0.changedAt,
                    isEscalation: $0.isEscalation)
            }
        }
    }

    private func alerts(
        _ sql: String, _ values: SQLValues, for target: String, limit: Int = .max,
        where isWanted: (PendingAlert) -> Bool = { _ in true }
    ) throws -> [PendingAlert] {
        try read { session in
            try session.rows(sql, values, upTo: limit) { row in
                AlertQuery.pendingAlert(from: row, target: target, numbering: numbering)
                    .flatMap { isWanted($0) ? $0 : nil }
            }
        }
    }
}
