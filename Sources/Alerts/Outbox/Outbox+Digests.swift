import Model

/// What is sent together: a queue that is too long to be sent one by one, and groups that belong together.
extension Outbox {
    /// Goes on with the digest that was begun, or begins one.
    ///
    /// Its members are fixed, in the target's record, before it is sent the first time: whatever happens on the way,
    /// the next attempt reports the same events under the same id.
    ///
    /// - Returns: whether that is all there is to do for this target now.
    mutating func considerDigest(
        _ lane: inout Lane, fresh: [PendingAlert], offer: Offer, at now: Timestamp, writes: inout Writes
    ) -> Bool {
        if let through = lane.record.digestThrough {
            return goOn(with: through, &lane, offer: offer, at: now, writes: &writes)
        }
        if let first = fresh.first(where: lane.isGrouped), let group = DigestGroup(of: first) {
            return considerGroup(group, &lane, offer: offer, at: now, writes: &writes)
        }
        guard lane.plan.digestCapacity != nil, lane.underWay.isEmpty else { return false }
        return considerBacklog(&lane, offer: offer, at: now, writes: &writes)
    }

    private mutating func goOn(
        with through: Int64, _ lane: inout Lane, offer: Offer, at now: Timestamp, writes: inout Writes
    ) -> Bool {
        let members = offer.backlog.filter(lane.isInDigest)
        guard members.count > 1 else {
            // The others were dropped meanwhile.
            lane.record.digestThrough = nil
            writes.touch(lane.record.name)
            return false
        }
        let isDue = offer.due.contains(where: lane.isInDigest)
        let digestTime = lane.plan.digestTime(now)
        guard !isDue || digestTime <= now else {
            lane.fetchAt = digestTime
            return true
        }
        guard isDue, begin(members, lane.record.digestGroup, &lane, at: now, writes: &writes) else { return false }
        lane.fetchAt = now
        return true
    }

    // MARK: - Backlog

    /// Begins a digest if more waits than a minute lets through.
    private mutating func considerBacklog(
        _ lane: inout Lane, offer: Offer, at now: Timestamp, writes: inout Writes
    ) -> Bool {
        let backlog = offer.fetch.collecting == .backlog ? offer.backlog : []
        guard let first = backlog.first ?? offer.due.first, first.event.seq > lane.singlyThrough,
            offer.waiting > Self.digestThreshold(lane.plan), !offer.due.isEmpty
        else {
            lane.wanted = nil
            return false
        }
        guard offer.fetch.backlogLimit > 0, offer.fetch.collecting == .backlog else {
            lane.wanted = .backlog
            lane.fetchAt = now
            return true
        }
        let digestTime = lane.plan.digestTime(now)
        guard digestTime <= now else {
            lane.fetchAt = digestTime
            return true
        }
        lane.wanted = nil
        guard backlog.count > 1, let last = backlog.last else { return false }
        lane.record.digestThrough = last.event.seq
        lane.record.digestGroup = .backlog
        writes.touch(lane.record.name)
        _ = begin(backlog, .backlog, &lane, at: now, writes: &writes)
        lane.fetchAt = now
        return true
    }

    // MARK: - Groups

    /// Begins the digest of a group once nothing more is expected to join it. What does not belong to it goes on
    /// meanwhile.
    private mutating func considerGroup(
        _ group: DigestGroup, _ lane: inout Lane, offer: Offer, at now: Timestamp, writes: inout Writes
    ) -> Bool {
        guard offer.fetch.backlogLimit > 0, offer.fetch.collecting == group else {
            lane.wanted = group
            lane.fetchAt = now
            return true
        }
        let busy = lane.busyLines
        let all = offer.backlog.filter { lane.isGrouped($0) && group.contains($0) }
        let members = all.filter { !busy.contains($0.event.event.line) }
        if case .held = group, members.count < all.count {
            // Its members were fixed when their hold ended: it waits for the line of the last of them.
            return false
        }
        guard let last = members.last else {
            lane.wanted = nil
            return false
        }
        if members.count < offer.fetch.backlogLimit, let until = holdEnd(of: members, in: group, for: lane), until > now
        {
            return false
        }
        lane.wanted = nil
        lane.heldBack = 0
        guard members.count > 1 else {
            _ = start(single(last, lane, offer), &lane, at: now, writes: &writes)
            lane.fetchAt = now
            return true
        }
        lane.record.digestThrough = last.digestThrough ?? last.event.seq
        lane.record.digestGroup = group
        writes.touch(lane.record.name)
        _ = begin(members, group, &lane, at: now, writes: &writes)
        lane.fetchAt = now
        return true
    }

    private mutating func begin(
        _ members: [PendingAlert], _ group: DigestGroup, _ lane: inout Lane, at now: Timestamp, writes: inout Writes
    ) -> Bool {
        start(
            Start(digestOf: members, group: group, for: lane.plan.name, chat: lane.record.movedChat), &lane, at: now,
            writes: &writes)
    }

    // MARK: - Holding

    /// How long the first report of a failing target waits for others while no other target shows signs of trouble.
    private static let soloHold = Duration.seconds(5)
    /// How long it waits while another one does: one cause often breaks several, within a minute.
    private static let sharedHold = Duration.seconds(60)
    /// First looks at tasks come one after the other, at the rate that the API allows: the digest waits for a pause of
    /// this length, but not longer than `longestCollecting`.
    private static let pauseOfFirstLooks = Duration.seconds(20)
    private static let longestCollecting = Duration.seconds(300)

    /// Until when the members of a group wait for more; nil if there is none.
    func holdEnd(of members: [PendingAlert], in group: DigestGroup, for lane: Lane) -> Timestamp? {
        let members = members.filter { group.contains($0) }
        guard let first = members.map(\.createdAt).min(), let last = members.map(\.createdAt).max() else { return nil }
        switch group {
        case .backlog, .held: return nil
        case .targets: return first.advanced(by: hold(for: lane, about: members.first?.event.event.target))
        case .endedLongAgo:
            return min(first.advanced(by: Self.longestCollecting), last.advanced(by: Self.pauseOfFirstLooks))
        }
    }

    /// Until when an alert that goes by itself waits. A target that recovers soon takes the report of its failure back.
    func holdEnd(of alert: PendingAlert, for lane: Lane) -> Timestamp? {
        guard lane.plan.holdsReports, DigestGroup(of: alert) == .targets,
            alert.event.seq > lane.singlyThrough
        else { return nil }
        return alert.createdAt.advanced(by: hold(for: lane, about: alert.event.event.target))
    }

    private func hold(for lane: Lane, about target: String?) -> Duration {
        let others = lanes.values.filter { $0.plan.name != target && $0.plan.name != lane.plan.name }
        return others.contains { $0.isSuspended || $0.record.brokenStreak > 0 } || lane.record.brokenStreak > 0
            ? Self.sharedHold : Self.soloHold
    }
}
