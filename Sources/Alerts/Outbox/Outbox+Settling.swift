package import Model

extension Outbox {
    /// What ended attempts make of their alerts and targets.
    ///
    /// - Parameter random: spreads the waits by ±20 %, so that what failed together does not come back together.
    package func decide(
        _ finished: [FinishedAttempt], at now: Timestamp, using random: inout some RandomNumberGenerator
    ) -> OutboxDecision {
        var next = self
        var writes = Writes()
        for attempt in finished {
            next.settle(attempt, at: now, using: &random, writes: &writes)
        }
        return writes.decision(&next)
    }

    private mutating func settle(
        _ attempt: FinishedAttempt, at now: Timestamp, using random: inout some RandomNumberGenerator,
        writes: inout Writes
    ) {
        guard var lane = lanes[attempt.start.target] else {
            settleDeparted(attempt, at: now, writes: &writes)
            return
        }
        guard lane.underWay.contains(attempt.start) else { return }
        let isOutdated = lane.begunBefore.contains(attempt.start)
        let isLate = lane.isSuspended && lane.begunBeforeSuspension.contains(attempt.start)
        lane.end(attempt.start)
        lane.look(at: now)
        let settling = Settling(attempt, plan: lane.plan, now: now)
        switch attempt.record.verdict.outcome {
        case .targetBroken where isOutdated, .tryAgain where isOutdated:
            // The operator has changed the target since: the new settings are to be tried.
            writes.settlements += settling.waiting(until: now, asPlainText: attempt.start.asPlainText)

        case .targetBroken where isLate:
            writes.settlements += settling.again(notBefore: now, using: &random)

        case .targetBroken where move(&lane, attempt):
            writes.moved.insert(lane.plan.name)
            writes.settlements += settling.waiting(until: now, asPlainText: attempt.start.asPlainText)

        case .delivered, .accepted:
            lane.noteAnswer()
            if let pause = attempt.record.verdict.pause { _ = block(lane.plan, for: pause, at: now) }
            limits[lane.plan.credential]?.throttleStreak = 0
            recover(&lane, at: now, writes: &writes)
            lane.isDraining = lane.isDraining || attempt.start.hadTrouble
            closeDigest(&lane, attempt.start)
            writes.settlements += settling.delivered(as: attempt.record.verdict.outcome)

        case .messageRefused:
            lane.noteAnswer()
            recover(&lane, at: now, writes: &writes)
            let isLastForm = attempt.start.asPlainText || !lane.plan.hasPlainForm
            if isLastForm, attempt.start.isDigest, lane.plan.hasPlainForm {
                // Each event may still be taken by itself.
                closeDigest(&lane, attempt.start)
                lane.singlyThrough = max(lane.singlyThrough, attempt.start.alerts.map(\.event.seq).max() ?? 0)
                writes.settlements += settling.waiting(until: now, asPlainText: false)
            } else if isLastForm {
                closeDigest(&lane, attempt.start)
                writes.settlements +=
                    Planted.isOn(.refusedIsDelivered) ? settling.delivered(as: .delivered) : settling.dead(because: nil)
            } else {
                writes.settlements += settling.waiting(until: now, asPlainText: true)
            }

        case .throttled(let retryAfter):
            lane.isDraining = false
            let until = block(lane.plan, for: pause(lane.plan, asked: retryAfter), at: now)
            limits[lane.plan.credential]?.throttleStreak += 1
            postponeProbe(&lane, to: until)
            writes.settlements += settling.again(notBefore: until, using: &random)

        case .tryAgain(let retryAfter):
            lane.isDraining = false
            lane.noteFailure(at: now)
            let until = retryAfter.map { block(lane.plan, for: $0, at: now) } ?? now
            if lane.isSuspended { postponeProbe(&lane, to: probeTime(lane, at: now, using: &random)) }
            writes.settlements += settling.again(notBefore: until, using: &random)

        case .targetBroken:
            lane.isDraining = false
            lane.isProven = false
            lane.record.brokenStreak += 1
            suspendIfDue(&lane, attempt, at: now, using: &random, writes: &writes)
            writes.settlements += settling.again(notBefore: now, using: &random)
        }
        lanes[lane.plan.name] = lane
        writes.touch(lane.plan.name)
    }

