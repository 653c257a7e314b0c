import GRDB
package import Model

extension EventStore {
    /// Writes what is known of runs: see `RunRecord`.
    ///
    /// - Parameter now: when a run that is new to the database was first known.
    func write(_ runs: [RunRecord], at now: Timestamp, into database: Database) throws {
        for run in runs {
            let isKnown = try run.outcome == .running ? goOn(run, in: database) : end(run, in: database)
            if !isKnown { try insert(run, at: now, into: database) }
        }
    }

    /// Sets what an hour of the runs that go on costs, as the config says now: a run in the past keeps its cost.
    ///
    /// - Parameter prices: of watched tasks; the others have none.
    package func setPrices(_ prices: [ClusterID: HourlyPrice]) throws {
        try write { database in
            let open = try Row.fetchAll(
                database,
                sql: """
                    SELECT r.id, r.cluster, r.per_hour, r.currency, r.started_at IS c.started_at
                    FROM runs AS r INDEXED BY runs_open JOIN clusters AS c ON c.id = r.cluster
                    WHERE r.outcome = 'running' AND c.watched = 1
                    """)
            let update = try database.cachedStatement(sql: "UPDATE runs SET per_hour = ?, currency = ? WHERE id = ?")
            for row in open {
                let price = row[4] as Bool ? prices[ClusterID(row[1] as String)] : nil
                guard row[2] as Double? != price?.perHour || row.text(3) != price?.currency else { continue }
                try update.execute(arguments: [price?.perHour, price?.currency.stored, row[0] as Int64])
            }
        }
    }

    /// - Returns: false if no run of the task goes on, or was taken for ended.
    private func goOn(_ run: RunRecord, in database: Database) throws -> Bool {
        let cluster = run.cluster.rawValue.stored
        let columns = "name = ?, account = ?, region = ?, started_at = ?, per_hour = ?, currency = ?"
        let values: StatementArguments = [
            run.name.stored, run.scope.account.stored, run.scope.region.stored, run.startedAt?.milliseconds,
            run.price?.perHour, run.price?.currency.stored,
        ]
        try database.cachedStatement(sql: "UPDATE runs SET \(columns) WHERE cluster = ? AND outcome = 'running'")
            .execute(arguments: values + [cluster])
        if database.changesCount > 0 { return true }
        // The task came back while it was thought to be gone.
        try database.cachedStatement(
            sql: """
                UPDATE runs SET \(columns), outcome = 'running', ended_at = NULL, cost = NULL WHERE id = (
                    SELECT id FROM runs WHERE cluster = ? AND started_at = ? AND outcome = 'gone'
                    ORDER BY id DESC LIMIT 1)
                """
        ).execute(arguments: values + [cluster, run.startedAt?.milliseconds])
        return database.changesCount > 0
    }

    /// - Returns: false if no run of the task goes on, and none is known that began at the same time.
    private func end(_ run: RunRecord, in database: Database) throws -> Bool {
        let cluster = run.cluster.rawValue.stored
        let columns = """
            outcome = ?, started_at = coalesce(?, started_at), ended_at = coalesce(?, ended_at), \
            steps = coalesce(?, steps), last_loss = coalesce(?, last_loss), cost = coalesce(?, cost), \
            currency = coalesce(?, CASE WHEN cost IS NOT NULL THEN currency END), per_hour = NULL
            """
        let (startedAt, endedAt) = (run.startedAt?.milliseconds, run.endedAt?.milliseconds)
        let values: StatementArguments = [
            run.outcome.rawValue, startedAt, endedAt, run.steps, run.lastLoss, run.cost?.amount,
            run.cost?.currency.stored,
        ]
        try database.cachedStatement(sql: "UPDATE runs SET \(columns) WHERE cluster = ? AND outcome = 'running'")
            .execute(arguments: values + [cluster])
        if database.changesCount > 0 { return true }
        try database.cachedStatement(
            sql: """
                UPDATE runs SET \(columns) WHERE id = (
                    SELECT id FROM runs WHERE cluster = ? AND started_at IS ?
                        AND (started_at IS NOT NULL OR ended_at IS NULL OR coalesce(?, ended_at) = ended_at)
                    ORDER BY id DESC LIMIT 1)
                """
        ).execute(arguments: values + [cluster, startedAt, endedAt])
        return database.changesCount > 0
    }

    private func insert(_ run: RunRecord, at now: Timestamp, into database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO runs (
                    cluster, name, account, region, started_at, ended_at, outcome, source, steps, last_loss, per_hour,
                    cost, currency, seen_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            run.cluster.rawValue.stored, run.name.stored, run.scope.account.stored, run.scope.region.stored,
            run.startedAt?.milliseconds, run.endedAt?.milliseconds, run.outcome.rawValue, run.source.rawValue,
            run.steps, run.lastLoss, run.price?.perHour, run.cost?.amount,
            (run.cost?.currency ?? run.price?.currency).stored, now.milliseconds,
        ])
    }
}
