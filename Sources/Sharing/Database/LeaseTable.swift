package import Model
package import Postgres

/// Leases and hosts in the database. Everything is compared with the database's clock; nothing here reads the host's.
package struct LeaseTable: Sendable {
    package let owner: String
    package let terms: LeaseTerms

    package init(owner: String, terms: LeaseTerms = LeaseTerms()) {
        self.owner = owner
        self.terms = terms
    }

    private var duration: PostgresValue { .integer(terms.duration.wholeMilliseconds) }

    // MARK: - Renewing and looking

    /// What a turn has seen.
    package struct Seen: Sendable {
        /// The leases that were renewed.
        package var confirmed: Set<Share> = []
        package var view = SharingView()
        /// The database's clock, read while it answered.
        package var clock: Timestamp
        /// What shows that other hosts have written something.
        package var changes: ChangeCount
    }

    /// Writes that the host lives, renews its leases, and looks at leases and hosts: one round trip.
    ///
    /// - Parameters:
    ///   - entry: nil writes nothing of the host, and renews nothing.
    ///   - leases: what to renew, by its epoch.
    /// - Throws: `PostgresError`.
    package func turn(
        _ connection: PostgresConnection, writing entry: HostEntry?, renewing leases: [Share: Int64]
    ) throws(PostgresError) -> Seen {
        if let entry {
            try connection.queue(
                Self.beat,
                [
                    .text(owner), .text(entry.host), .integer(entry.pid), .text(entry.version), duration,
                    .texts(entry.words), .texts(entry.targets.sorted()),
                    .text(ConfigDigests.text(entry.config)),
                ])
            let items = leases.sorted { $0.key < $1.key }
            try connection.queue(
                Self.renew,
                [.text(owner), duration, .texts(items.map(\.key.name)), .integers(items.map(\.value))])
        }
        try connection.queue(Self.clock)
        try connection.queue(Self.leases, [duration])
        try connection.queue(Self.liveHosts, [duration])
        try connection.queue(ChangeCount.statement)
        var results = try connection.flush()[...]
        if entry != nil { results.removeFirst() }
        let renewed = entry == nil ? nil : results.popFirst()
        guard let clock = results.popFirst()?.first?.int(0), let rows = results.popFirst(),
            let hosts = results.popFirst(), let changes = results.popFirst()
        else { throw PostgresError(.other, "the database did not say what time it is") }
        var seen = Seen(clock: Timestamp(milliseconds: clock), changes: ChangeCount(changes))
        seen.confirmed = Set((renewed.map { $0.compactMap { $0.text(0) } } ?? []).compactMap(Share.init(name:)))
        for row in rows {
            guard let share = row.text(0).flatMap(Share.init(name:)) else { continue }
            seen.view.leases[share] = .init(
                owner: row.text(1), isFree: row.flag(2) ?? false, isAhead: row.flag(3) ?? false, epoch: row.int(4) ?? 0)
        }
        for row in hosts {
            guard let owner = row.text(0), let share = row.text(1) else { continue }
            seen.view.hosts[owner, default: []].formUnion(Share(name: share).map { [$0] } ?? [])
        }
        return seen
    }

    // MARK: - Taking and giving back

    /// Ends the sessions of those whose leases are to be taken, and takes what is still free.
    ///
    /// A host that froze within a transaction holds the lease's row locked, and no limit of the server ends that. What the
    /// server is at work on is left to end, and what is locked by it is taken the next time.
    ///
    /// - Parameters:
    ///   - view: what `picks` went by.
    /// - Throws: `PostgresError`.
    package func take(
        _ shares: [Share], _ view: SharingView, _ connection: PostgresConnection
    ) throws(PostgresError) -> [Grant] {
        guard !shares.isEmpty else { return [] }
        let gone = shares.compactMap { view.leases[$0] }.filter { $0.isFree || $0.isAhead }
        let owners = Set(gone.compactMap(\.owner)).subtracting([owner])
        if !owners.isEmpty {
            try connection.query(Self.endSessions, [.texts(owners.sorted().map(HostEntry.applicationName))])
        }
        let names = PostgresValue.texts(shares.map(\.name).sorted())
        // Not of those that are there: an insertion waits for whoever is changing the row.
        let missing = shares.filter { view.leases[$0] == nil }
        if !missing.isEmpty {
            try connection.queue(Self.addMissing, [.texts(missing.map(\.name).sorted())])
        }
        let rows = try connection.query(Self.take, [.text(owner), duration, names])
        return rows.compactMap { row in
            guard let share = row.text(0).flatMap(Share.init(name:)), let epoch = row.int(1) else { return nil }
            return Grant(share: share, epoch: epoch, tokens: row.real(2))
        }
    }

    /// Gives leases back: the next host may take them at once.
    ///
    /// - Parameter tokens: what is left of the budgets.
    /// - Throws: `PostgresError`.
    package func giveBack(
        _ leases: [Share: Int64], tokens: [Share: Double] = [:], _ connection: PostgresConnection
    ) throws(PostgresError) {
        for (share, epoch) in leases.sorted(by: { $0.key < $1.key }) {
            try connection.queue(
                Self.giveBack,
                [.text(owner), .text(share.name), .integer(epoch), tokens[share].map { .real($0) } ?? .null])
        }
        try connection.flush()
    }

    /// The host stops: it is listed no more.
    ///
    /// - Throws: `PostgresError`.
    package func leave(_ connection: PostgresConnection) throws(PostgresError) {
        try connection.execute("DELETE FROM hosts WHERE owner = $1", [.text(owner)])
    }

    // MARK: - Statements

    private static let beat = """
        INSERT INTO hosts (owner, host, pid, version, started_at, seen_at, expires, shares, targets, config) \
        SELECT $1, $2, $3, $4, t.ms, t.ms, clock_timestamp() + $5::bigint * interval '1 ms', $6::text[], $7::text[], $8 \
        FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms) AS t \
        ON CONFLICT (owner) DO UPDATE SET seen_at = excluded.seen_at, expires = excluded.expires, \
        shares = excluded.shares, targets = excluded.targets, config = excluded.config
        """

    private static let renew = """
        UPDATE leases SET expires = clock_timestamp() + $2::bigint * interval '1 ms' \
        WHERE owner = $1 AND (what, epoch) IN (SELECT * FROM unnest($3::text[], $4::bigint[])) RETURNING what
        """

    private static let clock = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"

    private static let isFree = "expires < clock_timestamp()"

    /// A lease that ends later than any renewal could make it was renewed before the database's clock was set back.
    ///
    /// - Parameter value: the number of the duration among the statement's values.
    private static func isAhead(_ value: Int) -> String {
        "expires > clock_timestamp() + 2 * $\(value)::bigint * interval '1 ms'"
    }

    private static let leases = "SELECT what, owner, \(isFree), \(isAhead(1)), epoch FROM leases"

    /// One row for each thing that a host names, and one for a host that names nothing.
    private static let liveHosts = """
        SELECT owner, unnest(CASE shares WHEN '{}' THEN ARRAY[''] ELSE shares END) FROM hosts \
        WHERE expires >= clock_timestamp() AND NOT \(isAhead(1))
        """

    /// Those that wait for their host. One that waits for a synchronous standby must not be ended: the server would call its
    /// commit stored, and no other server would have it.
    private static let endSessions = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE application_name = ANY($1::text[]) AND usename = current_user AND pid <> pg_backend_pid() \
        AND wait_event_type = 'Client'
        """

    private static let addMissing = """
        INSERT INTO leases (what) SELECT unnest($1::text[]) ON CONFLICT (what) DO NOTHING
        """

    /// What somebody else takes at the same moment is passed over.
    private static let take = """
        UPDATE leases SET owner = $1, epoch = leases.epoch + 1, tokens = NULL, \
        expires = clock_timestamp() + $2::bigint * interval '1 ms' \
        FROM (SELECT what, tokens FROM leases WHERE what = ANY($3::text[]) AND (\(isFree) OR \(isAhead(2))) \
        ORDER BY what FOR UPDATE SKIP LOCKED) AS free \
        WHERE leases.what = free.what RETURNING leases.what, leases.epoch, free.tokens
        """

    private static let giveBack = """
        UPDATE leases SET owner = NULL, expires = '-infinity', tokens = $4::double precision \
        WHERE owner = $1 AND what = $2 AND epoch = $3
        """
}
