import Foundation
import Model
import Reports
import TestSupport
import Testing

@testable import Store
@testable import polarai_daemon

/// What commands that list something print, byte for byte, in each format. `POLARAI_RECORD=1` writes the files anew.
struct ListingFormatTests {
    private let now = Timestamp(milliseconds: 1_764_000_000_000)
    private let style = TimeStyle(isUTC: true)

    private func time(_ seconds: Int64) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    private func bytes<Rows: RowListing>(
        _ rows: [Rows.Row], of listing: Rows, as format: OutputFormat,
        csvHeader: ListingPrinter<Rows>.CSVHeader = .always, isColoured: Bool = false
    ) throws -> [UInt8] {
        var printer = ListingPrinter(listing, as: format, csvHeader: csvHeader, isColoured: isColoured)
        for row in rows { try printer.print(row) }
        printer.end()
        return printer.take()
    }

    // MARK: Rows

    private var alerts: [AlertRow] {
        [
            AlertRow(
                seq: 2, id: "k3v9x2ab-2", event: "failed", cluster: "pm-1", name: "a, \"b\" 训练", target: "chat",
                state: .pending, attempts: 2, createdAt: time(-60), nextAttemptAt: time(30), lastAttemptAt: time(-5),
                lastCode: "HTTP 503", lastError: "the server is\nbusy", heldUntil: nil, heldBy: []),
            AlertRow(
                seq: 3, id: "k3v9x2ab-3", event: "poll_failing", cluster: nil, name: nil, target: "ops", state: .held,
                attempts: 0, createdAt: time(-50), nextAttemptAt: nil, lastAttemptAt: nil, lastCode: nil,
                lastError: nil, heldUntil: time(3600),
                heldBy: [.silence(id: 3, comment: "maintenance, all day"), .hours(route: 0)]),
            AlertRow(
                seq: 4, id: "k3v9x2ab-4", event: "completed", cluster: "pm-2", name: nil, target: "ops", state: .dead,
                attempts: 9, createdAt: time(-40), nextAttemptAt: nil, lastAttemptAt: time(-1), lastCode: nil,
                lastError: "given up", heldUntil: nil, heldBy: []),
        ]
    }

    private var clusters: [StatusRow] {
        let scope = AccountRegion(account: "default", region: "cn-beijing")
        var progress = ProgressRecord(cluster: ClusterID("pm-1"))
        progress.latest = TrainingProgress(
            step: 120, totalSteps: 900, epoch: 0.5, metrics: ["loss": .number(1.25)], loggedAt: time(-3))
        return [
            StatusRow(
                cluster: ClusterID("pm-1"), name: "nightly", scope: scope, instance: "pc-1", description: "qwen, sft",
                status: .activation, since: time(-7200), lastPollAt: time(-3), nextPollAt: time(27), lastError: nil,
                progress: progress, overdue: OverdueMark(limit: .deadline, since: time(-600))),
            StatusRow(
                cluster: ClusterID("pm-2"), name: nil, scope: scope, instance: nil, description: "qwen \"dpo\"",
                status: .failed, since: time(-60), lastPollAt: time(-2), nextPollAt: nil,
                lastError: "timeout, again", progress: nil, overdue: nil),
            StatusRow(
                cluster: ClusterID("pm-3"), name: nil, scope: scope, instance: nil, description: nil, status: nil,
                since: nil, lastPollAt: nil, nextPollAt: nil, lastError: nil, progress: nil, overdue: nil),
        ]
    }

    private var runs: [StoredRun] {
        func run(_ id: Int64, _ record: RunRecord) -> StoredRun {
            StoredRun(place: RunPlace(at: now, id: id), record: record)
        }
        let scope = AccountRegion(account: "default", region: "cn-beijing")
        return [
            run(
                1,
                RunRecord(
                    cluster: ClusterID("pm-1"), name: "a, b", scope: scope, startedAt: time(-7261), endedAt: now,
                    outcome: .completed, source: .listed, steps: 1200, lastLoss: 0.4321,
                    cost: Cost(amount: 12.5, currency: "CNY"))),
            run(
                2,
                RunRecord(
                    cluster: ClusterID("pm-2"), name: nil, scope: scope, startedAt: time(-600), endedAt: nil,
                    outcome: .running, source: .observed, steps: nil, lastLoss: nil, cost: nil)),
        ]
    }

