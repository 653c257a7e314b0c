import Model

/// Who is notified when: nobody is reminded of what is over or in somebody's hands, nothing is escalated twice or for
/// nothing, and every day has its summary.
extension Checks {
    func notifyingBreaches() -> [String] {
        mentions(record.reminded, "reminder") + mentions(record.escalated, "escalation") + escalations() + summaries()
            + holds()
    }

    private func event(_ seq: Int64) -> Record.Event { record.events[Int(seq) - 1] }

    private func mentions(_ mentions: [Record.Mention], _ word: String) -> [String] {
        mentions.compactMap { mention in
            let original = event(mention.of)
            guard [.failed, .gone, .stalled, .overdue].contains(original.kind) else {
                return "\(word) \(mention.by) is of event \(mention.of), a \(original.kind.rawValue)"
            }
            let end = record.events[Int(mention.of)..<Int(mention.by - 1)].first {
                $0.cluster == original.cluster && original.kind.endedBy.contains($0.kind)
            }
            if let end { return "\(word) \(mention.by) is of event \(mention.of), which event \(end.seq) ended" }
            // By the host's clock, which may have been set back since.
            guard scenario.clockSteps.isEmpty, let at = record.acknowledged[mention.of],
                let time = record.observed[mention.by], at < time
            else { return nil }
            return "\(word) \(mention.by) is of event \(mention.of), which was acknowledged before"
        }
    }

    private func escalations() -> [String] {
        var seen: Set<Int64> = []
        return record.escalated.compactMap { escalation in
            guard seen.insert(escalation.of).inserted else {
                return "event \(escalation.of) was escalated twice, by \(escalation.by)"
            }
            guard scenario.clockSteps.isEmpty,
                event(escalation.by).at < event(escalation.of).at + scenario.escalateAfter.millis
            else { return nil }
            return "event \(escalation.of) was escalated too soon, by \(escalation.by)"
        } + neglected()
    }

    /// What nobody took in hand, and nothing silenced, is escalated once the daemon can.
    private func neglected() -> [String] {
        guard scenario.clockSteps.isEmpty else { return [] }
        let escalated = Set(record.escalated.map(\.of))
        return record.events.compactMap { event in
            guard [.failed, .stalled, .gone].contains(event.kind), event.cluster?.rawValue.hasPrefix("pm-a") == true,
                event.sighting != .firstSeen, event.kind != .gone || event.from?.isSettled != true,
                !escalated.contains(event.seq), record.acknowledged[event.seq] == nil
            else { return nil }
            let due = event.at + scenario.escalateAfter.millis
            let span = due..<(due + 5 * .minute)
            let isSilenced = scenario.silences.contains { $0.span.overlaps(event.at..<span.upperBound) }
            let end = record.events[Int(event.seq)...].first {
                $0.cluster == event.cluster && event.kind.endedBy.contains($0.kind)
            }
            guard !isSilenced, chronicle.wasWell(span, in: scenario), span.upperBound < Scenario.length,
                end.map({ $0.at > span.upperBound }) ?? true
            else { return nil }
            return "event \(event.seq) was not escalated"
        }
    }

    private func summaries() -> [String] {
        let times = record.events.filter { $0.kind == .summary }.map(\.at)
        guard scenario.clockSteps.isEmpty else {
            return times.count <= 8 + scenario.clockSteps.count * 5
                ? [] : ["\(times.count) summaries, with \(scenario.clockSteps.count) steps of the clock"]
        }
        var breaches: [String] = []
        var from: Millis = 0
        while let next = scenario.summaryTime.next(after: from.timestamp) {
            let at = next.sinceBegin
            guard at < Scenario.length else { break }
            let following = scenario.summaryTime.next(after: next)?.sinceBegin ?? Scenario.length
            let own = times.filter { $0 >= at && $0 < following }
            if own.count > 1 { breaches.append("\(own.count) summaries for the time \(at)") }
            let couldSend = chronicle.lives.contains { life in
                let start = max(life.start, at)
                return start + 5 * .minute <= min(life.end, following)
                    && chronicle.wasWell(start..<(start + 5 * .minute), in: scenario)
            }
            let hasRun = chronicle.lives.first.map { $0.start < at } ?? false
            if own.isEmpty, couldSend, hasRun { breaches.append("no summary for the time \(at)") }
            from = at
        }
        return breaches
    }

    /// Nothing is held for which there is neither a silence nor an hour.
    private func holds() -> [String] {
        guard scenario.hours == nil, scenario.silences.isEmpty else { return [] }
        return record.alerts.filter(\.wasHeld).map { "alert \($0.seq) for \($0.target) was held by nothing" }
    }
}
