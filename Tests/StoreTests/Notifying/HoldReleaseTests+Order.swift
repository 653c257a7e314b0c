import Model
import Testing

@testable import Store

/// Alerts of one task stay in their order, also if only some of them are held.
extension HoldReleaseTests {
    @Test func `what nothing holds waits for what is held before it, and is sent after it`() throws {
        try hold(.failed)
        try hold(.restarted, isHeld: false)
        try hold(.completed, of: "pm-2", isHeld: false)
        try hold(.restarted, target: "ops", isHeld: false)
        #expect(try rows().map(\.state) == [.held, .held, .pending, .pending])
        #expect(try rows()[1].heldBy == [reason])
        #expect(try rows()[1].heldUntil == StoreFixture.time(60))
        #expect(try store.alertCounts() == AlertCounts(pending: 2, dead: 0, held: 2))
        _ = try release(at: 60, capacity: nil)
        #expect(try store.due(at: 60) == [1, 3])
        try store.settle(1, .delivered, at: 61)
        #expect(try store.due(at: 61) == [2, 3])
    }

    @Test func `it waits on if the hold before it goes on, also when holds are checked in between`() throws {
        try hold(.failed, until: 60)
        try hold(.completed, isHeld: false)
        // A reload looks at all of them: nothing matches the second one.
        _ = try release(at: 5, all: true) { stored, _, hold in stored.event.kind == .failed ? .held(hold) : .pending }
        #expect(try rows().map(\.state) == [.held, .held])
        let longer = Hold(until: StoreFixture.time(90), reasons: [.silence(id: 2, comment: "longer")])
        _ = try release(at: 60) { stored, _, _ in stored.event.kind == .failed ? .held(longer) : .pending }
        #expect(try rows().map(\.state) == [.held, .held])
        #expect(try rows().map(\.heldUntil) == [StoreFixture.time(90), StoreFixture.time(90)])
        #expect(try release(at: 90).sent == 2)
    }

    @Test(arguments: [EventKind.failed, .gone, .pollFailing, .overdue])
    func `a problem that nothing holds does not wait: what is held before it goes first`(kind: EventKind) throws {
        try hold(.completed)
        try hold(.restarted)
        try hold(.completed, of: "pm-2")
        try hold(kind, isHeld: false)
        #expect(try rows().map(\.state) == [.pending, .pending, .held, .pending])
        #expect(try store.alertCounts() == AlertCounts(pending: 3, dead: 0, held: 1))
        for seq in [1, 2, 4] {
            #expect(try store.due(at: 0) == [Int64(seq)])
            try store.settle(Int64(seq), .delivered, at: 1)
        }
    }

    @Test func `a problem whose hold ends takes along what is held before it`() throws {
        try hold(.completed, until: 600)
        try hold(.failed, until: 60)
        let released = try release(at: 60) { stored, _, hold in
            stored.event.kind == .completed ? .held(hold) : .pending
        }
        #expect(released.sent == 2)
        #expect(try rows().map(\.state) == [.pending, .pending])
        #expect(try store.due(at: 60) == [1])
    }

    @Test(arguments: [true, false])
    func `a problem whose hold ends takes along what waited behind another, and not what is over`(isOver: Bool) throws {
        try hold(.completed, until: 600)
        // Waits for it, although its own hold ends.
        try hold(isOver ? .stalled : .restarted, until: 60)
        try hold(isOver ? .stallEnded : .changed, until: 60)
        try hold(.failed, until: 60)
        let released = try release(at: 60) { stored, _, hold in
            stored.event.kind == .completed ? .held(hold) : .pending
        }
        #expect(
            try rows().map(\.state) == [.pending] + (isOver ? [.suppressed, .suppressed] : [.pending, .pending]) + [
                .pending
            ])
        #expect(released.sent == (isOver ? 2 : 4))
        #expect(try digest(1) == 4 && digest(4) == 4, "in one message")
    }

    @Test func `what is over does not hold anything back: it will not be sent`() throws {
        try hold(.stalled, until: 600)
        try hold(.failed, isHeld: false)
        try hold(.overdue, of: "pm-2", until: 600)
        try hold(.completed, of: "pm-2", isHeld: false)
        #expect(try rows().map(\.state) == [.held, .pending, .held, .pending])
        let released = try release(at: 600)
        #expect(released.suppressed == 2 && released.sent == 0)
    }

    @Test(arguments: troubles)
    func `an end is not sent alone while its beginning is held`(
        opener: EventKind, end: EventKind, cluster: String?
    ) throws {
        func named(_ name: String) -> (inout Event) -> Void {
            { if opener == .targetFailing { $0.target = name } else if cluster == nil { $0.region = name } }
        }
        try hold(opener, of: cluster, change: named("x"))
        // Of another account or target, in the same line perhaps.
        try hold(end, of: cluster.map { $0 + "0" }, isHeld: false, change: named("y"))
        try hold(end, of: cluster, isHeld: false, change: named("x"))
        #expect(try rows().map(\.state) == [.held, .pending, .held])
        #expect(try release(at: 60).suppressed == 2)
    }

    @Test func `an escalation keeps to no order: its purpose is the night`() throws {
        try hold(.failed, target: "oncall")
        try hold(.failed, target: "oncall", isHeld: false) { $0 = $0.escalated(of: "k3v9x2ab-1") }
        #expect(try rows().map(\.state) == [.held, .pending])
    }

    @Test func `what stands behind an alert that waits is not sent before it`() throws {
        try hold(.completed, isHeld: false)
        try hold(.failed)
        try hold(.failed, of: "pm-2")
        try hold(.failed, of: "pm-3")
        _ = try release(at: 60)
        #expect(try digest(2) == nil)
        #expect(try digest(3) == 4)
        #expect(try store.due(at: 60) == [1, 3, 4])
    }
}