    /// An attempt at a target that is no longer in the config: what it achieved counts, and it is the last one.
    private mutating func settleDeparted(_ attempt: FinishedAttempt, at now: Timestamp, writes: inout Writes) {
        guard var lane = departed[attempt.start.target], lane.underWay.contains(attempt.start) else { return }
        lane.end(attempt.start)
        departed[attempt.start.target] = lane.underWay.isEmpty ? nil : lane
        let settling = Settling(attempt, plan: lane.plan, now: now)
        switch attempt.record.verdict.outcome {
        case .delivered, .accepted:
            writes.settlements += settling.delivered(as: attempt.record.verdict.outcome)
        default:
            writes.settlements += settling.dead(
                because:
                    "target removed: the config no longer names \(lane.plan.name), and the last attempt of this alert failed "
                    + "(\(attempt.record.verdict.reason ?? "no reason was given")); add it again, reload, and run "
                    + "`polarai-daemon alerts retry --target \(lane.plan.name)`")
        }
    }

    /// Follows a chat that the service has given another id.
    ///
    /// - Returns: false if there is none, or it is where the message went.
    private func move(_ lane: inout Lane, _ attempt: FinishedAttempt) -> Bool {
        guard let configured = lane.plan.chatID, let current = attempt.record.verdict.newChatID,
            current != (attempt.start.chat?.current ?? configured)
        else { return false }
        // One that goes on moving is broken: it would be followed for ever.
        guard attempt.start.chat == nil || lane.record.brokenStreak == 0 else { return false }
        if attempt.start.chat != nil { lane.record.brokenStreak += 1 }
        lane.record.movedChat = MovedChat(configured: configured, current: current)
        return true
    }

    // MARK: - Suspension

    /// How many attempts in a row must find a target broken: once is often a hiccup (DingTalk's 300005 comes and goes).
    static let brokenLimit = 3
    private static let probeWaits: [Duration] = [
        .seconds(60), .seconds(300), .seconds(900), .seconds(1800), .seconds(3600),
    ]

    private func suspendIfDue(
        _ lane: inout Lane, _ attempt: FinishedAttempt, at now: Timestamp,
        using random: inout some RandomNumberGenerator, writes: inout Writes
    ) {
        guard lane.record.brokenStreak >= Self.brokenLimit else { return }
        let reason = attempt.record.verdict.reason ?? "it refuses every message"
        lane.record.trouble = reason
        lane.record.probeAt = probeTime(lane, at: now, using: &random)
        guard !lane.isSuspended else { return }
        lane.record.suspendedSince = now
        lane.begunBeforeSuspension = lane.underWay
        writes.events.append(
            Event(kind: .targetFailing, observedAt: now, detail: reason, target: lane.plan.name))
    }

    private func probeTime(
        _ lane: Lane, at now: Timestamp, using random: inout some RandomNumberGenerator
    ) -> Timestamp {
        guard !Planted.isOn(.neverProbed) else { return .distantFuture }
        let failed = max(0, lane.record.brokenStreak - Self.brokenLimit)
        return now.advanced(by: Self.probeWaits[min(failed, Self.probeWaits.count - 1)].spread(using: &random))
    }

    private func postponeProbe(_ lane: inout Lane, to moment: Timestamp) {
        guard lane.isSuspended else { return }
        lane.record.probeAt = max(moment, lane.record.probeAt ?? moment)
    }

    /// The target judged a message, so it is not broken.
    func recover(_ lane: inout Lane, at now: Timestamp, writes: inout Writes) {
        lane.record.brokenStreak = 0
        lane.isProven = false
        guard let since = lane.record.suspendedSince else { return }
        lane.record.suspendedSince = nil
        lane.record.probeAt = nil
        lane.record.trouble = nil
        lane.isDraining = true
        writes.events.append(
            Event(
                kind: .targetRecovered, observedAt: now, notBefore: since,
                reason: .wasSuspended(.seconds(max(0, now.since(since).components.seconds))),
                target: lane.plan.name))
    }

    private func closeDigest(_ lane: inout Lane, _ start: Start) {
        if start.isDigest { lane.record.digestThrough = nil }
    }
}

extension Start {
    /// Whether an earlier attempt for one of its alerts failed.
    fileprivate var hadTrouble: Bool { alerts.contains { $0.attempts > 0 } }
}

extension Duration {
    /// The duration times a factor between 0.8 and 1.2.
    func spread(using random: inout some RandomNumberGenerator) -> Duration {
        .milliseconds(Int64(Double(wholeMilliseconds) * Double.random(in: 0.8...1.2, using: &random)))
    }
}
