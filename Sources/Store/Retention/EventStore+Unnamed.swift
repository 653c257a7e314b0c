package import Model

/// What is there although nobody names it.
package struct UnnamedWork: Hashable, Sendable {
    /// Tasks that are watched.
    package let tasks: Set<ClusterID>
    /// Targets that something waits for.
    package let targets: Set<String>

    package init(tasks: Set<ClusterID> = [], targets: Set<String> = []) {
        self.tasks = tasks
        self.targets = targets
    }

    /// What both have found.
    package func intersection(_ other: UnnamedWork) -> UnnamedWork {
        UnnamedWork(tasks: tasks.intersection(other.tasks), targets: targets.intersection(other.targets))
    }
}

extension EventStore {
    /// The tasks of all other accounts and regions that are watched, and all other targets that something waits for.
    package func unnamedWork(scopes: Set<AccountRegion>, targets: Set<String>) throws -> UnnamedWork {
        try read { session in
            let tasks = try session.rows("SELECT id, account, region FROM clusters WHERE watched = 1") {
                row -> ClusterID? in
                let scope = AccountRegion(account: row[1], region: row[2])
                return scopes.contains(scope) ? nil : ClusterID(row[0] as String)
            }
            // One step through the index for each target, however many alerts wait.
            let waiting = try session.texts(
                """
                WITH RECURSIVE waiting (target) AS (
                    SELECT min(target) FROM outbox WHERE state = 'pending'
                    UNION ALL
                    SELECT (SELECT min(target) FROM outbox WHERE state = 'pending' AND target > waiting.target)
                    FROM waiting WHERE waiting.target IS NOT NULL
                ) SELECT target FROM waiting WHERE target IS NOT NULL
                """)
            return UnnamedWork(tasks: Set(tasks), targets: Set(waiting).subtracting(targets))
        }
    }

    /// Marks these tasks as not watched any more.
    package func endWatching(_ tasks: Set<ClusterID>) throws {
        guard !tasks.isEmpty else { return }
        try write { try endWatching(tasks.sorted(), in: $0) }
    }

    /// Turns what waits for targets that are no longer configured into dead alerts: one batch.
    ///
    /// - Returns: whether more may remain: call again soon, between other work.
    package func buryAlerts(of removed: Set<String>, at now: Timestamp) throws -> Bool {
        for target in removed.sorted() {
            let goal = AlertGoal.end(.dead, because: Self.targetRemoved(target))
            var place: AlertPlace? = .start
            while let from = place {
                let (alerts, next) = try moveBacklog(
                    of: target, since: nil, to: goal, from: from, includingDead: false, at: now)
                if !alerts.isEmpty { return true }
                place = next
            }
        }
        return false
    }
}
