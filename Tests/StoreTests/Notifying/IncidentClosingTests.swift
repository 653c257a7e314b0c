import Model
import Testing

@testable import Store

/// What closes an incident that a service was sent is sent at once, whatever holds it.
@Suite(.onBothEngines)
struct IncidentClosingTests {
    private let fixture: StoreFixture
    private let store: EventStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    private func record(_ kind: EventKind, held: Bool, of cluster: String? = "pm-1") throws {
        let hold = Hold(until: StoreFixture.time(60), reasons: [.silence(id: 1, comment: "x")])
        try record(kind, held ? .held(hold) : .pending, of: cluster)
    }

    private func record(_ kind: EventKind, _ disposition: AlertDisposition, of cluster: String? = "pm-1") throws {
        let alert = AlertDecision(target: "pager", disposition: disposition, closesIncident: !kind.closes.isEmpty)
        _ = try store.record(
            Recording(events: [RoutedEvent(event: StoreFixture.event(kind, of: cluster), alerts: [alert])]),
            at: StoreFixture.start)
    }

    private func states() throws -> [AlertState] {
        var states: [AlertState] = []
        try fixture.reader().alerts(AlertFilter(states: Set(AlertState.allCases))) {
            states.append($0.state)
        }
        return states
    }

    @Test(arguments: ["pm-1", nil])
    func `it is held only with what opened the incident`(cluster: String?) throws {
        let (opener, closer): (EventKind, EventKind) =
            cluster == nil ? (.pollFailing, .pollRecovered) : (.failed, .restarted)
        try record(opener, held: true, of: cluster)
        try record(closer, held: true, of: cluster)
        #expect(try states() == [.held, .held])
        try record(opener, held: false, of: cluster)
        try record(closer, held: true, of: cluster)
        // New trouble of a task does not overtake what is held of it.
        let before: AlertState = cluster == nil ? .held : .pending
        #expect(try states() == [before, before, .pending, .pending])
        // Nothing is open any more.
        try record(closer, held: true, of: cluster)
        #expect(try states().last == .held)
    }

    @Test
    func `a silence that drops does not leave an incident open for ever`() throws {
        try record(.failed, held: false)
        try record(.restarted, .suppressed(reason: "dropped by silence 1: x"))
        // Nothing is open any more.
        try record(.completed, .suppressed(reason: "dropped by silence 1: x"))
        #expect(try states() == [.pending, .pending, .suppressed])
    }

    /// What no route names for the target, and may end something there.
    private func recordUnnamed(
        _ kind: EventKind, of cluster: String? = "pm-1", sighting: Sighting = .observed, held: Bool = false
    ) throws {
        var event = StoreFixture.event(kind, of: cluster)
        event.sighting = sighting
        let hold = Hold(until: StoreFixture.time(60), reasons: [.silence(id: 1, comment: "x")])
        let alert = AlertDecision(
            target: "pager", disposition: held ? .held(hold) : .pending,
            closesIncident: !kind.closes.isEmpty && kind.endedBy.isEmpty, onlyCloses: true)
        _ = try store.record(
            Recording(events: [RoutedEvent(event: event, alerts: [alert])]), at: StoreFixture.start)
    }

    @Test
    func `what no route names for the target is not sent if it is known to end nothing there`() throws {
        try recordUnnamed(.started, sighting: .firstSeen)
        for kind in [EventKind.completed, .restarted] { try recordUnnamed(kind) }
        #expect(try states().isEmpty)
        try recordAsNotified(.stalled, held: false)
        // New trouble, which ends the old one all the same.
        try recordUnnamed(.failed)
        #expect(try states() == [.pending, .pending])
        try recordUnnamed(.stallEnded)
        #expect(try states() == [.pending, .pending], "it has ended already")
        #expect(try fixture.reader().newest() == 6, "every event is stored")
    }

    @Test(arguments: [EventKind.completed, .restarted])
    func `the end of an incident whose alert is held waits behind it`(closer: EventKind) throws {
        try recordUnnamed(.started, sighting: .firstSeen)
        try recordAsNotified(.failed, held: true)
        try recordUnnamed(closer)
        #expect(try states() == [.held, .held])
    }

    @Test
    func `an end is sent if what came before it is not known any more`() throws {
        try recordUnnamed(.restarted)
        #expect(try states() == [.pending], "its task was not first seen with it")
        try recordUnnamed(.pollRecovered, of: nil)
        #expect(try states() == [.pending, .pending])
        // What opened it lies too far back.
        try recordUnnamed(.started, of: "pm-2", sighting: .firstSeen)
        for _ in 0..<200 { try recordUnnamed(.changed, of: "pm-2") }
        #expect(try states().count == 3)
    }

    /// As the notifier says it: what begins trouble closes no incident.
    private func recordAsNotified(_ kind: EventKind, held: Bool) throws {
        let hold = Hold(until: StoreFixture.time(60), reasons: [.silence(id: 1, comment: "x")])
        let alert = AlertDecision(
            target: "pager", disposition: held ? .held(hold) : .pending,
            closesIncident: !kind.closes.isEmpty && kind.endedBy.isEmpty)
        _ = try store.record(
            Recording(events: [RoutedEvent(event: StoreFixture.event(kind), alerts: [alert])]),
            at: StoreFixture.start)
    }

