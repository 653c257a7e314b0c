import GRDB
package import Model

extension EventStore {
    /// The alerts of a target whose turn it is: the oldest of each line, as far as they are due by `now`, by number.
    /// Those of events that this version does not know are left out (`unreadableAlerts`).
    ///
    /// - Parameter excluding: the numbers of those under way.
    package func dueAlerts(
        for target: String, at now: Timestamp, excluding: Set<Int64> = [], limit: Int
    ) throws -> [PendingAlert] {
        try read { database in
            let statement = try database.cachedStatement(sql: AlertQuery.due)
            let cursor = try Row.fetchCursor(statement, arguments: [target.stored, now.milliseconds])
            var due: [PendingAlert] = []
            while due.count < limit, let row = try cursor.next() {
                guard !excluding.contains(row[0]),
                    let alert = AlertQuery.pendingAlert(from: row, target: target, numbering: numbering)
                else { continue }
                due.append(alert)
            }
            return due
        }
    }

    /// When the next alert of a target is due, past times included; nil if none waits.
    ///
    /// - Parameter excluding: the numbers of those under way.
    package func nextAttemptTime(for target: String, excluding: Set<Int64> = []) throws -> Timestamp? {
        try read { database in
            let statement = try database.cachedStatement(sql: AlertQuery.times)
            let cursor = try Row.fetchCursor(statement, arguments: [target.stored])
            while let row = try cursor.next() {
                guard excluding.contains(row[0]) else { return row.time(1) }
            }
            return nil
        }
    }

    /// All that wait for a target, whether it is their turn or not, by number: what a digest reports. One that waits
    /// behind others has the time it was made as `nextAttemptAt`.
    package func waitingAlerts(for target: String, limit: Int) throws -> [PendingAlert] {
        try read { database in
            let statement = try database.cachedStatement(sql: AlertQuery.waiting)
            let cursor = try Row.fetchCursor(statement, arguments: [target.stored, limit])
            var waiting: [PendingAlert] = []
            while let row = try cursor.next() {
                guard let alert = AlertQuery.pendingAlert(from: row, target: target, numbering: numbering)
                else { continue }
                waiting.append(alert)
            }
            return waiting
        }
    }

    /// How many wait for a target; looks at `limit` at most, and says no more than that.
    package func waitingCount(for target: String, limit: Int = .max) throws -> Int {
        try read { database in
            let statement = try database.cachedStatement(sql: AlertQuery.waitingCount)
            return try Int.fetchOne(statement, arguments: [target.stored, limit]) ?? 0
        }
    }

    /// What is remembered of the targets, by name.
    package func loadTargets() throws -> [TargetRecord] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT \(TargetRow.columns) FROM targets ORDER BY name")
                .map(TargetRow.record)
        }
    }
}
