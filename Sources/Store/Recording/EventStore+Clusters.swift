package import Model

extension EventStore {
    /// The watched clusters, by id.
    package func loadWatched() throws -> [ClusterRecord] {
        try read { session in
            // In parts: a database elsewhere sends the rows of a question all at once.
            var clusters: [ClusterRecord] = []
            while true {
                let part = try session.rows(
                    "SELECT \(ClusterRow.columns) FROM clusters WHERE watched = 1 AND id > ? ORDER BY id LIMIT ?",
                    [clusters.last?.id.rawValue ?? "", Self.part], ClusterRow.record)
                clusters += part
                if part.count < Self.part { return clusters }
            }
        }
    }

    static let part = 1000

    /// Those of `ids` that are known, watched or not; in no order.
    package func loadClusters(_ ids: [ClusterID]) throws -> [ClusterRecord] {
        try read { session in
            let sql = "SELECT \(ClusterRow.columns) FROM clusters WHERE id = ?"
            return try ids.compactMap { try session.first(sql, [$0.rawValue.stored], ClusterRow.record) }
        }
    }

    /// Marks exactly these clusters as watched and takes over their names and places; what is stored of them, and of
    /// those that leave, stays. Writes only the rows that differ.
    ///
    /// - Parameter scopes: the clusters of other accounts and regions stay as they are; nil: all are looked at.
    package func watch(
        _ watched: [ClusterEntry], within scopes: Set<AccountRegion>? = nil, at now: Timestamp
    ) throws {
        let known = try knownEntries(within: scopes)
        let changed = watched.filter { cluster in
            known[cluster.id].map { !$0.isWatched || $0.cluster != cluster } ?? true
        }
        let wanted = Set(watched.map(\.id))
        let left = known.values.filter {
            $0.isWatched && !wanted.contains($0.cluster.id) && scopes?.contains($0.cluster.scope) ?? true
        }
        guard !changed.isEmpty || !left.isEmpty else { return }
        try write { session in
            try beginWatching(changed, in: session)
            try endWatching(left.map(\.cluster.id), in: session)
        }
    }

    private func knownEntries(
        within scopes: Set<AccountRegion>?
    ) throws -> [ClusterID: (cluster: ClusterEntry, isWatched: Bool)] {
        try read { session in
            var known: [ClusterID: (cluster: ClusterEntry, isWatched: Bool)] = [:]
            func note(_ row: Statement) {
                let id = ClusterID(row[0] as String)
                let scope = AccountRegion(account: row[2], region: row[3])
                known[id] = (ClusterEntry(id: id, name: row[1], scope: scope, instance: row[4]), row[5])
            }
            let columns = "SELECT id, name, account, region, instance, watched FROM clusters"
            guard let scopes else {
                _ = try session.rows(columns) { row -> Void in note(row) }
                return known
            }
            for scope in scopes {
                var last: String? = ""
                while let after = last {
                    let part = try session.rows(
                        "\(columns) WHERE account = ? AND region = ? AND id > ? ORDER BY id LIMIT ?",
                        [scope.account, scope.region, after, Self.part]
                    ) { row -> String? in
                        note(row)
                        return row[0]
                    }
                    last = part.count < Self.part ? nil : part.last
                }
            }
            return known
        }
    }

    /// Marks these as watched too, and takes over their names and places.
    func beginWatching(_ clusters: [ClusterEntry], in session: Session) throws {
        guard !clusters.isEmpty else { return }
        let upsert = try session.statement(
            """
            INSERT INTO clusters (id, name, account, region, instance, watched) VALUES (?, ?, ?, ?, ?, 1)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, account = excluded.account,
                region = excluded.region, instance = excluded.instance, watched = 1
            """)
        for cluster in clusters {
            try upsert.run([
                cluster.id.rawValue.stored, cluster.name.stored, cluster.scope.account.stored,
                cluster.scope.region.stored,
                cluster.instance.stored,
            ])
        }
    }

    /// Marks these as not watched any more; all else of them stays.
    func endWatching(_ clusters: [ClusterID], in session: Session) throws {
        guard !clusters.isEmpty else { return }
        let leave = try session.statement(
            "UPDATE clusters SET watched = 0, next_poll_at = NULL WHERE id = ?")
        for cluster in clusters { try leave.run([cluster.rawValue.stored]) }
    }

    /// The clusters that were found through an instance of an account and region, watched or not, by id; those that are
    /// gone only if that was seen after `goneAfter`.
    package func loadDiscovered(through instance: InstanceKey, goneAfter: Timestamp) throws -> [ClusterRecord] {
        try read { session in
            let condition = """
                instance = ? AND account = ? AND region = ? AND (status IS NOT 'GONE' OR since > ?) ORDER BY id
                """
            return try session.rows(
                "SELECT \(ClusterRow.columns) FROM clusters WHERE \(condition)",
                [
                    instance.id.stored, instance.scope.account.stored, instance.scope.region.stored,
                    goneAfter.milliseconds,
                ], ClusterRow.record)
        }
    }

    /// The accounts and regions whose `poll_failing` was reported and has not ended.
    package func failingScopes() throws -> [ScopeRecord] {
        try read { session in
            try session.rows("SELECT account, region, failing_since FROM scopes ORDER BY 1, 2") {
                ScopeRecord(scope: AccountRegion(account: $0[0], region: $0[1]), failingSince: $0.time(2))
            }
        }
    }
}
