package import Model

extension Outbox {
    /// Which of the offered alerts to send now, and which to give up.
    package func decide(_ offers: [Offer], at now: Timestamp) -> Decision {
        var next = self
        var writes = Writes()
        for offer in offers {
            next.consider(offer, at: now, writes: &writes)
        }
        return writes.decision(next)
    }

    private mutating func consider(_ offer: Offer, at now: Timestamp, writes: inout Writes) {
        guard var lane = lanes[offer.fetch.target] else { return }
        defer { lanes[offer.fetch.target] = lane }
        guard readyAt(lane, now: now) <= now else { return }

        let busy = lane.busyLines
        let fresh = offer.due.filter { !busy.contains($0.event.event.line) }
        if lane.isSuspended {
            probe(&lane, with: fresh, offer: offer, at: now, writes: &writes)
            return
        }
        if lane.plan.digestCapacity != nil, lane.underWay.isEmpty,
            considerDigest(&lane, offer: offer, at: now, writes: &writes)
        {
            return
        }
        let through = lane.record.digestThrough ?? 0
        for alert in fresh where alert.event.seq > through {
            guard lane.freeSlots > 0, start(Start(alert: alert), &lane, at: now, writes: &writes) else {
                lane.fetchAt = now
                return
            }
        }
        lookAgain(&lane, after: offer, at: now)
    }

    /// Sends one alert, the oldest whose time is not over, to see whether the target came back.
    private mutating func probe(
        _ lane: inout Lane, with heads: [PendingAlert], offer: Offer, at now: Timestamp, writes: inout Writes
    ) {
        guard lane.freeSlots > 0 else { return }
        let over = heads.filter { $0.deadline(lane.plan) <= now }
        let probe = heads.first { $0.deadline(lane.plan) > now } ?? heads.first
        for alert in over where alert != probe {
            writes.settlements.append(
                Settlement(
                    alert: alert.key, state: .dead,
                    note: "given up after \(DurationText.write(lane.plan.delivery.giveUpAfter)): target "
                        + "\(lane.plan.name) was suspended meanwhile. \(lane.record.trouble ?? "")".trimmed))
        }
        if let through = lane.record.digestThrough, let probe, probe.event.seq <= through {
            if considerDigest(&lane, offer: offer, at: now, writes: &writes) { return }
        }
        if let probe {
            _ = start(Start(alert: probe), &lane, at: now, writes: &writes)
            lane.fetchAt = now
        } else {
            lane.fetchAt = nil
        }
    }

    /// Goes on with the digest that was begun, or begins one where more waits than a minute lets through.
    ///
    /// Its members are fixed, in the target's record, before it is sent the first time: whatever happens on the way,
    /// the next attempt tells the same events under the same id.
    ///
    /// - Returns: whether that is all there is to do for this target now.
    private mutating func considerDigest(
        _ lane: inout Lane, offer: Offer, at now: Timestamp, writes: inout Writes
    ) -> Bool {
        let backlog = offer.backlog
        let digestTime = lane.plan.digestTime(now)
        if let through = lane.record.digestThrough {
            let members = backlog.filter { $0.event.seq <= through }
            guard members.count > 1 else {
                // The others were dropped meanwhile.
                lane.record.digestThrough = nil
                writes.touch(lane.record.name)
                return false
            }
            let isDue = offer.due.contains { $0.event.seq <= through }
            guard !isDue || digestTime <= now else {
                lane.fetchAt = digestTime
                return true
            }
            guard isDue, start(Start(digestOf: members, for: lane.plan.name), &lane, at: now, writes: &writes) else {
                return false
            }
            lane.fetchAt = now
            return true
        }
        guard let first = backlog.first ?? offer.due.first, first.event.seq > lane.singlyThrough,
            offer.waiting > Self.digestThreshold(lane.plan), !offer.due.isEmpty
        else {
            lane.wantsDigest = false
            return false
        }
        guard offer.fetch.backlogLimit > 0 else {
            lane.wantsDigest = true
            lane.fetchAt = now
            return true
        }
        guard digestTime <= now else {
            lane.fetchAt = digestTime
            return true
        }
        lane.wantsDigest = false
        guard backlog.count > 1, let last = backlog.last else { return false }
        lane.record.digestThrough = last.event.seq
        writes.touch(lane.record.name)
        _ = start(Start(digestOf: backlog, for: lane.plan.name), &lane, at: now, writes: &writes)
        lane.fetchAt = now
        return true
    }

    /// Takes a token and a slot.
    ///
    /// - Returns: false where there is no token.
    private mutating func start(
        _ start: Start, _ lane: inout Lane, at now: Timestamp, writes: inout Writes
    ) -> Bool {
        guard limits[lane.plan.credential]?.bucket.take(at: now) ?? true else { return false }
        lane.underWay.append(start)
        writes.starts.append(start)
        return true
    }

    /// Everything that was offered is under way: when is there more?
    private func lookAgain(_ lane: inout Lane, after offer: Offer, at now: Timestamp) {
        if offer.due.count >= offer.fetch.limit {
            lane.fetchAt = now
        } else if let next = offer.nextDueAt, lane.isBeyondAnyWait(next, now: now) {
            lane.isDraining = true
            lane.fetchAt = now
        } else {
            lane.isDraining = false
            lane.fetchAt = offer.nextDueAt
        }
    }
}

extension PendingAlert {
    /// After this it is tried once more at most.
    func deadline(_ plan: TargetPlan) -> Timestamp {
        createdAt.advanced(by: plan.delivery.giveUpAfter)
    }
}
