import Foundation
import Model
import Reports
import Testing

@testable import Store
@testable import polarai_daemon

struct RunsTableTests {
    private static let start = Timestamp(milliseconds: 1_795_507_200_000)

    private func run(
        _ outcome: RunRecord.Outcome, after length: Duration?, source: RunRecord.Source = .observed,
        name: String? = nil, description: String? = nil,
        steps: Int? = nil, loss: Double? = nil, cost: Double? = nil, startedAt: Timestamp? = start
    ) -> StoredRun {
        StoredRun(
            place: RunPlace(at: Self.start, id: 1),
            record: RunRecord(
                cluster: ClusterID("pm-2ze9examp1e00001"), name: name,
                scope: AccountRegion(account: "default", region: "cn-beijing"), startedAt: startedAt,
                endedAt: length.flatMap { startedAt?.advanced(by: $0) }, outcome: outcome, source: source,
                steps: steps, lastLoss: loss, cost: cost.map { Cost(amount: $0, currency: "CNY") }),
            description: description)
    }

    private func words(_ run: StoredRun, after length: Duration = .seconds(3600)) -> RunWords {
        RunWords(run.record, at: Self.start.advanced(by: length))
    }

    private let listing = RunListing(
        style: TimeStyle(isUTC: true), now: Self.start.advanced(by: .seconds(600)))

    @Test func `a table, marked where a run is known from the list alone`() throws {
        let text = try listing.table(
            [
                run(.completed, after: .seconds(7261), source: .listed),
                run(.failed, after: .seconds(60), name: "nightly", steps: 1200, loss: 0.4321, cost: 12.5),
                run(.running, after: nil, description: "weekly fine-tune"), run(.gone, after: nil, startedAt: nil),
            ], isColoured: false)
        let lines = text.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
        #expect(
            lines[0].joined(separator: " ")
                == "NAME TASK STARTED ENDED DURATION OUTCOME STEPS LAST LOSS COST")
        #expect(text.contains("2026-11-24 08:00:00Z  2026-11-24 10:01:01Z  2h1m1s    completed (listed)"))
        #expect(lines[2].suffix(5) == ["failed", "1200", "0.4321", "CNY", "12.50"])
        #expect(lines[3].suffix(3) == ["-", "10m", "running"])
        #expect(lines[3].prefix(2) == ["weekly", "fine-tune"])
        #expect(lines[4].suffix(4) == ["-", "-", "-", "gone"])
    }

    @Test func `CSV has the names and the values of the JSON`() throws {
        var printer = ListingPrinter(listing, as: .csv)
        try printer.print(run(.completed, after: .seconds(90), name: "a, b", loss: 0.5, cost: 2))
        printer.end()
        let text = String(decoding: printer.take(), as: UTF8.self)
        let lines = text.components(separatedBy: "\r\n")
        #expect(
            lines[0]
                == "cluster,name,account,region,started_at,ended_at,duration_seconds,outcome,steps,last_loss,cost,source"
        )
        #expect(
            lines[1].hasPrefix(
                #"pm-2ze9examp1e00001,"a, b",default,cn-beijing,2026-11-24T08:00:00.000Z,2026-11-24T08:01:30.000Z,90,completed,,0.5,"#
            ))
        #expect(lines[1].contains(#"""amount"""#) && lines[1].hasSuffix(",observed"))
        #expect(lines.count == 3 && lines[2].isEmpty)
    }

    @Test func `the last run beside the one before`() {
        let last = words(run(.completed, after: .seconds(7200), steps: 2400, loss: 0.5))
        let before = words(run(.completed, after: .seconds(3600), steps: 1600, loss: 0.25))
        #expect(last.sentence == "completed after 2h, 1200 steps/h, last loss 0.5")
        #expect(last.difference(from: before) == "1h longer (+100%), steps/h -25%, last loss +0.25")
        #expect(before.difference(from: last) == "1h shorter (-50%), steps/h +33%, last loss -0.25")
        #expect(last.difference(from: last) == "as long, steps/h 0%, last loss 0")
        let running = words(run(.running, after: nil, steps: 600), after: .seconds(1800))
        #expect(running.sentence == "running for 30m, 1200 steps/h")
        #expect(running.difference(from: before) == "steps/h -25%")
        #expect(words(run(.gone, after: nil, startedAt: nil)).difference(from: before) == nil)
    }

    @Test func `numbers that are none of a training's`() {
        let odd = words(run(.failed, after: .zero, steps: .max, loss: -1e300, cost: 0.005))
        #expect(odd.sentence == "failed after 0s, last loss -1e+300, CNY 0.01")
        #expect(words(run(.running, after: nil), after: .seconds(-5)).sentence == "running")
    }
}
