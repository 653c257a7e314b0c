import Model

@testable import Alerts

/// What must hold after two weeks, whatever happened in them.
extension Weeks {
    func breaches() -> [String] {
        guard !hasSpun else { return ["it asks again and again without doing anything, at \(now.rfc3339)"] }
        return losses() + disorder() + broken(waits: Self.plans) + resends() + delays() + suspensions()
    }

    private func plan(_ target: String) -> TargetPlan? { Self.plans.first { $0.name == target } }

    /// Nothing is lost: all is reported, or dead with a reason and not before its time.
    private func losses() -> [String] {
        var taken: Set<AlertKey> = []
        var refusedAsPlain: Set<AlertKey> = []
        for sent in sent {
            if sent.isTaken { taken.formUnion(sent.start.keys) }
            if sent.outcome == .messageRefused, sent.start.asPlainText, !sent.start.isDigest {
                refusedAsPlain.formUnion(sent.start.keys)
            }
        }
        return store.rows.compactMap { key, row in
            let name = "alert \(key.seq) for \(key.target)"
            switch row.state {
            case .delivered, .accepted, .digested:
                return taken.contains(key) ? nil : "\(name) is \(row.state), and the receiver never got it"
            case .dead:
                if row.note?.isEmpty ?? true { return "\(name) is dead without a reason" }
                let isOld =
                    (deaths[key] ?? row.createdAt).since(row.createdAt)
                    >= (plan(key.target)?.delivery.giveUpAfter ?? .zero)
                return isOld || refusedAsPlain.contains(key)
                    ? nil : "\(name) is dead before its time: \(row.note ?? "")"
            case .pending: return "\(name) still waits"
            case .held: return "\(name) is held"
            case .suppressed: return "\(name) is suppressed"
            }
        }
    }

    /// Per target and line, what arrives arrives in order. Repeats aside, and what an operator put out of turn.
    private func disorder() -> [String] {
        var last: [String: Int64] = [:]
        var seen: Set<AlertKey> = []
        var breaches: [String] = []
        for sent in sent.sorted(by: { $0.at < $1.at }) where sent.isTaken {
            for alert in sent.start.alerts.sorted(by: { $0.event.seq < $1.event.seq })
            where seen.insert(alert.key).inserted && !retried.contains(alert.key) {
                let line = "\(alert.target) \(alert.event.event.line)"
                if let before = last[line], before > alert.event.seq {
                    breaches.append("\(line): \(alert.event.seq) comes after \(before)")
                }
                last[line] = max(last[line] ?? 0, alert.event.seq)
            }
        }
        // Nor are two of a line ever under way at once.
        var open: [String: Timestamp] = [:]
        for sent in sent.sorted(by: { $0.at < $1.at }) {
            for line in Set(sent.start.alerts.map { "\(sent.start.target) \($0.event.event.line)" }) {
                if let until = open[line], until > sent.at {
                    breaches.append("\(line): two at once at \(sent.at.rfc3339)")
                }
                open[line] = sent.isCutOff ? sent.at : sent.endsAt
            }
        }
        return breaches
    }

    /// A pause that the service asked for holds its whole credential, and no stretch of time sees more than its rate.
    private func broken(waits plans: [TargetPlan]) -> [String] {
        var breaches: [String] = []
        for (credential, plans) in Dictionary(grouping: plans, by: \.credential) {
            let names = Set(plans.map(\.name))
            let own = sent.filter { names.contains($0.start.target) }.sorted { $0.at < $1.at }
            var blockedUntil = Self.begin
            for (index, request) in own.enumerated() {
                for earlier in own[..<index].suffix(16) where !earlier.isCutOff && earlier.endsAt <= request.at {
                    if case .throttled(let wait?) = earlier.outcome {
                        blockedUntil = max(blockedUntil, earlier.endsAt.advanced(by: min(wait, Outbox.longestWait)))
                    }
                }
                if request.at < blockedUntil {
                    breaches.append("\(request.start.target) is sent to before \(blockedUntil.rfc3339)")
                }
            }
            guard let limit = plans.compactMap(\.pace).first?.limit else { continue }
            for (index, first) in own.enumerated() {
                // A crash forgets the token of what was under way.
                let slack = crashes.count { $0.at >= first.at && $0.at <= first.at.advanced(by: limit.period) }
                let excess = index + limit.count + slack * (plans.map(\.concurrency).max() ?? 1)
                guard excess < own.count, own[excess].at.since(first.at) < limit.period else { continue }
                breaches.append("\(credential): more than \(limit.count) in \(limit.period) from \(first.at.rfc3339)")
            }
        }
        return breaches
    }

    /// A refused message goes once more, as plain text. The alerts of a digest that was refused begin anew.
    private func resends() -> [String] {
        var refusals: [AlertKey: [Bool]] = [:]
        let digested = Set(sent.filter { $0.start.isDigest && $0.outcome == .messageRefused }.flatMap(\.start.keys))
        for sent in sent where sent.outcome == .messageRefused && !sent.isCutOff && !sent.start.isDigest {
            for key in sent.start.keys where !retried.contains(key) && !digested.contains(key) {
                refusals[key, default: []].append(sent.start.asPlainText)
            }
        }
        return refusals.compactMap { key, forms in
            forms == [false] || forms == [false, true] || forms == [true]
                ? nil : "alert \(key.seq) for \(key.target) was refused \(forms.count) times"
        }
    }

    /// What others suffer delays nothing at a target that works.
    private func delays() -> [String] {
        var first: [Int64: Sent] = [:]
        for sent in sent where sent.start.target == "steady" {
            for alert in sent.start.alerts where first[alert.event.seq] == nil { first[alert.event.seq] = sent }
        }
        return store.rows.values.compactMap { row in
            guard row.target == "steady" else { return nil }
            guard let reported = first[row.event.seq] else { return "steady never heard of \(row.event.seq)" }
            var free = row.createdAt
            for crash in crashes where crash.at <= reported.at { free = max(free, min(crash.until, reported.at)) }
            let delay = reported.at.since(free)
            // The trouble of targets waits for others to have the same.
            let hold: Duration = row.event.event.target == nil ? .zero : .seconds(60)
            return delay <= .seconds(30) + hold ? nil : "steady heard of \(row.event.seq) \(delay) late"
        }
    }

    /// Trouble is reported once, and so is its end.
    private func suspensions() -> [String] {
        Dictionary(grouping: troubles) { $0.target ?? "" }.compactMap { target, events in
            let kinds = events.map(\.kind)
            let wanted = kinds.indices.map { $0 % 2 == 0 ? EventKind.targetFailing : .targetRecovered }
            return kinds == wanted ? nil : "\(target): \(kinds)"
        }
    }
}
