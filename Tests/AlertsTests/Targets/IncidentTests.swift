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
        // What is open elsewhere is closed by what ends it.
        #expect(try actions(completed, open: [.targetFailing]) == ["change"])
    }
}
