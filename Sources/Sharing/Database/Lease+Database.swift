package import Postgres

extension Lease {
    /// A statement that fails unless the lease is still this owner's, and keeps it so until the transaction ends. It fails
    /// with a division by zero, which no other statement makes: see `Fence.isStale`.
    package func condition(owner: String) -> (text: String, values: [PostgresValue]) {
        (Self.isHeld, [.text(share.name), .text(owner), .integer(epoch)])
    }

    private static let isHeld = """
        SELECT 1 / (SELECT count(*) FROM (SELECT 1 FROM leases WHERE what = $1 AND owner = $2 AND epoch = $3 FOR SHARE) \
        AS held)
        """
}
