package import Model

/// Which leases a host holds, renews, takes and gives back. A value: time, chance and what the database says are arguments.
///
/// Whoever drives it asks `due`, does that in the database, and hands back what came of it: `renewed`, `took`, `gaveBack`;
/// what failed is not handed back, and nothing is changed by it but that leases run out.
package struct LeaseKeeper: Sendable {
    /// Of the process, made at random: a process that comes after it is somebody else.
    package let owner: String
    package let terms: LeaseTerms

    private struct Held: Sendable {
        var epoch: Int64
        var end: MonotonicInstant
        /// In which order it came: the latest is given back first.
        let number: Int
        /// What its last owner left of the budget.
        let tokens: Double?
        /// Since when it is being given back; nil if it is not.
        var givingBackSince: MonotonicInstant?
        /// Nothing of it is under way any more.
        var isDrained = false

        func lease(of share: Share) -> Lease { Lease(share: share, epoch: epoch, end: end, tokens: tokens) }
    }

    private var wanted: Set<Share>
    private var held: [Share: Held] = [:]
    private var count = 0
    private var connectedAt: MonotonicInstant?
    private var lastLook: MonotonicInstant?
    private var nextRenewal: MonotonicInstant?
    private var nextLook: MonotonicInstant?
    private var isStopping = false
    /// The last that a server has said.
    package private(set) var timeline: String?
    /// Others' leases that end too late, by their epoch, and since when they have been seen so.
    private var ahead: [Share: (epoch: Int64, since: MonotonicInstant)] = [:]

    /// - Parameter wanted: what this host's config names.
    package init(owner: String, wanting wanted: Set<Share>, terms: LeaseTerms = LeaseTerms()) {
        self.owner = owner
        self.wanted = wanted
        self.terms = terms
    }

    // MARK: - What this host does

    /// What may be acted on now: held, not run out, and not being given back.
    package func active(at now: MonotonicInstant) -> [Share: Lease] {
        held.reduce(into: [:]) { active, entry in
            let lease = entry.value.lease(of: entry.key)
            guard entry.value.givingBackSince == nil, lease.lasts(.zero, at: now) else { return }
            active[entry.key] = lease
        }
    }

    /// The lease of what is being finished, too: its results are committed with it.
    package func lease(of share: Share) -> Lease? {
        held[share]?.lease(of: share)
    }

    /// What the host names to the others: nothing once it stops.
    package var named: Set<Share> { isStopping ? [] : wanted }

    /// What must be finished because it is being given back.
    package var draining: Set<Share> {
        Set(held.lazy.filter { $0.value.givingBackSince != nil && !$0.value.isDrained }.map(\.key))
    }

    /// The leases of what must be finished, for its results.
    package var givingBack: [Share: Lease] {
        held.filter { $0.value.givingBackSince != nil && !$0.value.isDrained }
            .reduce(into: [:]) { $0[$1.key] = $1.value.lease(of: $1.key) }
    }

    /// Stopping, and everything has been given back.
    package var isFinished: Bool { isStopping && held.isEmpty }

    // MARK: - Changes of this host

    /// The config names something else now. What it no longer names is finished and given back.
    package mutating func want(_ shares: Set<Share>, at now: MonotonicInstant) {
        guard !isStopping else { return }
        wanted = shares
        for share in held.keys where !shares.contains(share) { giveBack(share, at: now) }
        nextRenewal = now
    }

    /// The host stops: everything is finished and given back.
    package mutating func stop(at now: MonotonicInstant) {
        isStopping = true
        for share in Array(held.keys) { giveBack(share, at: now) }
        nextRenewal = now
    }

    /// A connection to the database was made.
    package mutating func connected(at now: MonotonicInstant) {
        connectedAt = now
        nextRenewal = now
        nextLook = now
    }

    /// The database answers on this timeline. If that is another one than before, what this host takes for stored may not be
    /// there: all its work is finished, given back, and taken anew with what the database has.
    ///
    /// - Parameter timeline: nil: the server does not say.
    package mutating func answered(on timeline: String?, at now: MonotonicInstant) {
        guard let timeline else { return }
        let before = self.timeline
        self.timeline = timeline
        guard before.map({ $0 != timeline }) ?? false else { return }
        for share in Array(held.keys) { giveBack(share, at: now) }
    }

    /// Nothing of a share is under way any more, and what came of it is committed.
    package mutating func drained(_ share: Share) {
        guard held[share]?.givingBackSince != nil else { return }
        held[share]?.isDrained = true
    }

    private mutating func giveBack(_ share: Share, at now: MonotonicInstant) {
        guard held[share]?.givingBackSince == nil else { return }
        held[share]?.givingBackSince = now
    }

    // MARK: - What is due

    /// What is to be done in the database, in this order.
    package struct Due: Hashable, Sendable {
        /// The leases to renew by their epoch, and the host itself with them; nil if it is not time yet.
        package var renew: [Share: Int64]?
        /// Drained leases to give back, by their epoch.
        package var giveBack: [Share: Int64] = [:]
        /// Look at leases and hosts, and take what `picks` says.
        package var look = false

        package var isNothing: Bool { renew == nil && giveBack.isEmpty && !look }
    }

    /// Also names leases that have run out: if nobody has taken them, they are renewed, before anything is taken.
    package func due(at now: MonotonicInstant) -> Due {
        var due = Due()
        if nextRenewal.map({ $0 <= now }) ?? true {
            due.renew = held.filter { mayRenew($0.value, at: now) }.mapValues(\.epoch)
        }
        due.giveBack = held.filter(\.value.isDrained).mapValues(\.epoch)
        due.look = !isStopping && (nextLook.map { $0 <= now } ?? true)
        return due
    }

    /// When something is due next.
    package var nextTurn: MonotonicInstant? {
        [nextRenewal, isStopping ? nil : nextLook].compactMap { $0 }.min()
    }

    private func mayRenew(_ lease: Held, at now: MonotonicInstant) -> Bool {
        !lease.isDrained && lease.givingBackSince.map { now.since($0) < terms.drainLimit } ?? true
    }

    // MARK: - What came of it

    /// The database has renewed leases.
    ///
    /// - Parameters:
    ///   - asked: what was to be renewed.
    ///   - confirmed: what it says of them; the others have another owner.
    ///   - sent: when it was asked.
    /// - Returns: what this host has lost. It must stop at once; what it still commits is refused.
    @discardableResult
    package mutating func renewed(
        _ asked: [Share: Int64], confirmed: Set<Share>, sent: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> Set<Share> {
        var lost: Set<Share> = []
        for (share, epoch) in asked where held[share]?.epoch == epoch {
            if confirmed.contains(share) {
                held[share]?.end = sent.advanced(
                    by: terms.duration.scaled(by: Planted.isOn(.leaseTrustedTooLong) ? 2 : 1))
            } else {
                held[share] = nil
                lost.insert(share)
            }
        }
        let pause = Planted.isOn(.leaseRenewedLate) ? terms.duration : terms.renewEvery
        nextRenewal = sent.advanced(by: jittered(pause, using: &generator))
        return lost
    }

    /// Compares what the database says with what is fair: begins to give back what is too much.
    ///
    /// - Returns: what to take now, in a random order: two hosts that look at once shall not want the same.
    package mutating func picks(
        _ view: SharingView, at now: MonotonicInstant, using generator: inout some RandomNumberGenerator
    ) -> [Share] {
        nextLook = now.advanced(by: jittered(terms.lookEvery, using: &generator))
        // A database that did not answer for a while is as if it had been away, whether the connection outlived it or not.
        if let lastLook, now.since(lastLook) > terms.renewEvery { connectedAt = now }
        lastLook = now
        guard !isStopping else { return [] }
        noteAhead(view, at: now)
        let fair = FairShare(of: owner, wanting: wanted, in: view)
        let kept = held.filter { $0.value.givingBackSince == nil }.sorted { $0.value.number < $1.value.number }
        if !Planted.isOn(.moreThanFair) {
            for share in fair.excess(of: kept.map(\.key)) { giveBack(share, at: now) }
        }
        let free = wanted.filter { held[$0] == nil && isFree($0, view, at: now) }.sorted().shuffled(using: &generator)
        return fair.picks(of: free, beside: kept.map(\.key))
    }

    /// A clock that is set back makes all leases end too late at once, those of hosts that live among them.
    private mutating func noteAhead(_ view: SharingView, at now: MonotonicInstant) {
        let before = ahead
        ahead = [:]
        for (share, state) in view.leases where state.isAhead && held[share] == nil {
            let known = before[share].flatMap { $0.epoch == state.epoch ? $0 : nil }
            ahead[share] = known ?? (state.epoch, now)
        }
    }

    private func isFree(_ share: Share, _ view: SharingView, at now: MonotonicInstant) -> Bool {
        guard let state = view.leases[share] else { return true }
        if let since = ahead[share]?.since { return now.since(since) >= terms.duration }
        guard state.isFree else { return false }
        // Given back, not lost.
        guard state.owner != nil else { return true }
        // After an outage of the database its owner may be about to renew it.
        guard let connectedAt else { return false }
        return now.since(connectedAt) >= terms.patience
    }

    /// The database has given leases to this host.
    ///
    /// - Parameter sent: when it was asked.
    package mutating func took(_ grants: [Grant], sent: MonotonicInstant) {
        for grant in grants {
            count += 1
            held[grant.share] = Held(
                epoch: grant.epoch, end: sent.advanced(by: terms.duration), number: count, tokens: grant.tokens,
                // The config has changed, or the host stops, since it was asked for.
                givingBackSince: named.contains(grant.share) ? nil : sent)
        }
    }

    /// The database has taken leases back.
    package mutating func gaveBack(_ shares: some Sequence<Share>) {
        for share in shares where held[share]?.isDrained == true { held[share] = nil }
    }

    /// ±10 %: hosts that started together shall not go on asking together.
    private func jittered(_ duration: Duration, using generator: inout some RandomNumberGenerator) -> Duration {
        duration.scaled(by: Double.random(in: 0.9...1.1, using: &generator))
    }
}
