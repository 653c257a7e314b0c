package import Model

extension EventStore {
    /// When the tasks of each instance were listed for the first time.
    package func loadInstances() throws -> [InstanceRecord] {
        try read { session in
            try session.rows("SELECT id, account, region, first_listed_at FROM instances ORDER BY 1, 2, 3") { row in
                InstanceRecord(
                    key: InstanceKey(id: row[0], scope: AccountRegion(account: row[1], region: row[2])),
                    firstListedAt: Timestamp(milliseconds: row[3]))
            }
        }
    }

    /// Keeps the first time of each: a later one changes nothing.
    func insert(_ instances: [InstanceRecord], into session: Session) throws {
        guard !instances.isEmpty else { return }
        let insertion = try session.statement(
            "INSERT INTO instances (id, account, region, first_listed_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        )
        for instance in instances {
            try insertion.run([
                instance.key.id, instance.key.scope.account, instance.key.scope.region,
                instance.firstListedAt.milliseconds,
            ])
        }
    }
}
