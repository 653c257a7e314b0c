import Foundation
import Model
import Reports
import Store
import TestSupport
import Testing

@testable import polarai_daemon

/// What `history` prints, byte for byte, in each format. `POLARAI_RECORD=1` writes the files anew.
struct HistoryFormatTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("polarai.db") }

    init() throws {
        folder = try TemporaryFolder()
        let store = try EventStore(path: path, at: Self.time(0), durability: .none, newInstallation: "k3v9x2ab")
        let scope = AccountRegion(account: "default", region: "cn-beijing")
        let cluster = ClusterRecord(id: ClusterID("pm-2ze9examp1e00001"), name: "nightly", scope: scope)
        let first = Event(
            kind: .started, cluster: cluster.id, name: "nightly", account: "default", region: "cn-beijing",
            to: .activation, sighting: .firstSeen, observedAt: Self.time(0))
        let failed = Event(
            kind: .failed, cluster: cluster.id, name: "nightly", account: "default", region: "cn-beijing",
            from: .activation, to: .failed, observedAt: Self.time(30.123), notBefore: Self.time(0.101),
            apiTime: Self.time(12), requestID: "7D2C7A7E-1",
            logLines: ["step 9/10 loss 0.2", "RuntimeError: \"out\tof memory\", 显存不足"])
        let strange = Event(
            kind: .changed, cluster: ClusterID("pm-2ze9examp1e00002"), name: "say \"hi\", 训练\n2", account: "default",
            region: "cn-beijing", from: ClusterStatus("CREATING"), to: ClusterStatus("MAINTAIN,ING"), sighting: .late,
            observedAt: Self.time(60))
        let account = Event(
            kind: .pollFailing, account: "prod", region: "cn-hangzhou", observedAt: Self.time(90),
            detail: "timeout")
        let target = Event(kind: .targetFailing, observedAt: Self.time(100), target: "ops")
        let events = [
            (first, []), (failed, ["chat", "ops"]), (strange, ["ops"]), (account, ["chat"]), (target, ["chat"]),
        ]
        _ = try store.record(
            Recording(events: events.map { RoutedEvent(event: $0.0, targets: $0.1) }, clusters: [cluster]),
            at: Self.time(100))
        let attempt = AttemptRecord(
            startedAt: Self.time(101), duration: .milliseconds(80), verdict: Verdict(.delivered, code: "200"))
        try store.settle(
            [
                Settlement(alert: AlertKey(seq: 2, target: "chat"), state: .delivered, attempt: attempt),
                Settlement(alert: AlertKey(seq: 3, target: "ops"), state: .dead, note: "given up"),
            ], at: Self.time(101.5))
        try store.close()
    }

    @Test(arguments: OutputFormat.allCases)
    func `every kind of event`(format: OutputFormat) throws {
        let text = String(decoding: try print(format), as: UTF8.self)
        #expect(try text == RecordedFile("Golden/history.\(format.rawValue)").text(recording: text))
    }

    @Test
    func `a table in colours`() throws {
        let text = String(decoding: try print(.table, isColoured: true), as: UTF8.self)
        #expect(try text == RecordedFile("Golden/history-coloured.table").text(recording: text))
    }

    @Test(arguments: [(OutputFormat.table, ""), (.json, "[]\n"), (.jsonl, ""), (.csv, "")])
    func `nothing matches`(format: OutputFormat, expected: String) throws {
        let filter = HistoryFilter(events: ["stalled"])
        #expect(try String(decoding: print(format, filter), as: UTF8.self) == expected)
    }

    @Test
    func `JSON is what a JSON parser reads, with the fields of the contract in their order`() throws {
        let bytes = try print(.json)
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [[String: Any]])
        #expect(rows.count == 5)
        let fields = [
            "seq", "id", "event", "cluster", "name", "account", "region", "from", "to", "kind", "observed_at",
            "not_before", "api_time", "request_id", "alerts",
        ]
        let text = String(decoding: bytes, as: UTF8.self)
        for (index, (row, line)) in zip(rows, text.split(separator: "\n")).enumerated() {
            // Only a failure whose log could be read has its lines, and only such events can be acknowledged.
            #expect(Set(row.keys) == Set(fields).union(index == 1 ? ["log_lines", "acknowledged"] : []))
            let places = fields.compactMap { line.range(of: "\"\($0)\":")?.lowerBound }
            #expect(places.count == fields.count && places == places.sorted())
        }
        #expect(rows[2]["name"] as? String == "say \"hi\", 训练\n2")
        #expect(rows[3]["cluster"] is NSNull)
        #expect(rows[1]["log_lines"] as? [String] == ["step 9/10 loss 0.2", "RuntimeError: \"out\tof memory\", 显存不足"])
    }

    @Test func `who has an event in hand`() throws {
        let store = try EventStore(path: path, at: Self.time(200), durability: .none)
        _ = try store.acknowledge(["k3v9x2ab-2"], by: "alice", comment: "say \"hi\", 训练", at: Self.time(200))
        try store.close()
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(print(.json))) as? [[String: Any]])
        let acknowledged = try #require(rows[1]["acknowledged"] as? [String: String])
        #expect(acknowledged == ["at": Self.time(200).rfc3339, "by": "alice", "comment": "say \"hi\", 训练"])
        #expect(rows.filter { $0["acknowledged"] != nil }.count == 1)
        let table = String(decoding: try print(.table), as: UTF8.self)
        #expect(table.contains("ACKNOWLEDGED") && table.contains("alice: say \"hi\", 训练"))
        let csv = String(decoding: try print(.csv), as: UTF8.self).components(separatedBy: "\r\n")
        #expect(
            csv[0].hasSuffix(",alerts,acknowledged") && csv[2].contains(#"""by"":""alice"""#) && csv[1].hasSuffix(","))
    }

    private func print(
        _ format: OutputFormat, _ filter: HistoryFilter = HistoryFilter(), isColoured: Bool = false
    ) throws -> [UInt8] {
        let reader = try HistoryReader(path: path)
        var printer = ListingPrinter(
            EventListing(style: TimeStyle(isUTC: true)), as: format, isColoured: isColoured)
        _ = try reader.history(filter, limit: nil) { try printer.print($0) }
        printer.end()
        return printer.take()
    }

    private static func time(_ seconds: Double) -> Timestamp {
        Timestamp(milliseconds: 1_764_000_000_000 + Int64(seconds * 1000))
    }
}
