package import Model

extension EventStore {
    /// Begins to remember rules that are new, and forgets those that the config has no more.
    package func keepRules(_ rules: [RuleRecord.Kind: Set<String>], at now: Timestamp) throws -> [RuleRecord] {
        try write { session in
            for (kind, keys) in rules {
                let known = try Set(session.texts("SELECT key FROM rules WHERE kind = ?", [kind.rawValue]))
                for key in known.subtracting(keys.map(\.stored)) {
                    try session.run(
                        "DELETE FROM rules WHERE kind = ? AND key = ?", [kind.rawValue, key])
                }
                for key in Set(keys.map(\.stored)).subtracting(known) {
                    try session.run(
                        "INSERT INTO rules (kind, key, since) VALUES (?, ?, ?)",
                        [kind.rawValue, key, now.milliseconds])
                }
            }
            return try session.rows(
                "SELECT kind, key, since, last_at, covered_until FROM rules ORDER BY kind, key"
            ) { row in
                RuleRecord.Kind(rawValue: row[0]).map {
                    RuleRecord(
                        kind: $0, key: row[1], since: Timestamp(milliseconds: row[2]), lastAt: row.time(3),
                        coveredUntil: row.time(4))
                }
            }
        }
    }

    static func write(_ rule: RuleRecord, into session: Session) throws {
        try session.run(
            """
            INSERT INTO rules (kind, key, since, last_at, covered_until) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (kind, key) DO UPDATE SET since = excluded.since, last_at = excluded.last_at,
                covered_until = excluded.covered_until
            """,
            [
                rule.kind.rawValue, rule.key.stored, rule.since.milliseconds, rule.lastAt?.milliseconds,
                rule.coveredUntil?.milliseconds,
            ])
    }
}
