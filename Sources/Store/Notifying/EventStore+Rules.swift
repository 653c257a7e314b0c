import GRDB
package import Model

extension EventStore {
    /// Begins to remember rules that are new, and forgets those that the config has no more.
    package func keepRules(_ rules: [RuleRecord.Kind: Set<String>], at now: Timestamp) throws -> [RuleRecord] {
        try write { database in
            for (kind, keys) in rules {
                let known = try Set(
                    String.fetchAll(database, sql: "SELECT key FROM rules WHERE kind = ?", arguments: [kind.rawValue]))
                for key in known.subtracting(keys.map(\.stored)) {
                    try database.execute(
                        sql: "DELETE FROM rules WHERE kind = ? AND key = ?", arguments: [kind.rawValue, key])
                }
                for key in Set(keys.map(\.stored)).subtracting(known) {
                    try database.execute(
                        sql: "INSERT INTO rules (kind, key, since) VALUES (?, ?, ?)",
                        arguments: [kind.rawValue, key, now.milliseconds])
                }
            }
            return try Row.fetchAll(
                database, sql: "SELECT kind, key, since, last_at, covered_until FROM rules ORDER BY kind, key"
            ).compactMap { row in
                RuleRecord.Kind(rawValue: row[0]).map {
                    RuleRecord(
                        kind: $0, key: row[1], since: Timestamp(milliseconds: row[2]), lastAt: row.time(3),
                        coveredUntil: row.time(4))
                }
            }
        }
    }

    static func write(_ rule: RuleRecord, into database: Database) throws {
        try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO rules (kind, key, since, last_at, covered_until) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [
            rule.kind.rawValue, rule.key.stored, rule.since.milliseconds, rule.lastAt?.milliseconds,
            rule.coveredUntil?.milliseconds,
        ])
    }
}
