import Model
import Testing

@testable import Alerts

/// What an Alertmanager is reminded of, minute by minute.
struct FiringAlertsTests {
    private let hold = Duration.seconds(3600)

    private func failed(_ cluster: String, seq: Int64) -> StoredEvent {
        Sample.stored(Sample.event(.failed, cluster: ClusterID(cluster)), seq: seq)
    }

    private func restarted(_ cluster: String, seq: Int64, at moment: Timestamp) -> StoredEvent {
        var event = Sample.event(.restarted, cluster: ClusterID(cluster), from: "FAILED")
        event.observedAt = moment
        return Sample.stored(event, seq: seq)
    }

    private func later(_ seconds: Int64) -> Timestamp { Sample.now.advanced(by: .seconds(seconds)) }

    /// So many seconds after the start, both clocks in step.
    private func at(_ seconds: Int64) -> Moment {
        Moment(monotonic: instant(seconds), wall: later(seconds))
    }

    private func instant(_ seconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 5_000_000_000).advanced(by: .seconds(seconds))
    }

    @Test func `is repeated within a minute, and for as long as it is held`() throws {
        var held = FiringAlerts(hold: hold)
        #expect(held.nextDueAt(after: instant(0)) == nil)
        held.note(failed("a", seq: 1), deliveredAt: Sample.now, at: at(0))
        #expect(held.due(at: instant(0)).isEmpty)
        var now = instant(0)
        var repeats = 0
        while let next = held.nextDueAt(after: now) {
            #expect(next.since(now) <= .seconds(60))
            now = next
            for batch in held.due(at: now) {
                repeats += 1
                #expect(batch.map(\.event.seq) == [1])
                #expect(batch[0].endsAt == later(3600))
                #expect(batch[0].isEnded == (now >= instant(3600)))
            }
        }
        // An hour of it, and five minutes in which its end is reported.
        #expect(now >= instant(3600 + 300) && now <= instant(3600 + 360))
        #expect(repeats >= 72)
    }

    @Test func `its end is reported for five minutes, then it is forgotten`() {
        var held = FiringAlerts(hold: hold)
        held.note(failed("a", seq: 1), deliveredAt: Sample.now, at: at(0))
        held.note(restarted("a", seq: 2, at: later(600)), deliveredAt: later(601), at: at(601))
        let reported = held.due(at: instant(650)).joined()
        #expect(reported.map(\.endsAt) == [later(600)])
        #expect(reported.map(\.isEnded) == [true])
        #expect(!held.due(at: instant(899)).isEmpty)
        #expect(held.due(at: instant(960)).isEmpty)
        #expect(held.isEmpty)
    }

    @Test func `an end that a replica missed is repeated until it has it, or its alert is over there`() {
        for isBack in [true, false] {
            var held = FiringAlerts(hold: hold)
            held.owesEnds = true
            held.note(failed("a", seq: 1), deliveredAt: Sample.now, at: at(0))
            held.note(restarted("a", seq: 2, at: later(600)), deliveredAt: later(601), at: at(601))
            // Long after the five minutes, while the alert would still fire where its end is not known.
            #expect(held.due(at: instant(3000)).joined().map(\.isEnded) == [true])
            held.owesEnds = !isBack
            #expect(held.due(at: instant(3100)).joined().map(\.endsAt) == (isBack ? [] : [later(600)]))
            #expect(held.due(at: instant(3601)).isEmpty)
            #expect(held.isEmpty)
        }
    }

    @Test func `one cluster's end is not another's`() {
        var held = FiringAlerts(hold: hold)
        held.note(failed("a", seq: 1), deliveredAt: Sample.now, at: at(0))
        held.note(failed("b", seq: 2), deliveredAt: Sample.now, at: at(0))
        held.note(restarted("a", seq: 3, at: later(10)), deliveredAt: later(10), at: at(10))
        #expect(held.due(at: instant(100)).joined().map(\.isEnded) == [true, false])
    }

    @Test func `what fails again after its end fires again`() {
        var held = FiringAlerts(hold: hold)
        held.note(failed("a", seq: 1), deliveredAt: Sample.now, at: at(0))
        held.note(restarted("a", seq: 2, at: later(10)), deliveredAt: later(10), at: at(10))
        held.note(failed("a", seq: 3), deliveredAt: later(20), at: at(20))
        let reported = held.due(at: instant(100)).joined()
        #expect(reported.map(\.event.seq) == [3])
        #expect(reported.map(\.endsAt) == [later(20 + 3600)])
    }

    @Test func `what comes twice is reported once, in whatever state it is`() {
        var held = FiringAlerts(hold: hold)
        let events = [failed("a", seq: 1), restarted("a", seq: 2, at: later(10)), failed("b", seq: 3)]
        for event in events + events { held.note(event, deliveredAt: later(20), at: at(20)) }
        #expect(held.due(at: instant(100)).joined().map(\.event.seq) == [1, 3])
        #expect(held.due(at: instant(200)).joined().map(\.isEnded) == [true, false])
    }

    @Test func `a request has two hundred at most, and there are five thousand at most`() {
        var held = FiringAlerts(hold: hold)
        for seq in Int64(1)...5100 { held.note(failed("pm-\(seq)", seq: seq), deliveredAt: Sample.now, at: at(0)) }
        let batches = held.due(at: instant(60))
        #expect(batches.allSatisfy { $0.count <= 200 })
        #expect(batches.joined().map(\.event.seq) == Array(101...5100))
    }

    @Test(arguments: [-4 * 86_400, -8 * 3600, 8 * 3600, 4 * 86_400] as [Int64])
    func `a step of the wall clock delays nothing, and ends nothing`(step: Int64) {
        var held = FiringAlerts(hold: hold)
        held.note(failed("a", seq: 1), deliveredAt: Sample.now, at: at(0))
        #expect(held.due(at: instant(60)).joined().map(\.isEnded) == [false])
        #expect(held.nextDueAt(after: instant(60)) == instant(110))
        // The next one comes after the step: its own hour counts from its delivery.
        held.note(
            failed("b", seq: 2), deliveredAt: later(100 + step),
            at: Moment(monotonic: instant(100), wall: later(100 + step)))
        #expect(held.due(at: instant(110)).joined().map(\.isEnded) == [false, false])
        #expect(held.due(at: instant(3600)).joined().map(\.isEnded) == [true, false])
        #expect(held.due(at: instant(3700)).joined().map(\.isEnded) == [true, true])
    }

    @Test func `what a start reads from the database is held for what is left of its time`() {
        var held = FiringAlerts(hold: hold)
        // Three hours ago, half an hour ago and, by a clock that was ahead then, in two hours.
        for (seq, age) in [(1, 10_800), (2, 1800), (3, -7200)] as [(Int64, Int64)] {
            held.note(failed("c\(seq)", seq: seq), deliveredAt: later(-age), at: at(0))
        }
        #expect(held.due(at: instant(60)).joined().map(\.event.seq) == [2, 3])
        #expect(held.due(at: instant(1801)).joined().map(\.isEnded) == [true, false])
        #expect(held.due(at: instant(3601)).joined().map(\.isEnded) == [true])
    }

    @Test func `every replica gets the same, an end without the words of another`() throws {
        let settings = TargetSample.settings(.alertmanager)
        var held = FiringAlerts(hold: hold)
        held.note(failed("pm-1", seq: 1), deliveredAt: Sample.now, at: at(0))
        let batch = try #require(held.due(at: instant(60)).first)
        let context = try ResolvedTarget(settings, read: TargetSample.read, now: later(60)).context
        let requests = try Alertmanager().requests(repeating: batch, in: context)
        #expect(
            requests.map(\.url) == [
                "http://am-1.example.com:9093/api/v2/alerts", "http://am-2.example.com:9093/api/v2/alerts",
            ])
        #expect(requests[0].body == requests[1].body)
        let first = try TargetSample.requests(.alert(failed("pm-1", seq: 1)), to: settings)
        // The same label set, or it would be another alert there.
        let alerts = try [requests[0], first[0]].map { try JSONValue(parsing: $0.body).arrayValue?.last }
        #expect(alerts[0]?["labels"] == alerts[1]?["labels"])
        #expect(alerts[0]?["startsAt"] == alerts[1]?["startsAt"])
        #expect(alerts[0]?["endsAt"] == JSONValue(later(3600)))
    }
}
