package import Model

/// What a host begins, finishes and drops as its leases change. A value: time and what is known of the leases are arguments.
package struct WorkChanges: Sendable {
    /// So long before the end of a lease that is not renewed its work is dropped.
    package let reserve: Duration
    /// After a take-over that the database did not take.
    private let pause: Duration
    /// What was begun once with the same lease: its budget is not given twice.
    private var begun: [Share: Int64] = [:]
    private var retryAt: MonotonicInstant?

    package init(reserve: Duration, pause: Duration) {
        self.reserve = reserve
        self.pause = pause
    }

    /// What is to be done now, in this order.
    package struct Due: Hashable, Sendable {
        /// To be dropped at once.
        package var lost: Set<Share> = []
        /// To be given back, and nothing of it was begun.
        package var unused: Set<Share> = []
        /// To be finished, and given back then.
        package var leaving: Set<Share> = []
        /// To be begun, with what is left of the budgets.
        package var new: [Share: Lease] = [:]

        package init(
            lost: Set<Share> = [], unused: Set<Share> = [], leaving: Set<Share> = [], new: [Share: Lease] = [:]
        ) {
            self.lost = lost
            self.unused = unused
            self.leaving = leaving
            self.new = new
        }
    }

    /// - Parameters:
    ///   - held: what the host works with.
    ///   - finishing: what of it is being finished already.
    package func due(
        _ known: KnownLeases, held: [Share: Lease], finishing: Set<Share>, at now: MonotonicInstant
    ) -> Due {
        var due = Due()
        due.lost = known.lost(of: held.values, reserve: reserve, at: now)
        for share in known.givingBack.keys where !finishing.contains(share) {
            if held[share] == nil {
                due.unused.insert(share)
            } else if !due.lost.contains(share) {
                due.leaving.insert(share)
            }
        }
        guard retryAt.map({ $0 <= now }) ?? true else { return due }
        due.new = known.active.filter { held[$0.key] == nil && known.lives($0.value, for: reserve, at: now) }
            .mapValues { lease in
                begun[lease.share] == lease.epoch
                    ? Lease(share: lease.share, epoch: lease.epoch, end: lease.end, tokens: 0) : lease
            }
        return due
    }

    /// The work for these has begun.
    package mutating func began(_ new: some Collection<Lease>) {
        retryAt = nil
        for lease in new { begun[lease.share] = lease.epoch }
    }

    /// It has not: it is tried again after a pause.
    package mutating func failed(at now: MonotonicInstant) {
        retryAt = now.advanced(by: pause)
    }

    /// When there may be something to do next, if nothing becomes known before; later than `now`. Nil: nothing is held, and
    /// nothing is to be tried again.
    package func next(
        _ known: KnownLeases, held: some Collection<Lease>, after now: MonotonicInstant
    ) -> MonotonicInstant? {
        // What is due by then has just been done.
        [known.firstEnd(of: held, reserve: reserve), retryAt].compactMap { $0 }.filter { $0 > now }.min()
    }
}
