import Model
import Testing

@testable import Alerts

/// What closes an incident is sent if there is one to close.
struct IncidentTests {
    private func actions(_ event: Event, open: Set<EventKind>?) throws -> [String] {
        var context = try ResolvedTarget(
            TargetSample.settings(.pagerduty), read: TargetSample.read, now: Sample.now
        ).context
        context.openTroubles = open
        return try PagerDuty().requests(for: .alert(Sample.stored(event)), in: context).map {
            try JSONValue(parsing: $0.body)["event_action"]?.stringValue ?? "change"
        }
    }

    @Test func `PagerDuty gets a resolve for each open incident and for no other`() throws {
        let completed = Sample.event(.completed)
        let all = try actions(completed, open: nil)
        #expect(all.count { $0 == "resolve" } > 1, "not known: all that it may close")
        #expect(try actions(completed, open: []) == ["change"])
        #expect(try actions(completed, open: [.stalled]) == ["resolve", "change"])
        #expect(try actions(Sample.event(.failed), open: []) == ["trigger"])
        #expect(try actions(Sample.event(.failed), open: [.stalled]) == ["resolve", "trigger"])
        // A training that stands still and is deleted stands still no more.
        #expect(try actions(Sample.event(.gone), open: [.stalled]) == ["resolve", "trigger"])
        #expect(try actions(Sample.event(.pollRecovered), open: [.pollFailing]) == ["resolve"])
        // What is open elsewhere is closed by what ends it.
        #expect(try actions(completed, open: [.targetFailing]) == ["change"])
    }

    @Test(arguments: ["FAILED", "COMPLETED", "GONE"])
    func `what is known to be open ends, though the event that ended it was never sent`(from: String) throws {
        var restarted = Sample.event(.restarted)
        restarted.from = ClusterStatus(from)
        #expect(try actions(restarted, open: [.overdue, .stalled]).count { $0 == "resolve" } == 2)
        let open = Incident.closed(by: restarted, open: nil)
        #expect(!open.contains { $0.trouble == .overdue || $0.trouble == .stalled }, "if that is not known")
        // Alertmanager: the end of what may be open, and of what is.
        var context = try ResolvedTarget(
            TargetSample.settings(.alertmanager), read: TargetSample.read, now: Sample.now
        ).context
        context.openTroubles = [.overdue, .failed]
        let request = try #require(
            try Alertmanager().requests(for: .alert(Sample.stored(restarted)), in: context).first)
        let names = try JSONValue(parsing: request.body).arrayValue?.compactMap {
            $0["labels"]?["alertname"]?.stringValue
        }
        #expect(names?.count == Set(names ?? []).count)
        #expect(names?.contains("PolarAITaskOverdue") == true && names?.contains("PolarAITaskFailed") == true)
    }
}
