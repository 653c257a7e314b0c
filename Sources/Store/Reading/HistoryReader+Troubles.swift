package import Model

/// What is wrong with a watched task beside its status.
package struct TaskTrouble: Hashable, Sendable {
    /// It trains, and makes no progress.
    package var isStalled = false
    /// Since when its polls fail, once that was reported.
    package var failingSince: Timestamp?
    /// The number of the event of its failure, while it is failed.
    package var failure: Int64?
    /// Whether somebody has that failure in hand.
    package var isAcknowledged = false

    /// Whether it is failed, and nobody has that in hand.
    package var isOpenFailure: Bool { failure != nil && !isAcknowledged }
}

/// An account that fails as a whole in a region.
package struct FailingScope: Hashable, Sendable {
    package let scope: AccountRegion
    package let since: Timestamp
}

extension HistoryReader {
    /// The watched tasks with which something is wrong.
    package func taskTroubles() throws -> [ClusterID: TaskTrouble] {
        var troubles: [ClusterID: TaskTrouble] = [:]
        // Backwards from a task's newest event: the failure is among the last of a task that is failed.
        let statement = try connection.prepare(
            """
            SELECT id, is_stalled, failing_since, failure, EXISTS (SELECT 1 FROM acks WHERE acks.seq = failure)
            FROM (
                SELECT id, is_stalled, CASE WHEN is_poll_failing = 1 THEN failing_since END AS failing_since,
                    CASE WHEN upper(status) = 'FAILED' THEN (
                        SELECT seq FROM events INDEXED BY events_cluster
                        WHERE cluster = clusters.id AND event = 'failed' ORDER BY seq DESC LIMIT 1) END AS failure
                FROM clusters WHERE watched = 1 AND (is_stalled = 1 OR is_poll_failing = 1 OR upper(status) = 'FAILED')) AS t
            """)
        while try statement.step() {
            troubles[ClusterID(statement.text(0) ?? "")] = TaskTrouble(
                isStalled: statement.flag(1), failingSince: statement.time(2),
                failure: statement.isNull(3) ? nil : statement.integer(3), isAcknowledged: statement.flag(4))
        }
        return troubles
    }

    /// When a watched task was asked about last; nil: never.
    package func lastPoll() throws -> Timestamp? {
        let statement = try connection.prepare("SELECT max(last_poll_at) FROM clusters WHERE watched = 1")
        return try statement.step() ? statement.time(0) : nil
    }

    /// The accounts that fail as a whole, by name; those of which nothing is watched any more are left out.
    package func failingScopes() throws -> [FailingScope] {
        let statement = try connection.prepare(
            """
            SELECT account, region, failing_since FROM scopes AS s
            WHERE EXISTS (
                    SELECT 1 FROM clusters AS c WHERE c.watched = 1 AND c.account = s.account AND c.region = s.region)
                OR EXISTS (SELECT 1 FROM instances AS i WHERE i.account = s.account AND i.region = s.region)
            ORDER BY account, region
            """)
        var scopes: [FailingScope] = []
        while try statement.step() {
            scopes.append(
                FailingScope(
                    scope: AccountRegion(account: statement.text(0) ?? "", region: statement.text(1) ?? ""),
                    since: Timestamp(milliseconds: statement.integer(2))))
        }
        return scopes
    }
}
