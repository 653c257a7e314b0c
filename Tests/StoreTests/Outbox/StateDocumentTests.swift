import Model
import TestSupport
import Testing

@testable import Store

/// docs/state-machines.md says of an operator's orders what the store does.
@Suite(.onBothEngines)
struct StateDocumentTests {
    @Test func `retry and drop lead to the states of their rows`() throws {
        let table = try DocumentTable(
            "docs/state-machines.md", header: ["state", "retry", "retry --again", "drop"])
        #expect(table.rows.count == AlertState.allCases.count)
        for row in table.rows {
            let state = try #require(AlertState(rawValue: row[0]))
            #expect(try result(.retry, again: false, of: state) == row[1], "retry of \(state)")
            #expect(try result(.retry, again: true, of: state) == row[2], "retry --again of \(state)")
            #expect(try result(.drop, again: false, of: state) == row[3], "drop of \(state)")
        }
    }

    /// The state that an order leads to; "=" if it leaves the alert as it is.
    private func result(_ action: AlertAction, again: Bool, of state: AlertState) throws -> String {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let seq: Int64
        if state == .held {
            let hold = Hold(until: StoreFixture.time(60), reasons: [.hours(route: 0)])
            let alert = AlertDecision(target: "chat", disposition: .held(hold))
            let routed = RoutedEvent(event: StoreFixture.event(), alerts: [alert])
            seq = try store.record(Recording(events: [routed]), at: StoreFixture.start)[0].seq
        } else {
            seq = try store.record(StoreFixture.event())[0].seq
            try store.settle(seq, state, next: state == .pending ? 60 : nil)
        }
        let answer = try store.change(action, [seq], again: again, at: 1)
        if answer.changed.isEmpty { return "=" }
        let reader = try fixture.outside()
        return try reader.read { try $0.text("SELECT state FROM outbox WHERE seq = ?", [seq]) } ?? ""
    }
}
