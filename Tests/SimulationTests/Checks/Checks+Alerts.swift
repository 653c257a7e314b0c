import Model
import Monitor

/// Every event has its alerts, and every alert arrives, in order, or is seen to have failed.
extension Checks {
    func alertBreaches() -> [String] {
        routing() + arrivals() + repeats() + sentAgain() + order() + promptness()
    }

    /// Events and alerts are one commit: the rows of one are never without those of the other.
    private func routing() -> [String] {
        var targets: [Int64: Set<String>] = [:]
        for alert in record.alerts { targets[alert.seq, default: []].insert(alert.target) }
        return record.events.compactMap { event in
            let found = targets.removeValue(forKey: event.seq) ?? []
            let wanted = Self.targets(for: event)
            return found == wanted ? nil : "event \(event.seq) has alerts for \(found.sorted()), not \(wanted.sorted())"
        } + targets.keys.sorted().map { "alerts of event \($0), which is not there" }
    }

    /// The routes of `Setup`, said once more.
    private static func targets(for event: Record.Event) -> Set<String> {
        if event.sighting == .firstSeen, event.kind.isStatusChange, event.kind != .failed, event.kind != .gone {
            return []
        }
        switch event.kind {
        case .reminder: return ["flaky"]
        case .escalated, .summary: return ["steady"]
        default: break
        }
        var targets: Set<String> = []
        let isTold: Bool =
            switch event.kind {
            case .started, .restarted, .changed: false
            case .gone: event.from?.isSettled != true
            default: true
            }
        if isTold { targets.insert("steady") }
        if event.cluster?.rawValue.hasPrefix("pm-a") == true { targets.insert("flaky") }
        if event.kind == .completed || event.kind == .failed { targets.insert("journal") }
        return targets
    }

    private func arrivals() -> [String] {
        let arrived = Set(taken.map { "\($0.target) \($0.seq)" })
        let longRefusal = scenario.receiverFaults.contains { $0.kind == .refusesMessage }
        return record.alerts.compactMap { alert in
            let name = "alert \(alert.seq) for \(alert.target)"
            switch alert.state {
            case "delivered", "digested":
                if alert.target == "journal" { return nil }
                return arrived.contains("\(alert.target) \(alert.seq)")
                    ? nil : "\(name) is \(alert.state), and never arrived"
            case "dead" where alert.lastError?.hasPrefix("target removed") == true:
                return "\(name) is dead because its target was removed, and none ever was"
            case "dead" where alert.target == "flaky":
                if alert.lastError?.isEmpty ?? true { return "\(name) is dead, and nobody knows why" }
                let age = Scenario.length - alert.createdAt
                return longRefusal || age > scenario.giveUpAfter.millis ? nil : "\(name) is dead before its time"
            case "pending" where alert.dueAt > hostTime(at: Scenario.length - .minute):
                // A reminder may come in the last moment of a run, and hours may open then.
                return nil
            case "held":
                // Beyond the end of the run.
                return alert.heldUntil.map { $0.sinceBegin > Scenario.length - 4 * .day } ?? false
                    ? nil : "\(name) is still held"
            case "suppressed"
            where record.events[Int(alert.seq) - 1].target != nil
                && alert.lastError?.hasSuffix("recovered before its failure was reported") == true:
                // Nothing was sent of a failure that was over before it could be.
                return nil
            case "suppressed" where alert.wasHeld:
                return Self.reasons.contains { alert.lastError?.hasPrefix($0) == true }
                    ? nil : "\(name) is suppressed: \(alert.lastError ?? "nobody knows why")"
            default:
                return "\(name) is still \(alert.state) (\(alert.lastError ?? "no error"))"
            }
        }
    }

    /// Why what was held is not sent.
    private static let reasons = [
        "not sent: the problem was already over when the hold ended", "not sent: this alert reports the end of ",
        "not sent: li acknowledged the problem before the hold ended",
    ]

    private func repeats() -> [String] {
        let wanted = Set(record.alerts.map { "\($0.target) \($0.seq)" })
        var bodies: [String: [UInt8]] = [:]
        return taken.compactMap { message in
            let isDigest = message.id.contains("..")
            if !wanted.contains("\(message.target) \(message.seq)")
                || (!isDigest && message.id != "\(code(of: message.seq))-\(message.seq)")
            {
                return "\(message.target) got \(message.id), which was not for it"
            }
            let key = "\(message.target) \(message.id)"
            guard let body = bodies[key] else {
                bodies[key] = message.body
                guard !isDigest else { return nil }
                let event = record.events[Int(message.seq) - 1]
                let text = String(decoding: message.body, as: UTF8.self)
                return text.contains(#""id":"\#(message.id)","event":"\#(event.kind.rawValue)""#)
                    ? nil : "\(message.id) is about another event: \(text)"
            }
            return areOfOneEvent(body, message.body)
                ? nil : "\(message.id) came to \(message.target) with another body"
        }
    }

    /// What is stored as delivered is not sent again: only what was under way when a daemon died may come twice.
    private func sentAgain() -> [String] {
        // Times of the store can be compared only if nobody set the clock.
        guard scenario.clockSteps.isEmpty, chronicle.restored == nil else { return [] }
        return taken.compactMap { message in
            guard let delivered = record.delivered["\(message.target) \(message.seq)"],
                hostTime(at: message.at - .second) > delivered
            else { return nil }
            return "\(message.id) was sent to \(message.target) again at \(message.at), after its delivery was stored"
        }
    }

    /// Per target and line nothing ever comes after what is newer, of a task also if some of it was held; within one message
    /// failures come first.
    private func order() -> [String] {
        let held = Set(record.alerts.filter(\.wasHeld).map { "\($0.target) \($0.seq)" })
        var newest: [String: (seq: Int64, id: String)] = [:]
        return taken.compactMap { message in
            guard message.seq > 0, message.seq <= record.events.count else { return nil }
            let event = record.events[Int(message.seq) - 1]
            // The purpose of an escalation is the night.
            guard !event.kind.isOfRule,
                event.cluster != nil || !held.contains("\(message.target) \(message.seq)")
            else { return nil }
            let key = "\(message.target) \(event.line)"
            let last = newest[key] ?? (0, message.id)
            if message.seq > last.seq { newest[key] = (message.seq, message.id) }
            return message.seq < last.seq && message.id != last.id
                ? "\(message.id) came to \(message.target) after \(last.seq)" : nil
        }
    }

    /// A target that is well gets its alerts at once, however the other one fares.
    private func promptness() -> [String] {
        let first = Dictionary(taken.filter { $0.target == "steady" }.map { ($0.seq, $0.at) }) { first, _ in first }
        return record.alerts.filter { $0.target == "steady" && !$0.wasHeld }.compactMap { alert in
            guard let at = first[alert.seq] else { return nil }
            // From the first moment on at which the daemon and its disk were well for so long.
            let starts = [alert.createdAt] + chronicle.lives.map(\.start) + chronicle.diskFailures.map(\.upperBound)
            // The trouble of a target waits a minute for others that have the same cause.
            let isOfTarget = record.events[Int(alert.seq) - 1].target != nil
            let patience: Millis = (isOfTarget ? 95 : 30) * .second + scenario.newsTakes
            let possible = starts.filter { $0 >= alert.createdAt }.sorted().first {
                chronicle.wasWell($0..<($0 + patience), in: scenario)
            }
            guard let possible else { return nil }
            return at <= possible + patience
                ? nil : "alert \(alert.seq) reached steady only at \(at), not by \(possible + patience)"
        }
    }
}
