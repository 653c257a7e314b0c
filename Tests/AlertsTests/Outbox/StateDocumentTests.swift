import Model
import TestSupport
import Testing

@testable import Alerts

/// docs/state-machines.md says of alerts and targets what the outbox does.
struct StateDocumentTests {
    private static let page = "docs/state-machines.md"
    private static let outcomes: [(name: String, outcome: DeliveryOutcome)] = [
        ("delivered", .delivered), ("accepted", .accepted), ("throttled", .throttled(retryAfter: nil)),
        ("tryAgain", .tryAgain(retryAfter: nil)), ("messageRefused", .messageRefused),
        ("targetBroken", .targetBroken),
    ]
    private let target = TargetPlan(name: "chat", concurrency: 4)

    @Test func `every state is listed, and no other`() throws {
        let states = AlertState.allCases.map(\.rawValue)
        #expect(try DocumentTable(Self.page, header: ["alert", "meaning"]).rows.map { $0[0] } == states)
        let orders = try DocumentTable(Self.page, header: ["state", "retry", "retry --again", "drop"])
        #expect(orders.rows.map { $0[0] } == states)
    }

    @Test func `an attempt leaves an alert in the state of its row`() throws {
        let table = try DocumentTable(Self.page, header: ["outcome", "first time", "sent as plain text"])
        #expect(table.rows.map { $0[0] } == Self.outcomes.map(\.name))
        for (row, (name, outcome)) in zip(table.rows, Self.outcomes) {
            var bench = OutboxBench(target)
            bench.record("a")
            bench.finish(try bench.startOne(), outcome)
            #expect(bench.row(1)?.state.rawValue == row[1], "\(name)")

            var plain = OutboxBench(target)
            plain.record("a")
            plain.finish(try plain.startOne(), .messageRefused)
            plain.finish(try plain.startOne(), outcome)
            #expect(plain.row(1)?.state.rawValue == row[2], "\(name) as plain text")
        }
    }

    @Test func `an attempt leaves a target in the state of its row`() throws {
        let table = try DocumentTable(
            Self.page, header: ["state", "the attempt ends as", "next state", "event"])
        let rows = Dictionary(table.rows.map { ("\($0[0]) \($0[1])", [$0[2], $0[3]]) }) { first, _ in first }
        #expect(rows.count == 2 * Self.outcomes.count)
        for (name, outcome) in Self.outcomes {
            var working = OutboxBench(target)
            let attempts = outcome == .targetBroken ? 3 : 1
            for _ in 0..<attempts { try attempt(outcome, in: &working) }
            let own = outcome == .targetBroken ? "targetBroken, for the third time in a row" : name
            #expect(rows["working \(own)"] == outcomeRow(of: working), "\(name)")

            var suspended = OutboxBench(target)
            for _ in 0..<3 { try attempt(.targetBroken, in: &suspended) }
            suspended.events = []
            try attempt(outcome, in: &suspended)
            #expect(rows["suspended \(name)"] == outcomeRow(of: suspended), "\(name), suspended")
        }
    }

    private func attempt(_ outcome: DeliveryOutcome, in bench: inout OutboxBench) throws {
        // One that still waits is the next attempt's.
        if !bench.store.rows.values.contains(where: { $0.state == .pending }) {
            bench.record("task \(bench.store.rows.count)")
        }
        bench.pass(.seconds(2 * 3600))
        bench.finish(try bench.startOne(), outcome)
    }

    private func outcomeRow(of bench: OutboxBench) -> [String] {
        let isSuspended = bench.outbox.lanes["chat"]?.isSuspended ?? false
        let events = bench.events.map(\.kind.rawValue).joined(separator: ", ")
        return [isSuspended ? "suspended" : "working", events.isEmpty ? "-" : events]
    }
}
