import Model
import Reports
import Testing

@testable import Store
@testable import polarai_daemon

struct StatusTableTests {
    private let now = Timestamp(milliseconds: 1_795_507_200_000)

    private func row(name: String? = nil, description: String? = nil) -> StatusRow {
        StatusRow(
            cluster: ClusterID("pm-1"), name: name, scope: AccountRegion(account: "default", region: "cn-beijing"),
            instance: nil, description: description, status: nil, since: nil, lastPollAt: nil, nextPollAt: nil,
            lastError: nil, progress: nil)
    }

    private func text(
        _ rows: [StatusRow], targets: [SuspendedTarget] = [], trouble: String? = nil, isColoured: Bool = false
    ) throws -> String {
        let report = StatusReport(
            daemon: nil, clusters: rows, alerts: AlertCounts(pending: 0, dead: 0), targets: targets)
        let listing = StatusListing(style: TimeStyle(isUTC: true), now: now)
        let table = try StatusTable(listing: listing, isColoured: isColoured).text(
            report, of: "/var/lib/polarai/polarai.db", storageTrouble: trouble)
        return String(decoding: TerminalText.output(table), as: UTF8.self)
    }

    @Test func `a task without a name of ours is shown by its description, dimmed`() throws {
        #expect(
            try text([row(description: "qwen-sft\u{1B}")], isColoured: true).contains(
                "\u{1B}[2mqwen-sft\u{FFFD}\u{1B}[0m"))
        let named = try text([row(name: "nightly", description: "qwen-sft")])
        #expect(named.contains("nightly") && !named.contains("qwen-sft"))
        let json = row(description: "qwen-sft").json
        #expect(json["name"] == .null && json["description"] == .string("qwen-sft"))
    }

    @Test func `it is said which database is shown, and that nothing is watched`() throws {
        #expect(
            try text([]).hasPrefix(
                "No daemon is using /var/lib/polarai/polarai.db; this is the state it left behind. No tasks are watched"
            ))
        #expect(
            try text([row()], trouble: "the file was replaced").hasPrefix(
                "The running daemon no longer uses /var/lib/polarai/polarai.db; this is what the file contains. See below for what to "
                    + "do."
            ))
    }

    @Test func `a long description is cut on a terminal only, and widens no other row`() throws {
        let long = String(repeating: "qwen 训练 ", count: 400)
        let rows = [row(description: long), row(name: "nightly")]
        let report = StatusReport(daemon: nil, clusters: rows, alerts: AlertCounts(pending: 0, dead: 0), targets: [])
        let listing = StatusListing(style: TimeStyle(isUTC: true), now: now)
        for (screen, most) in [(80, 26), (240, 40), (20, 16)] {
            let text = try StatusTable(listing: listing, isColoured: false, screenWidth: screen).text(
                report, of: "p.db")
            let lines = text.split(separator: "\n").dropFirst().map(String.init)
            for line in lines {
                let id = try #require(line.firstRange(of: line.hasPrefix("NAME") ? "TASK" : "pm-1"))
                let before = TerminalText.width(String(line[..<id.lowerBound]))
                #expect(before <= most + 2, "\(screen): \(line)")
            }
            #expect(lines.contains { $0.contains("…") && $0.contains("pm-1") }, "\(text)")
        }
        let whole = try StatusTable(listing: listing, isColoured: false).text(report, of: "p.db")
        #expect(whole.contains(long))
        let short = try #require(whole.split(separator: "\n").first { $0.hasPrefix("nightly") })
        #expect(short.firstRange(of: "pm-1").map { short[..<$0.lowerBound].utf8.count == 42 } == true, "\(short)")
    }

    @Test func `instances that cannot be listed are named with why, at most ten`() throws {
        let report = StatusReport(daemon: nil, clusters: [], alerts: AlertCounts(pending: 0, dead: 0), targets: [])
        let listing = StatusListing(style: TimeStyle(isUTC: true), now: now)
        let instances = (0..<12).compactMap { number in
            FailingInstance(
                .object([
                    "instance": .string("pc-\(number)\u{1B}"), "account": .string("default"),
                    "region": .string("cn-beijing"), "error": .string("may not call it; grant it in a RAM policy"),
                ]))
        }
        let text = try StatusTable(listing: listing, isColoured: false).text(report, of: "p.db", instances: instances)
        #expect(
            text.contains(
                "Instance pc-3\u{FFFD} (account default in cn-beijing): its tasks cannot be listed, so new ones are not "
                    + "found: may not call it; grant it in a RAM policy.\n"), "\(text)")
        #expect(!text.contains("pc-10") && text.contains("The tasks of 2 more instances cannot be listed either."))
        #expect(FailingInstance(.object(["instance": .string("pc-1")])) == nil)
    }

    @Test func `suspended targets are named with since when, the next probe and why`() throws {
        let target = SuspendedTarget(
            name: "chat", since: now, probeAt: now.advanced(by: .seconds(1800)), reason: "authentication failed (401)")
        let shown = try text([], targets: [target])
        #expect(
            shown.contains(
                "Target chat has been suspended since 2026-11-24 08:00:00Z; the next probe is at 2026-11-24 08:30:00Z. Reason: "
                    + "authentication failed (401)."))
        #expect(target.json["next_probe_at"] == .string("2026-11-24T08:30:00.000Z"))
    }

    @Test(arguments: ["HTTP 401: wrong key.", "HTTP 401: wrong key", "密钥已失效。"])
    func `every sentence has one full stop`(reason: String) throws {
        let target = SuspendedTarget(name: "chat", since: now, probeAt: nil, reason: reason)
        let shown = try text([], targets: [target], trouble: "the disk is full (13). Free some space.")
        #expect(!shown.contains("..") && !shown.contains("。."), "\(shown)")
        #expect(shown.contains("Free some space.\n"))
    }

    @Test func `trouble with the database is what the daemon says of it`() throws {
        #expect(
            try text([], trouble: "database or disk is full").contains("Storage trouble: database or disk is full."))
        let live = LiveStatus(
            json: .object(["database": .object(["reachable": .bool(false), "error": .string("disk full")])]))
        #expect(live.storageTrouble == "disk full")
        #expect(
            LiveStatus(json: .object(["database": .object(["reachable": .bool(true), "error": .null])])).storageTrouble
                == nil)
        #expect(LiveStatus(json: .object([:])).storageTrouble == nil)
    }

    @Test func `the daemon's times go before those of the database`() {
        let report = StatusReport(daemon: nil, clusters: [row(), row()], alerts: AlertCounts(pending: 0, dead: 0))
        let live = LiveStatus(
            json: .object([
                "clusters": .array([
                    .object([
                        "cluster": .string("pm-1"), "last_poll_at": .string("2026-11-24T07:59:59.000Z"),
                        "next_poll_at": .string("2026-11-24T08:00:29.000Z"), "last_error": .null,
                    ])
                ])
            ]))
        let fresh = live.updating(report).clusters[0]
        #expect(fresh.lastPollAt == now.advanced(by: .seconds(-1)))
        #expect(fresh.nextPollAt == now.advanced(by: .seconds(29)))
    }

    @Test func `progress is the daemon's, which knows it before the database does`() throws {
        var record = ProgressRecord(cluster: ClusterID("pm-1"))
        record.latest = TrainingProgress(
            step: 120, totalSteps: 900, epoch: 0.5, metrics: ["loss": .number(1.25), "lr": .string("1e-5")],
            loggedAt: now)
        record.expectedEnd = now.advanced(by: .seconds(600))
        let live = LiveStatus(
            json: .object([
                "clusters": .array([
                    .object(["cluster": .string("pm-2"), "progress": .null]),
                    .object(["cluster": .string("pm-1"), "progress": record.json]),
                ])
            ]))
        #expect(live.progress(of: ClusterID("pm-1")) == record)
        #expect(live.progress(of: ClusterID("pm-2")) == nil)
        #expect(live.progress(of: ClusterID("pm-3")) == nil)
        let report = StatusReport(daemon: nil, clusters: [row()], alerts: AlertCounts(pending: 0, dead: 0))
        #expect(live.updating(report).clusters[0].progress == record)
    }
}
