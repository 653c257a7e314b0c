import Model

/// Hours hold what they should, as long as they should, and nothing else: by the table of when clocks are changed.
extension Checks {
    func hoursBreaches() -> [String] {
        disturbed() + heldByNothing() + early() + late() + stale() + unjustified()
    }

    /// What the host's clock shows at a moment of the run.
    func hostTime(at time: Millis) -> Timestamp {
        (time + (scenario.clockSteps.last { $0.at <= time }?.ahead ?? 0)).timestamp
    }

    func event(of alert: Record.Alert) -> Record.Event { record.events[Int(alert.seq) - 1] }

    /// The hours that an alert obeys: those of its target's one route.
    func hours(of alert: Record.Alert) -> SimulatedHours? {
        switch (event(of: alert).kind, alert.target) {
        case (.escalated, _), (.summary, _): nil
        case (_, "steady"): scenario.hours
        case (_, "flaky"): scenario.flakyHours
        default: nil
        }
    }

    /// Nothing is sent, and nobody reminded, as long as hours are closed.
    private func disturbed() -> [String] {
        record.alerts.filter { !$0.wasHeld }.compactMap { alert in
            guard let hours = hours(of: alert), !hours.isOpen(at: alert.storedAt) else { return nil }
            return "alert \(alert.seq) for \(alert.target) was due at \(alert.storedAt.rfc3339), out of hours"
        }
    }

    /// What is held is so because hours are closed, a silence lasts, or something before it is held.
    private func heldByNothing() -> [String] {
        record.alerts.filter(\.wasHeld).compactMap { alert in
            if let hours = hours(of: alert), !hours.isOpen(at: alert.storedAt) { return nil }
            if hasSilence(for: alert) { return nil }
            let line = event(of: alert).line
            let isBehind = record.alerts.prefix { $0.seq < alert.seq }.contains {
                $0.wasHeld && $0.target == alert.target && event(of: $0).line == line
            }
            return isBehind
                ? nil : "alert \(alert.seq) for \(alert.target) was held at \(alert.storedAt.rfc3339) by nothing"
        }
    }

    private func hasSilence(for alert: Record.Alert) -> Bool {
        // With a clock that was set back, it is not known which silences there were.
        scenario.clockSteps.isEmpty
            ? silence(of: alert, at: alert.storedAt) != nil
            : record.silences.contains { $0.span.contains(alert.storedAt) }
    }

    /// A hold ends when hours are open, and not before.
    private func early() -> [String] {
        record.alerts.filter { $0.wasHeld && $0.wasReleased }.compactMap { alert in
            guard let hours = hours(of: alert), !hours.isOpen(at: alert.dueAt) else { return nil }
            return "alert \(alert.seq) for \(alert.target) was let go at \(alert.dueAt.rfc3339), out of hours"
        }
    }

    /// A hold ends as soon as hours are open and no silence lasts, if the daemon is well then.
    private func late() -> [String] {
        guard scenario.clockSteps.isEmpty else { return [] }
        return record.alerts.filter(\.wasHeld).compactMap { alert in
            let opening = end(ofHold: alert)
            let span = opening.sinceBegin..<(opening.sinceBegin + .minute)
            guard alert.wasReleased || alert.state == "held", span.upperBound < Scenario.length,
                chronicle.wasWell(span, in: scenario)
            else { return nil }
            let name = "alert \(alert.seq) for \(alert.target)"
            if alert.state == "held" { return "\(name) is held, and could be sent from \(opening.rfc3339) on" }
            return alert.dueAt < opening.advanced(by: .seconds(60))
                ? nil : "\(name) was let go at \(alert.dueAt.rfc3339), not at \(opening.rfc3339)"
        }
    }

    /// The first moment at which nothing holds an alert, whatever held it.
    private func end(ofHold alert: Record.Alert) -> Timestamp {
        var end = alert.storedAt
        for _ in 0..<100 {
            let next = hours(of: alert)?.opening(from: end) ?? end
            guard let silence = record.silences.first(where: { $0.span.contains(next) }) else { return next }
            end = silence.span.upperBound
        }
        return end
    }

    /// Of what was over when its hold ended, nothing is sent.
    private func stale() -> [String] {
        record.alerts.filter { $0.wasHeld && $0.wasReleased }.compactMap { alert in
            let event = event(of: alert)
            guard [.pollFailing, .stalled].contains(event.kind) else { return nil }
            let end = record.events[Int(alert.seq)...].first {
                $0.line == event.line && $0.kind == (event.kind == .stalled ? .stallEnded : .pollRecovered)
            }
            guard let end, let ended = record.alerts.first(where: { $0.seq == end.seq }), ended.storedAt < alert.dueAt
            else { return nil }
            return scenario.clockSteps.isEmpty
                ? "alert \(alert.seq) for \(alert.target) was sent, though it was over by event \(end.seq)" : nil
        }
    }

    /// The report that a target fails which then recovered, or that it recovered from that.
    private func isTakenBack(_ event: Record.Event) -> Bool {
        let own = record.events.filter {
            $0.target == event.target && [.targetFailing, .targetRecovered].contains($0.kind)
        }
        let pair = event.kind == .targetFailing ? own.first { $0.seq > event.seq } : own.last { $0.seq < event.seq }
        return pair?.kind == (event.kind == .targetFailing ? .targetRecovered : .targetFailing)
    }

    /// What is suppressed says why, and that is so.
    private func unjustified() -> [String] {
        record.alerts.filter { $0.wasHeld && $0.state == "suppressed" }.compactMap { alert in
            let name = "alert \(alert.seq) for \(alert.target)"
            let reason = alert.lastError ?? ""
            let event = event(of: alert)
            if reason.hasPrefix("not sent: li acknowledged") {
                let of = record.escalated.first { $0.by == alert.seq }?.of
                return of.map { record.acknowledged[$0] != nil } ?? false
                    ? nil : "\(name) is suppressed as acknowledged, which nobody did"
            }
            if let target = event.target, reason == "target \(target) recovered before its failure was reported" {
                return isTakenBack(event) ? nil : "\(name), a \(event.kind.rawValue), is suppressed: \(reason)"
            }
            guard let number = reason.split(separator: "-").last?.prefix(while: \.isNumber),
                let seq = Int64(number), let other = record.events.first(where: { $0.seq == seq })
            else {
                // For example the limit was raised: no event says so.
                return reason.hasSuffix("(the task is not overdue any more)") && event.kind == .overdue
                    ? nil : "\(name) is suppressed for \(reason)"
            }
            let isOver = reason.hasPrefix("not sent: the problem was already over") && seq > alert.seq
            let isEnd = reason.hasPrefix("not sent: this alert reports the end of") && seq < alert.seq
            return (isOver || isEnd) && other.cluster == event.cluster && other.account == event.account
                ? nil : "\(name), a \(event.kind.rawValue), is suppressed for \(reason)"
        }
    }
}

extension Record.Alert {
    /// Whether its hold ended, and it was to be sent then.
    var wasReleased: Bool { ["pending", "delivered", "accepted", "digested", "dead"].contains(state) }
}
