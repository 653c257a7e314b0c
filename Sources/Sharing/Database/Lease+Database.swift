package import Postgres

extension Lease {
    /// A statement that fails unless all of these leases are still this owner's, and keeps them so until the transaction
    /// ends. It fails with a division by zero, which no other statement makes: see `isRefusal`.
    ///
    /// The lock keeps others from taking the leases, but not their owner from renewing them.
    package static func condition(
        on leases: some Collection<Lease>, owner: String
    ) -> (text: String, values: [PostgresValue]) {
        let leases = leases.sorted { $0.share < $1.share }
        return (
            areHeld,
            [
                .text(owner), .texts(leases.map(\.share.name)), .integers(leases.map(\.epoch)),
                .integer(Int64(leases.count)),
            ]
        )
    }

    /// Whether a transaction failed because one of its leases has another owner.
    package static func isRefusal(_ error: PostgresError) -> Bool { error.sqlState == "22012" }

    private static let areHeld = """
        SELECT 1 / (CASE WHEN count(*) = $4::bigint THEN 1 ELSE 0 END) FROM (SELECT 1 FROM leases WHERE owner = $1 \
        AND (what, epoch) IN (SELECT * FROM unnest($2::text[], $3::bigint[])) ORDER BY what FOR KEY SHARE) AS held
        """
}
