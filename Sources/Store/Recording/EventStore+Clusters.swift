import GRDB
package import Model

/// A cluster as the config, or its parent instance, names it.
package struct ClusterEntry: Hashable, Sendable {
    package let id: ClusterID
    package let name: String?
    package let scope: AccountRegion
    /// The parent instance it was discovered through.
    package let instance: String?

    package init(id: ClusterID, name: String? = nil, scope: AccountRegion, instance: String? = nil) {
        self.id = id
        self.name = name
        self.scope = scope
        self.instance = instance
    }
}

extension EventStore {
    /// The watched clusters, by id.
    package func loadWatched() throws -> [ClusterRecord] {
        try read { database in
            try clusters(in: database, where: "watched = 1 ORDER BY id")
        }
    }

    /// Those of `ids` that are known, watched or not; in no order.
    package func loadClusters(_ ids: [ClusterID]) throws -> [ClusterRecord] {
        try read { database in
            let statement = try database.cachedStatement(sql: "SELECT \(ClusterRow.columns) FROM clusters WHERE id = ?")
            return try ids.compactMap { id in
                try Row.fetchOne(statement, arguments: [id.rawValue]).map(ClusterRow.record)
            }
        }
    }

    /// Marks exactly these clusters as watched and takes over their names and places; what is stored of them, and of
    /// those that leave, stays. Writes only the rows that differ.
    package func watch(_ watched: [ClusterEntry], at now: Timestamp) throws {
        let known = try read { database in
            try Row.fetchAll(database, sql: "SELECT id, name, account, region, instance, watched FROM clusters")
                .reduce(into: [ClusterID: (cluster: ClusterEntry, isWatched: Bool)]()) { known, row in
                    let id = ClusterID(row[0] as String)
                    let scope = AccountRegion(account: row[2], region: row[3])
                    known[id] = (ClusterEntry(id: id, name: row[1], scope: scope, instance: row[4]), row[5])
                }
        }
        let changed = watched.filter { cluster in
            known[cluster.id].map { !$0.isWatched || $0.cluster != cluster } ?? true
        }
        let wanted = Set(watched.map(\.id))
        let left = known.values.filter { $0.isWatched && !wanted.contains($0.cluster.id) }
        guard !changed.isEmpty || !left.isEmpty else { return }
        try write { database in
            let upsert = try database.cachedStatement(
                sql: """
                    INSERT INTO clusters (id, name, account, region, instance, watched) VALUES (?, ?, ?, ?, ?, 1)
                    ON CONFLICT (id) DO UPDATE SET name = excluded.name, account = excluded.account,
                        region = excluded.region, instance = excluded.instance, watched = 1
                    """)
            for cluster in changed {
                try upsert.execute(arguments: [
                    cluster.id.rawValue, cluster.name, cluster.scope.account, cluster.scope.region, cluster.instance,
                ])
            }
            let leave = try database.cachedStatement(
                sql: "UPDATE clusters SET watched = 0, next_poll_at = NULL WHERE id = ?")
            for (cluster, _) in left {
                try leave.execute(arguments: [cluster.id.rawValue])
            }
        }
    }

    /// The accounts and regions whose `poll_failing` was told and has not ended.
    package func failingScopes() throws -> [ScopeRecord] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT account, region, failing_since FROM scopes ORDER BY 1, 2").map {
                ScopeRecord(scope: AccountRegion(account: $0[0], region: $0[1]), failingSince: $0.time(2))
            }
        }
    }

    private func clusters(in database: Database, where condition: String) throws -> [ClusterRecord] {
        let cursor = try Row.fetchCursor(database, sql: "SELECT \(ClusterRow.columns) FROM clusters WHERE \(condition)")
        var records: [ClusterRecord] = []
        while let row = try cursor.next() { records.append(ClusterRow.record(from: row)) }
        return records
    }
}
