package import Model

extension EventStore {
    /// Writes what is known of runs: see `RunRecord`.
    ///
    /// - Parameter now: when a run that is new to the database was first known.
    func write(_ runs: [RunRecord], at now: Timestamp, into session: Session) throws {
        for run in runs {
            let isKnown = try run.outcome == .running ? goOn(run, in: session) : end(run, in: session)
            if !isKnown { try insert(run, at: now, into: session) }
        }
    }

    /// Sets what an hour of the runs that go on costs, as the config says now: a run in the past keeps its cost.
    ///
    /// - Parameters:
    ///   - prices: of watched tasks; the others have none.
    ///   - scopes: runs of other accounts and regions stay as they are; nil: all are looked at.
    package func setPrices(_ prices: [ClusterID: HourlyPrice], within scopes: Set<AccountRegion>? = nil) throws {
        try write { session in
            let open = try session.rows(
                """
                SELECT r.id, r.cluster, r.per_hour, r.currency, r.started_at IS c.started_at, c.account, c.region
                FROM runs AS r INDEXED BY runs_open JOIN clusters AS c ON c.id = r.cluster
                WHERE r.outcome = 'running' AND c.watched = 1
                """
            ) { row -> (id: Int64, price: HourlyPrice?)? in
                guard scopes?.contains(AccountRegion(account: row[5], region: row[6])) ?? true else { return nil }
                let price = row[4] as Bool ? prices[ClusterID(row[1] as String)] : nil
                let isSame = row.number(2) == price?.perHour && row.text(3) == price?.currency
                return isSame ? nil : (row[0], price)
            }
            for (id, price) in open {
                try session.run(
                    "UPDATE runs SET per_hour = ?, currency = ? WHERE id = ?",
                    [price?.perHour, price?.currency.stored, id])
            }
        }
    }

    /// - Returns: false if no run of the task goes on, or was taken for ended.
    private func goOn(_ run: RunRecord, in session: Session) throws -> Bool {
        let cluster = run.cluster.rawValue.stored
        let columns = "name = ?, account = ?, region = ?, started_at = ?, per_hour = ?, currency = ?"
        let values: SQLValues = [
            run.name.stored, run.scope.account.stored, run.scope.region.stored, run.startedAt?.milliseconds,
            run.price?.perHour, run.price?.currency.stored,
        ]
        let running = "UPDATE runs SET \(columns) WHERE cluster = ? AND outcome = 'running'"
        if try session.changedRows(running, values + [cluster]) > 0 { return true }
        // The task came back while it was thought to be gone.
        return try session.changedRows(
            """
            UPDATE runs SET \(columns), outcome = 'running', ended_at = NULL, cost = NULL WHERE id = (
                SELECT id FROM runs WHERE cluster = ? AND started_at = ? AND outcome = 'gone'
                ORDER BY id DESC LIMIT 1)
            """, values + [cluster, run.startedAt?.milliseconds]) > 0
    }

    /// - Returns: false if no run of the task goes on, and none is known by this start.
    private func end(_ run: RunRecord, in session: Session) throws -> Bool {
        let cluster = run.cluster.rawValue.stored
        let columns = """
            outcome = ?, started_at = coalesce(?, started_at), ended_at = coalesce(?, ended_at), \
            steps = coalesce(?, steps), last_loss = coalesce(?, last_loss), cost = coalesce(?, cost), \
            currency = coalesce(?, CASE WHEN cost IS NOT NULL THEN currency END), per_hour = NULL
            """
        let (startedAt, endedAt) = (run.startedAt?.milliseconds, run.endedAt?.milliseconds)
        let values: SQLValues = [
            run.outcome.rawValue, startedAt, endedAt, run.steps, run.lastLoss, run.cost?.amount,
            run.cost?.currency.stored,
        ]
        let running = "UPDATE runs SET \(columns) WHERE cluster = ? AND outcome = 'running'"
        if try session.changedRows(running, values + [cluster]) > 0 { return true }
        if case .other(let known) = run.knownStart,
            try session.changedRows(
                """
                UPDATE runs SET \(columns) WHERE id = (
                    SELECT id FROM runs WHERE cluster = ? AND started_at IS ? AND outcome IN ('completed', 'failed')
                    ORDER BY id DESC LIMIT 1)
                """, values + [cluster, known?.milliseconds]) > 0
        {
            return true
        }
        return try session.changedRows(
            """
            UPDATE runs SET \(columns) WHERE id = (
                SELECT id FROM runs WHERE cluster = ? AND started_at IS ?
                    AND (started_at IS NOT NULL OR ended_at IS NULL OR coalesce(?, ended_at) = ended_at)
                ORDER BY id DESC LIMIT 1)
            """, values + [cluster, startedAt, endedAt]) > 0
    }

    private func insert(_ run: RunRecord, at now: Timestamp, into session: Session) throws {
        try session.run(
            """
            INSERT INTO runs (
                cluster, name, account, region, started_at, ended_at, outcome, source, steps, last_loss, per_hour,
                cost, currency, seen_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                run.cluster.rawValue.stored, run.name.stored, run.scope.account.stored, run.scope.region.stored,
                run.startedAt?.milliseconds, run.endedAt?.milliseconds, run.outcome.rawValue, run.source.rawValue,
                run.steps, run.lastLoss, run.price?.perHour, run.cost?.amount,
                (run.cost?.currency ?? run.price?.currency).stored, now.milliseconds,
            ])
    }
}
