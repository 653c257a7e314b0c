import Model

/// Who is notified when: nobody is reminded of what is over or in somebody's hands, nothing is escalated twice or for
/// nothing, and every day has its summary.
extension Checks {
    func notifyingBreaches() -> [String] {
        mentions(record.reminded, "reminder") + mentions(record.escalated, "escalation") + escalations()
            + forgotten()
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

    /// What nobody took in hand is in a reminder at the latest one interval after it was stored, if nothing holds that.
    private func forgotten() -> [String] {
        guard scenario.clockSteps.isEmpty else { return [] }
        let mentions = Dictionary(grouping: record.reminded, by: \.of)
        return record.events.compactMap { event in
            guard [.failed, .stalled, .gone].contains(event.kind), event.cluster?.rawValue.hasPrefix("pm-a") == true,
                event.sighting != .firstSeen, event.kind != .gone || event.from?.isSettled != true,
                record.acknowledged[event.seq] == nil
            else { return nil }
            let due = event.at + scenario.remind.millis
            let span = due..<(due + 5 * .minute)
            let isSilenced = record.silences.contains {
                $0.span.overlaps(event.at.timestamp..<span.upperBound.timestamp)
            }
            let end = record.events[Int(event.seq)...].first {
                $0.cluster == event.cluster && event.kind.endedBy.contains($0.kind)
            }
            // The hours may have opened just now, and be about to close.
            let isOpen = [span.lowerBound, span.upperBound].allSatisfy {
                scenario.flakyHours?.isOpen(at: $0.timestamp) ?? true
            }
            guard !isSilenced, isOpen, chronicle.wasWell(span, in: scenario), span.upperBound < Scenario.length,
                end.map({ $0.at > span.upperBound }) ?? true,
                !(mentions[event.seq] ?? []).contains(where: { self.event($0.by).at <= span.upperBound })
            else { return nil }
            return "nobody was reminded of event \(event.seq)"
        }
    }
}
