import Glibc
package import Model

extension HistoryReader {
    /// Counts what is stored. Its cost grows with the tasks that are watched and the alerts that wait, not with the
    /// history.
    ///
    /// - Parameter tasks: which tasks are listed one by one.
    package func figures(tasks: TaskMetrics, at now: Timestamp) throws -> DatabaseFigures {
        var figures = DatabaseFigures()
        try connection.snapshot {
            try countTasks(&figures)
            try readScopes(&figures)
            try readTargets(&figures)
            figures.lastEvent = try connection.session.newestNumber()
            if tasks != .off { figures.tasks = try taskFigures(tasks, at: now) }
        }
        let size = try connection.size()
        figures.size = size.database
        figures.logSize = size.log
        figures.free = size.free
        return figures
    }

    private func countTasks(_ figures: inout DatabaseFigures) throws {
        let statement = try connection.prepare(
            """
            SELECT status, count(*), count(last_error), sum(is_stalled) FROM clusters WHERE watched = 1
            GROUP BY status
            """)
        while try statement.step() {
            let status = statement.text(0).map { ClusterStatus($0) }
            figures.tasksByStatus[status, default: 0] += Int(statement.integer(1))
            figures.failingPolls += Int(statement.integer(2))
            figures.stalled += Int(statement.integer(3))
        }
    }

    private func readScopes(_ figures: inout DatabaseFigures) throws {
        let statement = try connection.prepare(
            """
            SELECT DISTINCT c.account, c.region, s.account IS NOT NULL FROM clusters AS c
                LEFT JOIN scopes AS s ON s.account = c.account AND s.region = c.region
            WHERE c.watched = 1
            """)
        while try statement.step() {
            let scope = AccountRegion(account: statement.text(0) ?? "", region: statement.text(1) ?? "")
            figures.scopes[scope] = statement.flag(2)
        }
    }

    private func readTargets(_ figures: inout DatabaseFigures) throws {
        let known = try connection.prepare("SELECT name, suspended_since IS NOT NULL FROM targets")
        while try known.step() {
            figures.targets[known.text(0) ?? "", default: TargetFigures()].isSuspended = known.flag(1)
        }
        for state in [AlertState.pending, .held, .dead] {
            let statement = try connection.prepare(
                """
                SELECT target, count(*) FROM outbox INDEXED BY outbox_\(state.rawValue)
                WHERE state = '\(state.rawValue)' GROUP BY target
                """)
            while try statement.step() {
                figures.targets[statement.text(0) ?? "", default: TargetFigures()].alerts[state] =
                    Int(statement.integer(1))
            }
        }
        // The oldest alert of a target is the first of its line.
        let oldest = try connection.prepare(
            """
            SELECT target, min(waiting_since) FROM outbox INDEXED BY outbox_heads WHERE next_attempt_at IS NOT NULL
            GROUP BY target
            """)
        while try oldest.step() {
            figures.targets[oldest.text(0) ?? "", default: TargetFigures()].oldestPending = oldest.time(1)
        }
    }

    private func taskFigures(_ tasks: TaskMetrics, at now: Timestamp) throws -> [TaskFigures] {
        let current = """
            c.status IS NOT NULL AND (upper(c.status) NOT IN ('COMPLETED', 'FAILED', 'GONE')
                OR (upper(c.status) = 'FAILED' AND c.since >= ? AND NOT EXISTS (
                    SELECT 1 FROM acks WHERE acks.seq = (
                        SELECT max(e.seq) FROM events AS e INDEXED BY events_cluster
                        WHERE e.cluster = c.id AND e.event = 'failed'))))
            """
        let statement = try connection.prepare(
            """
            SELECT c.id, c.name, c.base_model, c.instance, c.status, p.step, p.total_steps,
                CASE WHEN json_type(p.metrics, '$.loss') IN ('integer', 'real', 'number')
                    THEN CAST(json_extract(p.metrics, '$.loss') AS double precision) END,
                p.logged_at,
                CASE WHEN upper(c.status) = 'ACTIVATION' AND c.is_stalled = 0 THEN p.expected_end END
            FROM clusters AS c LEFT JOIN progress AS p \(Self.progressOfRun)
            WHERE c.watched = 1 AND \(tasks == .all ? "CAST(?1 AS bigint) IS NOT NULL" : current) ORDER BY c.id
            """, [now.advanced(by: .zero - TaskMetrics.failedKept).milliseconds])
        var found: [TaskFigures] = []
        while try statement.step() {
            found.append(
                TaskFigures(
                    cluster: ClusterID(statement.text(0) ?? ""), name: statement.text(1), baseModel: statement.text(2),
                    instance: statement.text(3), status: statement.text(4).map { ClusterStatus($0) },
                    step: statement.isNull(5) ? nil : statement.integer(5),
                    totalSteps: statement.isNull(6) ? nil : statement.integer(6), loss: statement.number(7),
                    lastStepAt: statement.time(8), expectedEnd: statement.time(9)))
        }
        return found
    }
}

extension SystemCall {
    /// What an ordinary user may still write to the file system that holds `path`; nil if it does not say.
    static func freeBytes(at path: String) -> Int64? {
        var information = statvfs()
        guard statvfs(path, &information) == 0 else { return nil }
        let (bytes, overflow) = UInt64(information.f_bavail).multipliedReportingOverflow(
            by: UInt64(information.f_frsize))
        return overflow ? .max : Int64(clamping: bytes)
    }
}
