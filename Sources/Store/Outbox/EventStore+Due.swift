package import Model

extension EventStore {
    /// The alerts of a target whose turn it is: the oldest of each line, as far as they are due by `now`, by number.
    /// Those of events that this version does not know are left out (`unreadableAlerts`).
    ///
    /// - Parameter excluding: the numbers of those under way.
    package func dueAlerts(
        for target: String, at now: Timestamp, excluding: Set<Int64> = [], limit: Int
    ) throws -> [PendingAlert] {
        let most = min(limit, 100_000) + excluding.count + Self.mostUnreadable
        return try read { session in
            try session.rows(AlertQuery.due, [target.stored, now.milliseconds, most], upTo: limit) { row in
                excluding.contains(row[0])
                    ? nil : AlertQuery.pendingAlert(from: row, target: target, numbering: numbering)
            }
        }
    }

    /// So many alerts of events that this version does not know are looked past: they become dead when they are due.
    private static let mostUnreadable = 1000

    /// When the next alert of a target is due, past times included; nil if none waits.
    ///
    /// - Parameter excluding: the numbers of those under way.
    package func nextAttemptTime(for target: String, excluding: Set<Int64> = []) throws -> Timestamp? {
        try read { session in
            try session.rows(AlertQuery.times, [target.stored, excluding.count + 1], upTo: 1) { row in
                excluding.contains(row[0]) ? nil : Timestamp(milliseconds: row[1])
            }.first
        }
    }

    /// All that wait for a target, whether it is their turn or not, by number: what a digest reports. One that waits
    /// behind others has the time it was made as `nextAttemptAt`.
    package func waitingAlerts(for target: String, limit: Int) throws -> [PendingAlert] {
        try read { session in
            try session.rows(AlertQuery.waiting, [target.stored, limit]) {
                AlertQuery.pendingAlert(from: $0, target: target, numbering: numbering)
            }
        }
    }

    /// How many wait for a target; looks at `limit` at most, and says no more than that.
    package func waitingCount(for target: String, limit: Int = .max) throws -> Int {
        try read { session in
            try session.first(AlertQuery.waitingCount, [target.stored, limit]) { $0[0] } ?? 0
        }
    }

    /// What is remembered of the targets, by name.
    package func loadTargets() throws -> [TargetRecord] {
        try read { session in
            try session.rows(
                "SELECT \(TargetRow.columns) FROM targets ORDER BY name", .none, TargetRow.record)
        }
    }
}
