import Model
import TestSupport
import Testing

@testable import Monitor

/// Times as servers write them.
struct TimeTests {
    @Test(arguments: [
        ("2026-11-24T08:00:00Z", "2026-11-24T08:00:00.000Z"), ("2026-11-24T08:00Z", "2026-11-24T08:00:00.000Z"),
        ("2026-11-24T16:00:00+0800", "2026-11-24T08:00:00.000Z"), ("2026-11-24T16:00+08", "2026-11-24T08:00:00.000Z"),
        ("2026-11-24 08:00:00", "2026-11-24T08:00:00.000Z"), ("2026-11-24 16:00:00 +0800", "2026-11-24T08:00:00.000Z"),
        (" 2026-11-24T8:00Z\n", "2026-11-24T08:00:00.000Z"), ("1795507200", "2026-11-24T08:00:00.000Z"),
        ("1795507200123", "2026-11-24T08:00:00.123Z"), ("2026-11-24T08:00:00.5-0330", "2026-11-24T11:30:00.500Z"),
        ("2026-11-24T08:00:00,123456789Z", "2026-11-24T08:00:00.123Z"),
    ])
    func `every form is read`(text: String, time: String) {
        #expect(Timestamp(outside: text)?.rfc3339 == time)
        #expect(Timestamp(outside: JSONValue.string(text))?.rfc3339 == time)
    }

    @Test(arguments: [
        "", "yesterday", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "0", "-1", "9223372036854775807", "1e400",
        "NaN",
        "2026-13-01T00:00Z", "2026-02-30T00:00Z", "2026-11-24T25:00Z", "2026-11-24", "8:00Z", "2026-11-24T08:00+99",
        "2026-11-24T08:00:00ZZ", "2026-11-24T08:00 CST", "18446744073709551616",
    ])
    func `what is not a believable time is none`(text: String) {
        #expect(Timestamp(outside: text) == nil)
    }

    @Test(arguments: [
        JSONValue.integer(.max), .integer(.min), .integer(0), .integer(-1), .number(1e300), .number(-1e300),
        .number(.nan),
        .null, .bool(true), .array([]),
    ])
    func `what is not a believable number is not a time`(value: JSONValue) {
        #expect(Timestamp(outside: value) == nil)
    }

    @Test func `seconds and milliseconds since 1970`() {
        #expect(Timestamp(outside: JSONValue.integer(1_795_507_200))?.rfc3339 == "2026-11-24T08:00:00.000Z")
        #expect(Timestamp(outside: JSONValue.number(1_795_507_200_123))?.rfc3339 == "2026-11-24T08:00:00.123Z")
    }

    @Test func `100,000 mutations give a time of this century or none`() {
        var random = SeededGenerator(seed: 9)
        let seeds = ["2026-11-24T08:00:00Z", "2026-11-24 16:00:00.5 +0800", "1795507200", "1795507200123"].map {
            Array($0.utf8)
        }
        for round in 0..<100_000 {
            let text = String(decoding: Mutation.apply(to: seeds[round % seeds.count], &random), as: UTF8.self)
            guard let time = Timestamp(outside: text) else { continue }
            #expect(time.rfc3339.hasPrefix("20"), "\(text)")
        }
    }

    /// A second failure between two polls, of a server whose times cannot be read.
    @Test func `another start time that cannot be read is another run, once`() {
        var record = ClusterRecord(
            id: Course.cluster, scope: AccountRegion(account: "default", region: "cn-beijing"))
        record.status = .failed
        record.facts = TaskFacts(unreadStart: "in the morning")
        let same = StatusChange.between(
            record, and: .failed, facts: TaskFacts(unreadStart: "in the morning"), isUnobserved: false)
        #expect(same.isEmpty)
        let changes = StatusChange.between(
            record, and: .failed, facts: TaskFacts(unreadStart: "at noon"), isUnobserved: false)
        #expect(changes.map(\.kind) == [.restarted, .failed])
        // A server that corrects its times starts nothing.
        let readable = TaskFacts(startedAt: Course.start.wall)
        #expect(StatusChange.between(record, and: .failed, facts: readable, isUnobserved: false).isEmpty)
    }
}
