package import Model

/// A host's right to do something alone, for a while.
package struct Lease: Hashable, Sendable {
    package let share: Share
    /// Goes up with every owner: what an earlier one still writes is refused.
    package let epoch: Int64
    /// Until when the host may act on it, by the host's own monotonic clock: counted from when the renewal was sent, so it
    /// is never later than the database's.
    package let end: MonotonicInstant
    /// What its last owner left of the budget; nil if it left no word of it.
    package let tokens: Double?

    package init(share: Share, epoch: Int64, end: MonotonicInstant, tokens: Double? = nil) {
        self.share = share
        self.epoch = epoch
        self.end = end
        self.tokens = tokens
    }

    /// Whether more than a reserve is left of it.
    package func lasts(_ reserve: Duration, at now: MonotonicInstant) -> Bool {
        end.since(now) > reserve || Planted.isOn(.leaseNeverEnds)
    }
}

/// What taking a lease gave.
package struct Grant: Hashable, Sendable {
    package let share: Share
    package let epoch: Int64
    /// The calls or messages that its last owner left of the budget when it gave the lease back; nil if it did not.
    package let tokens: Double?

    package init(share: Share, epoch: Int64, tokens: Double?) {
        self.share = share
        self.epoch = epoch
        self.tokens = tokens
    }
}
