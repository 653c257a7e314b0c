import Model
import Testing

@testable import Alerts

/// Nothing is lost, order is kept, waits are obeyed and no target suffers for another: weeks of chance, one a seed.
struct OutboxWeeksTests {
    @Test(arguments: UInt64(1)...30)
    func `two weeks`(seed: UInt64) {
        var weeks = Weeks(seed: seed)
        weeks.run()
        for breach in weeks.breaches().prefix(10) { Issue.record("seed \(seed): \(breach)") }
    }

    /// The weeks above would prove nothing if nothing happened in them.
    @Test func `the weeks see everything that can happen`() {
        var missing: Set<String> = [
            "digest", "plain digest", "plain text", "dead", "suspended", "recovered", "crash", "retry", "repeat",
            "account", "throttled", "history", "targets",
        ]
        for seed in UInt64(1)...20 where !missing.isEmpty {
            var weeks = Weeks(seed: seed)
            weeks.run()
            for sent in weeks.sent {
                if sent.start.isDigest { missing.remove(sent.start.asPlainText ? "plain digest" : "digest") }
                if sent.start.asPlainText, !sent.start.isDigest { missing.remove("plain text") }
                if sent.isTaken, sent.outcome == .tryAgain(retryAfter: nil) { missing.remove("repeat") }
                if case .throttled = sent.outcome { missing.remove("throttled") }
                if sent.start.isDigest, sent.start.group == .endedLongAgo { missing.remove("history") }
                if sent.start.isDigest, sent.start.group == .targets { missing.remove("targets") }
                if sent.start.alerts[0].event.event.line.hasPrefix("@") { missing.remove("account") }
            }
            if weeks.store.rows.values.contains(where: { $0.state == .dead }) { missing.remove("dead") }
            if weeks.troubles.contains(where: { $0.kind == .targetFailing }) { missing.remove("suspended") }
            if weeks.troubles.contains(where: { $0.kind == .targetRecovered }) { missing.remove("recovered") }
            if !weeks.crashes.isEmpty { missing.remove("crash") }
            if !weeks.retried.isEmpty { missing.remove("retry") }
        }
        #expect(missing.isEmpty)
    }
}