    @Test(arguments: [EventKind.completed, .restarted, .changed])
    func `an incident stays open when other trouble came and went after it`(closer: EventKind) throws {
        for kind in [EventKind.overdue, .stalled, .stallEnded] {
            try recordAsNotified(kind, held: false)
            try store.settle(Int64(try states().count), .delivered, target: "pager")
        }
        try recordAsNotified(closer, held: true)
        #expect(try states() == [.delivered, .delivered, .delivered, .pending])
    }

    @Test(arguments: [AlertState.dead, .suppressed])
    func `an end that was tried in vain has closed nothing`(state: AlertState) throws {
        try recordAsNotified(.failed, held: false)
        try store.settle(1, .delivered, target: "pager")
        try recordAsNotified(.restarted, held: false)
        let attempt = AttemptRecord(
            startedAt: StoreFixture.time(1), duration: .milliseconds(5), verdict: Verdict(.tryAgain(retryAfter: nil)))
        try store.settle(2, .pending, target: "pager", next: 9, attempt: attempt, at: 2)
        try store.settle(2, state, target: "pager", at: 3)
        try recordAsNotified(.completed, held: true)
        #expect(try states() == [.delivered, state, .pending])
        // That one is about to close it.
        try recordAsNotified(.changed, held: true)
        #expect(try states().last == .held)
    }

    @Test
    func `a failure that was tried in vain may have opened an incident`() throws {
        try recordAsNotified(.failed, held: false)
        let attempt = AttemptRecord(
            startedAt: StoreFixture.time(1), duration: .milliseconds(5), verdict: Verdict(.tryAgain(retryAfter: nil)))
        try store.settle(1, .dead, target: "pager", attempt: attempt, at: 2)
        try recordAsNotified(.completed, held: true)
        #expect(try states() == [.dead, .pending])
    }

    @Test(arguments: [EventKind.restarted, .completed])
    func `it does not overtake a failure that is held, whatever else is open`(closer: EventKind) throws {
        for opener in [EventKind.overdue, .stalled] {
            try recordAsNotified(opener, held: false)
            try store.settle(Int64(try states().count), .delivered, target: "pager")
        }
        try recordAsNotified(.failed, held: true)
        try recordAsNotified(closer, held: false)
        #expect(try states() == [.delivered, .delivered, .held, .held])
    }

    @Test
    func `trouble that is held and over by then keeps no end waiting`() throws {
        try recordAsNotified(.overdue, held: false)
        try store.settle(1, .delivered, target: "pager")
        try recordAsNotified(.stalled, held: true)
        try recordAsNotified(.completed, held: true)
        #expect(try states() == [.delivered, .held, .pending])
    }

    @Test
    func `an incident that the held trouble does not end is closed at once`() throws {
        try recordAsNotified(.failed, held: false)
        try store.settle(1, .delivered, target: "pager")
        try recordAsNotified(.gone, held: true)
        try recordAsNotified(.changed, held: true)
        #expect(try states() == [.delivered, .held, .pending])
    }

    @Test(arguments: [1, 9] as [Double])
    func `a failure that arrives after its end is open again`(second: Double) throws {
        try recordAsNotified(.failed, held: false)
        try recordAsNotified(.restarted, held: false)
        try store.settle(2, .delivered, target: "pager", at: 4)
        try store.settle(1, .delivered, target: "pager", at: second)
        try recordAsNotified(.completed, held: true)
        #expect(try states().last == (second > 4 ? .pending : .held))
    }

    /// No route leads to the target any more.
    private func recordUnrouted(_ kind: EventKind, of cluster: String? = "pm-1") throws {
        let alert = AlertDecision(target: "pager", closesIncident: true, onlyCloses: true, isUnrouted: true)
        _ = try store.record(
            Recording(events: [RoutedEvent(event: StoreFixture.event(kind, of: cluster), alerts: [alert])]),
            at: StoreFixture.start)
    }

    @Test(arguments: ["pm-1", nil])
    func `without a route an end is sent only if what it ends was`(cluster: String?) throws {
        let (opener, closer): (EventKind, EventKind) =
            cluster == nil ? (.pollFailing, .pollRecovered) : (.failed, .completed)
        try recordUnrouted(closer, of: cluster)
        #expect(try states().isEmpty, "what came before is not known, and nothing of it was sent")
        try record(opener, held: false, of: cluster)
        try store.settle(2, .delivered, target: "pager")
        try recordUnrouted(closer, of: cluster)
        #expect(try states() == [.delivered, .pending])
        try store.settle(3, .delivered, target: "pager")
        try recordUnrouted(closer, of: cluster)
        #expect(try states().count == 2, "it has ended")
    }

    @Test
    func `without a route the end of a failure that is held waits behind it`() throws {
        try recordAsNotified(.failed, held: true)
        try recordUnrouted(.restarted)
        #expect(try states() == [.held, .held])
    }

    @Test
    func `another task's incident does not count`() throws {
        try record(.failed, held: false, of: "pm-2")
        try record(.completed, held: true)
        #expect(try states() == [.pending, .held])
    }
}
