extension EventStore {
    /// What an operator orders, for the host that acts on it: another one than this, perhaps.
    enum Order: String {
        /// Alerts are tried again, or dropped.
        case retries
        /// A silence begins or ends, or an event is acknowledged.
        case rules
    }

    /// Lets the hosts that share the database know that there is an order. They look for it twice a second.
    func note(_ order: Order) throws {
        guard engine.isShared else { return }
        try write { session in
            try session.run(
                """
                INSERT INTO leases (what, commits) VALUES (?, 1)
                ON CONFLICT (what) DO UPDATE SET commits = leases.commits + 1
                """, [order.rawValue])
        }
    }
}
