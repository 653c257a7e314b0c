import Foundation
import Model
import Reports
import Testing

@testable import polarai_daemon

struct SummaryTextTests {
    private let now = Timestamp(milliseconds: 1_795_507_200_000)

    private func text(_ figures: SummaryFigures) -> String {
        SummaryText(style: TimeStyle(isUTC: true)).text(figures)
    }

    @Test func `a quiet day is a sentence`() {
        let figures = SummaryFigures(since: now.advanced(by: .seconds(-86_400)), until: now)
        #expect(text(figures) == "Since 2026-11-23 08:00:00Z: 0 completed, 0 failed.\n")
    }

    @Test func `what somebody wants to know in the morning`() {
        var figures = SummaryFigures(since: now.advanced(by: .seconds(-86_400)), until: now)
        figures.completed = 2
        figures.failed = 3
        figures.hours = 41.5
        figures.costs = [Cost(amount: 1234, currency: "CNY"), Cost(amount: 0.5, currency: "USD")]
        figures.failures = [
            SummaryFigures.Failure(
                id: "k-17", cluster: "pm-1", name: "nightly\u{1B}[2J", at: now,
                acknowledgement: Acknowledgement(at: now, author: "alice", comment: "restarting it")),
            SummaryFigures.Failure(id: "k-16", cluster: "pm-2", name: nil, at: now, acknowledgement: nil),
        ]
        figures.runningCount = 1
        figures.running = [
            SummaryFigures.Running(
                cluster: "pm-3", name: "reranker", startedAt: now, step: 120, totalSteps: 400,
                expectedEnd: now.advanced(by: .seconds(3600)))
        ]
        figures.overdue = [SummaryFigures.Trouble(cluster: "pm-4", name: nil, since: now)]
        figures.silences = [SummaryFigures.ActiveSilence(id: 3, comment: "moving data", endsAt: now)]
        figures.failingTargets = [SummaryFigures.FailingTarget(target: "chat", since: now)]
        figures.deadAlerts = 2
        #expect(
            text(figures) == """
                Since 2026-11-23 08:00:00Z: 2 completed, 3 failed; 41.5 training hours (ended runs), CNY 1234.00 and USD 0.50.
                Failed: 3
                  nightly\u{FFFD}[2J (pm-1), at 2026-11-24 08:00:00Z, acknowledged by alice: restarting it, k-17
                  pm-2, at 2026-11-24 08:00:00Z, not acknowledged, k-16
                  and 1 more
                Running: 1
                  reranker (pm-3), step 120 of 400 (30%), expected to end at 2026-11-24 09:00:00Z
                Overdue: 1
                  pm-4, since 2026-11-24 08:00:00Z
                Silences: 1
                  3 until 2026-11-24 08:00:00Z, moving data
                Suspended targets: 1
                  chat, since 2026-11-24 08:00:00Z
                Dead alerts: 2 (see: polarai-daemon alerts list)

                """)
    }
}