    private var silences: [SilenceRow] {
        let matchers = SilenceMatchers(
            clusters: ["night*", "pm-1"], labels: [.init(key: "team", value: "nlp, 语言")], events: [.failed],
            targets: ["chat"])
        return [
            SilenceRow(
                Silence(
                    id: 3, matchers: matchers, startsAt: time(-60), endsAt: time(3600), comment: "say \"hi\", all",
                    author: "alice"), held: 2),
            SilenceRow(
                Silence(
                    id: 2, matchers: SilenceMatchers(), startsAt: time(-600), endsAt: time(-60), comment: "维护",
                    author: "root", drops: true), held: 0),
        ]
    }

    // MARK: Formats

    @Test(arguments: OutputFormat.allCases)
    func `each list in each format`(format: OutputFormat) throws {
        func check<Rows: RowListing>(_ name: String, _ rows: [Rows.Row], _ listing: Rows) throws {
            let text = String(decoding: try bytes(rows, of: listing, as: format), as: UTF8.self)
            #expect(try text == RecordedFile("Golden/\(name).\(format.rawValue)").text(recording: text))
        }
        try check("alerts", alerts, AlertListing(style: style, now: now))
        try check("status", clusters, StatusListing(style: style, now: now))
        try check("runs", runs, RunListing(style: style, now: now))
        try check("silences", silences, SilenceListing(style: style, now: now))
    }

    @Test func `colours are in tables alone`() throws {
        let listing = AlertListing(style: style, now: now)
        for format in OutputFormat.allCases {
            let plain = try bytes(alerts, of: listing, as: format)
            let coloured = try bytes(alerts, of: listing, as: format, isColoured: true)
            #expect((plain != coloured) == (format == .table))
        }
    }

    @Test func `without rows a list of JSON is empty, and CSV has its header if that is asked for`() throws {
        let listing = RunListing(style: style, now: now)
        func text(_ format: OutputFormat, _ header: ListingPrinter<RunListing>.CSVHeader) throws -> String {
            String(decoding: try bytes([], of: listing, as: format, csvHeader: header), as: UTF8.self)
        }
        #expect(try text(.csv, .always) == listing.fields.joined(separator: ",") + "\r\n")
        #expect(try text(.csv, .withRows).isEmpty)
        #expect(try text(.json, .always) == "[]\n" && text(.jsonl, .always).isEmpty && text(.table, .always).isEmpty)
    }

    /// Programs find the same values under the same names in both.
    @Test func `the columns of the CSV are members of the JSON`() throws {
        func members<Rows: RowListing>(_ rows: [Rows.Row], _ listing: Rows) throws -> [(Set<String>, Set<String>)] {
            try bytes(rows, of: listing, as: .jsonl).split(separator: UInt8(ascii: "\n")).map {
                let object = try #require(try JSONValue(parsing: Array($0)).objectValue)
                return (Set(listing.fields), Set(object.keys))
            }
        }
        let all =
            try members(alerts, AlertListing(style: style, now: now))
            + members(runs, RunListing(style: style, now: now))
            + members(silences, SilenceListing(style: style, now: now))
            + members(clusters, StatusListing(style: style, now: now)).map { ($0.0.subtracting(["instance"]), $0.1) }
        #expect(all.count == 10)
        for (fields, members) in all { #expect(fields.isSubset(of: members)) }
    }

    @Test func `rows that are printed in pieces make the same output`() throws {
        let listing = AlertListing(style: style, now: now)
        for format in OutputFormat.allCases where format != .table {
            var printer = ListingPrinter(listing, as: format)
            var pieces: [UInt8] = []
            for alert in alerts {
                try printer.print(alert)
                pieces += printer.take()
            }
            printer.end()
            pieces += printer.take()
            #expect(try pieces == bytes(alerts, of: listing, as: format))
        }
    }
}
