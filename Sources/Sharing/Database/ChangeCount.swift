import Postgres

/// What a host looks at to see that another one has written something that it must act on.
package struct ChangeCount: Hashable, Sendable {
    /// The number of the newest event.
    package let newestEvent: Int64
    /// Goes up with alerts that an operator has tried again or dropped.
    package let retries: Int64
    /// Goes up with silences and acknowledgements.
    package let rules: Int64

    package init(newestEvent: Int64, retries: Int64, rules: Int64) {
        self.newestEvent = newestEvent
        self.retries = retries
        self.rules = rules
    }

    static let statement = """
        SELECT (SELECT last_seq FROM installation), (SELECT commits FROM leases WHERE what = 'retries'), \
        (SELECT commits FROM leases WHERE what = 'rules')
        """

    /// - Parameter rows: what `statement` gives.
    init(_ rows: PostgresResult?) {
        let row = rows?.first
        newestEvent = row?.int(0) ?? 0
        retries = row?.int(1) ?? 0
        rules = row?.int(2) ?? 0
    }
}
