import GRDB
package import Model

extension EventStore {
    /// The alerts of a target whose turn it is: the oldest of each line, as far as they are due by `now`, by number.
    ///
    /// - Parameter excluding: the numbers of those under way.
    package func dueAlerts(
        for target: String, at now: Timestamp, excluding: Set<Int64> = [], limit: Int
    ) throws -> [PendingAlert] {
        try read { database in
            let statement = try database.cachedStatement(sql: AlertQuery.due)
            let cursor = try Row.fetchCursor(statement, arguments: [target, now.milliseconds])
            var due: [PendingAlert] = []
            while due.count < limit, let row = try cursor.next() {
                guard !excluding.contains(row[0]),
                    let alert = AlertQuery.pendingAlert(from: row, target: target, installation: installation)
                else { continue }
                due.append(alert)
            }
            return due
        }
    }

    /// When the next alert of a target is due, past times included; nil where none waits.
    ///
    /// - Parameter excluding: the numbers of those under way.
    package func nextAttemptTime(for target: String, excluding: Set<Int64> = []) throws -> Timestamp? {
        try read { database in
            let statement = try database.cachedStatement(sql: AlertQuery.times)
            let cursor = try Row.fetchCursor(statement, arguments: [target])
            while let row = try cursor.next() {
                guard excluding.contains(row[0]) else { return row.time(1) }
            }
            return nil
        }
    }

    /// All that wait for a target, whether it is their turn or not, by number: what a digest tells. One that waits
    /// behind others has the time it was made as `nextAttemptAt`.
    package func waitingAlerts(for target: String, limit: Int) throws -> [PendingAlert] {
        try read { database in
            let statement = try database.cachedStatement(sql: AlertQuery.waiting)
            let cursor = try Row.fetchCursor(statement, arguments: [target, limit])
            var waiting: [PendingAlert] = []
            while let row = try cursor.next() {
                guard let alert = AlertQuery.pendingAlert(from: row, target: target, installation: installation)
                else { continue }
                waiting.append(alert)
            }
            return waiting
        }
    }

    /// How many wait for a target.
    package func waitingCount(for target: String) throws -> Int {
        try read { database in
            let statement = try database.cachedStatement(sql: AlertQuery.waitingCount)
            return try Int.fetchOne(statement, arguments: [target]) ?? 0
        }
    }

    /// How many wait, and how many are dead, of all targets.
    package func alertCounts() throws -> AlertCounts {
        try read { database in
            let statement = try database.cachedStatement(sql: AlertQuery.counts)
            let row = try Row.fetchOne(statement)
            return AlertCounts(pending: row?[0] ?? 0, dead: row?[1] ?? 0)
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

/// How many alerts are not where they should be.
package struct AlertCounts: Hashable, Sendable {
    package let pending: Int
    package let dead: Int

    package init(pending: Int, dead: Int) {
        self.pending = pending
        self.dead = dead
    }
}
