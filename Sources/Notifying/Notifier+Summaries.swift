package import Model

/// A `summary` to store.
package struct DueSummary: Hashable, Sendable {
    /// The rule as it is once the summary is stored.
    package let rule: RuleRecord
    /// What it covers: from here to now.
    package let since: Timestamp
    package let alerts: [AlertDecision]
}

extension Notifier {
    /// What identifies the entries of `summaries` across a change of the config.
    package var summaryRules: Set<String> { Set(summaries.map(\.fingerprint)) }

    /// A time before this is one that a wrong clock has left behind: no history of that age is counted.
    private static let longestCovered = Duration.seconds(400 * 86_400)

    /// The summaries that are due at a time. Silences and hours do not hold them; several missed ones are one.
    package func dueSummaries(rules: [RuleRecord], at now: Timestamp) -> Due<DueSummary> {
        var due = Due<DueSummary>()
        for entry in summaries {
            guard let latest = entry.at.latest(at: now), let next = entry.at.next(after: now),
                var rule = rules.first(where: { $0.kind == .summary && $0.key == entry.fingerprint })
            else { continue }
            due.look(at: next)
            // A daemon's first start sends none for a time before it. One that was sent by a clock that was ahead counts
            // for its time, unless that is so far ahead that others would be missed.
            let last = rule.lastAt ?? rule.since
            let isDropped = Planted.isOn(.lateSummaryDropped) && now.since(latest) > .seconds(3600)
            guard last < latest, !isDropped else {
                if last > next { reset(rule, to: latest, in: &due) }
                continue
            }
            let covered = rule.coveredUntil.flatMap { $0 < now ? $0 : nil }
            rule.lastAt = latest
            rule.coveredUntil = now
            due.items.append(
                DueSummary(
                    rule: rule,
                    since: max(
                        covered ?? now.advanced(by: .seconds(-86_400)), now.advanced(by: .zero - Self.longestCovered)),
                    alerts: targets.filter { entry.targets.contains($0.name) }.map { AlertDecision(target: $0.name) }))
        }
        return due
    }

    /// Nothing is sent: only the rule is put right.
    private func reset(_ rule: RuleRecord, to latest: Timestamp, in due: inout Due<DueSummary>) {
        var rule = rule
        rule.lastAt = latest
        due.items.append(DueSummary(rule: rule, since: latest, alerts: []))
    }
}

extension SummarySettings {
    var fingerprint: String {
        let days = at.days.days.map(\.rawValue).sorted().map(String.init).joined()
        return "\(at.time.minutes) \(days) \(at.zone.name) \(targets.sorted().joined(separator: "\u{1f}"))"
    }
}
