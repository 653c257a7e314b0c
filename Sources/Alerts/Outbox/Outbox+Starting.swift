package import Model

extension Outbox {
    /// Which of the offered alerts to send now, and which to give up.
    package func decide(_ offers: [Offer], at now: Timestamp) -> OutboxDecision {
        var next = self
        var writes = Writes()
        for offer in offers {
            next.consider(offer, at: now, writes: &writes)
        }
        return writes.decision(&next)
    }

    private mutating func consider(_ offer: Offer, at now: Timestamp, writes: inout Writes) {
        guard var lane = lanes[offer.fetch.target] else { return }
        defer { lanes[offer.fetch.target] = lane }
        if !offer.unreadable.isEmpty {
            // Their lines must not wait for ever.
            writes.settlements += offer.unreadable.map(Self.unreadable)
            lane.fetchAt = now
            return
        }
        guard readyAt(lane, now: now) <= now else { return }

        let busy = lane.busyLines
        let fresh = offer.due.filter { !busy.contains($0.event.event.line) }
        if lane.isSuspended {
            probe(&lane, with: fresh, offer: offer, at: now, writes: &writes)
            return
        }
        if lane.mayBeginDigest, considerDigest(&lane, fresh: fresh, offer: offer, at: now, writes: &writes) {
            return
        }
        sendSingly(&lane, fresh: fresh, offer: offer, at: now, writes: &writes)
    }

    /// Sends what need not wait for anything else, oldest first.
    private mutating func sendSingly(
        _ lane: inout Lane, fresh: [PendingAlert], offer: Offer, at now: Timestamp, writes: inout Writes
    ) {
        var started = 0
        var heldUntil: Timestamp?
        for alert in fresh where !lane.isInDigest(alert) && !lane.isGrouped(alert) {
            if let until = holdEnd(of: alert, for: lane), until > now {
                heldUntil = min(heldUntil ?? until, until)
                continue
            }
            guard lane.freeSlots > 0, start(single(alert, lane, offer), &lane, at: now, writes: &writes) else {
                lane.fetchAt = now
                return
            }
            started += 1
        }
        let groupEnd = lane.wanted.flatMap { holdEnd(of: offer.backlog, in: $0, for: lane) }
        lookAgain(
            &lane, after: offer, started: started, heldBack: fresh.count - started,
            heldUntil: [heldUntil, groupEnd].compactMap { $0 }.min(), at: now)
    }

    func single(_ alert: PendingAlert, _ lane: Lane, _ offer: Offer) -> Start {
        Start(alert: alert, openTroubles: offer.openTroubles[alert.event.seq], chat: lane.record.movedChat)
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
                    note:
                        "not delivered within \(DurationText.write(lane.plan.delivery.giveUpAfter)), because "
                        + "target \(lane.plan.name) was suspended" + (lane.record.trouble.map { " (\($0))" } ?? "")))
        }
        if let probe, lane.isInDigest(probe),
            considerDigest(&lane, fresh: heads, offer: offer, at: now, writes: &writes)
        {
            return
        }
        if let probe {
            _ = start(single(probe, lane, offer), &lane, at: now, writes: &writes)
            lane.fetchAt = now
        } else if lane.isProven, lane.underWay.isEmpty {
            recover(&lane, at: now, writes: &writes)
            writes.touch(lane.plan.name)
        } else {
            lane.fetchAt = nil
        }
    }

    private static func unreadable(_ alert: UnreadableAlert) -> Settlement {
        Settlement(
            alert: alert.key, state: .dead,
            note:
                "this version of polarai-daemon does not know the event `\(alert.kind)`, which a newer version stored: "
                + "install that version again and use `polarai-daemon alerts retry`, or drop the alert")
    }

    /// Takes a token and a slot.
    ///
    /// - Returns: false if there is no token.
    mutating func start(
        _ start: Start, _ lane: inout Lane, at now: Timestamp, writes: inout Writes
    ) -> Bool {
        guard limits[lane.plan.credential]?.bucket.take(at: now) ?? true else { return false }
        lane.underWay.append(start)
        writes.starts.append(start)
        return true
    }

    /// When is there more to send?
    private func lookAgain(
        _ lane: inout Lane, after offer: Offer, started: Int, heldBack: Int, heldUntil: Timestamp?, at now: Timestamp
    ) {
        // What is held back must not take the place of others, in whatever number.
        lane.heldBack = heldBack == 0 ? 0 : max(lane.heldBack, heldBack)
        if offer.due.count >= offer.fetch.limit, started + heldBack > 0 {
            if heldBack > 0 { lane.heldBack = max(lane.heldBack, 2 * heldBack + 8) }
            lane.fetchAt = now
            return
        }
        if let next = offer.nextDueAt, isBeyondAnyWait(next, lane, now: now) {
            lane.isDraining = true
            lane.fetchAt = now
            return
        }
        lane.isDraining = false
        // One that is due and was not offered cannot be read: no reason to ask for it again and again.
        let next = offer.nextDueAt.map { $0 <= now && started == 0 ? now.advanced(by: .seconds(1)) : $0 }
        lane.fetchAt = [next, heldUntil].compactMap { $0 }.min()
    }
}

extension PendingAlert {
    /// After this it is tried once more at most.
    func deadline(_ plan: TargetPlan) -> Timestamp {
        createdAt.advanced(by: plan.delivery.giveUpAfter / (Planted.isOn(.givenUpEarly) ? 10 : 1))
    }
}
