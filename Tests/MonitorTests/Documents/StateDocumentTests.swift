import Model
import Monitor
import TestSupport
import Testing

/// docs/state-machines.md says of tasks what the monitor does.
struct StateDocumentTests {
    private static let replies: [(state: String, reply: Reply)] = [
        ("other", .status("CREATING")), ("ACTIVATION", .activation), ("COMPLETED", .completed), ("FAILED", .failed),
        ("GONE", .notFound),
    ]

    /// What comes of a task that is in one state and then, an hour later, in another.
    private func events(_ from: Reply?, _ to: Reply) -> [EventKind] {
        var lab = Lab(settings([cluster("a"), cluster("b")], schedule: .steady)) { id, time in
            guard id == "a" else { return .activation }
            return time < .seconds(3600) ? from ?? to : to
        }
        lab.run(for: .seconds(3600))
        if from != nil { lab.forget() }
        lab.run(for: .seconds(3 * 3600))
        #expect(lab.faults.isEmpty, "\(lab.faults)")
        return lab.kinds(of: "a")
    }

    @Test func `every pair of states has its row, and the event of that row`() throws {
        let table = try DocumentTable("docs/state-machines.md", header: ["from", "to", "event"])
        var documented: [String: String] = [:]
        for row in table.rows { documented["\(row[0]) to \(row[1])"] = row[2] }
        var actual: [String: String] = [:]
        for to in Self.replies {
            actual["- to \(to.state)"] = events(nil, to.reply).map(\.rawValue).joined(separator: ", ")
            for from in Self.replies where from.state != to.state {
                actual["\(from.state) to \(to.state)"] = events(from.reply, to.reply).map(\.rawValue)
                    .joined(separator: ", ")
            }
        }
        actual["other to other"] = events(.status("CREATING"), .status("QUEUED")).map(\.rawValue)
            .joined(separator: ", ")
        #expect(documented == actual)
        #expect(documented.count == table.rows.count, "no row twice")
    }

    @Test func `conditions begin and end with kinds of events that exist`() throws {
        let table = try DocumentTable("docs/state-machines.md", header: ["condition", "begins with", "ends with"])
        #expect(!table.rows.isEmpty)
        for row in table.rows {
            for name in row[1...].flatMap({ $0.split(separator: ", ") }) where name != "-" {
                #expect(EventKind(rawValue: String(name)) != nil, "\(name)")
            }
        }
    }
}
