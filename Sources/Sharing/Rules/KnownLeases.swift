package import Model

/// What a host knows of its own leases.
package struct KnownLeases: Hashable, Sendable {
    /// What may be acted on, each until the end of its lease.
    package var active: [Share: Lease]
    /// What must be finished, and given back then.
    package var givingBack: [Share: Lease]

    package init(active: [Share: Lease] = [:], givingBack: [Share: Lease] = [:]) {
        self.active = active
        self.givingBack = givingBack
    }

    /// Whether a lease is still this host's, and will be for so long.
    package func lives(_ lease: Lease, for reserve: Duration, at now: MonotonicInstant) -> Bool {
        guard let known = active[lease.share] ?? givingBack[lease.share] else { return false }
        return known.epoch == lease.epoch && known.lasts(reserve, at: now)
    }

    /// The ones of these that this host has lost, or is about to lose.
    package func lost(
        of held: some Collection<Lease>, reserve: Duration, at now: MonotonicInstant
    ) -> Set<Share> {
        Set(held.filter { !lives($0, for: reserve, at: now) }.map(\.share))
    }

    /// When the first of these leases has no more than that left; nil if there are none.
    package func firstEnd(of leases: some Collection<Lease>, reserve: Duration) -> MonotonicInstant? {
        leases.map { ((active[$0.share] ?? givingBack[$0.share])?.end ?? $0.end).advanced(by: .zero - reserve) }.min()
    }
}
