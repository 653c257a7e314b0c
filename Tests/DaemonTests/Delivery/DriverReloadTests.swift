import Alerts
import Foundation
import GRDB
import Model
import Store
import Testing

@testable import Daemon

/// What the driver and the database make of reloads, repairs, recoveries and later versions, together.
struct DriverReloadTests {
    private let routing = EventRouting { _ in [] }

    @Test func `what a removed target took meanwhile is delivered, and not sent again when it is back`() async throws {
        let hook = TargetPlan(name: "hook")
        let world = try DeliveryWorld([hook])
        let seq = try world.record(.failed, of: "pm-1")
        let start = try #require(await world.driver.takeDue().first)
        world.driver.adopt([], records: [], routes: routing)
        #expect(await world.driver.takeDue().isEmpty)
        #expect(try world.alert(seq)?.state == .pending, "it is being sent: nobody knows yet what becomes of it")
        #expect(!world.journal.text.contains("no longer names"))
        await world.finish(start, .delivered)
        #expect(!world.journal.text.contains("no longer names"))
        #expect(try world.alert(seq)?.state == .delivered)
        #expect(try world.alert(seq)?.attempts == 1)
        #expect(!world.driver.isSending)

        _ = try world.store.changeAll(.retry, AlertOrder(target: "hook"), at: world.clock.now().wall)
        world.driver.adopt([hook], records: try world.store.loadTargets(), routes: routing)
        #expect(await world.driver.takeDue().isEmpty)
    }

    @Test func `what is under way to a target that another host has taken means nothing when it ends`() async throws {
        let hook = TargetPlan(name: "hook", concurrency: 2)
        let world = try DeliveryWorld([hook])
        let seqs = [try world.record(.failed, of: "pm-1"), try world.record(.failed, of: "pm-2")]
        let starts = await world.driver.takeDue()
        #expect(starts.count == 2)
        #expect(world.driver.isBusy(with: ["hook"]) && !world.driver.isBusy(with: ["pager"]))
        world.driver.adopt([], records: [], routes: routing)
        world.driver.abandon(["hook"])
        #expect(!world.driver.isBusy(with: ["hook"]) && !world.driver.isSending)
        // It is this host's again before they end.
        world.driver.adopt([hook], records: try world.store.loadTargets(), routes: routing)
        let again = await world.driver.takeDue()
        #expect(again.count == 2)
        await world.finish(starts[0], .messageRefused)
        world.driver.interrupt(starts[1])
        for seq in seqs { #expect(try world.alert(seq)?.attempts == 0) }
        #expect(world.driver.isBusy(with: ["hook"]), "those of now go on")
        for start in again { await world.finish(start, .delivered) }
        for seq in seqs { #expect(try world.alert(seq)?.state == .delivered) }
    }

    @Test func `what ended while the disk took nothing is tried anew when its target comes back`() async throws {
        let hook = TargetPlan(name: "hook", concurrency: 2)
        let world = try DeliveryWorld([hook])
        let seqs = [try world.record(.failed, of: "pm-1"), try world.record(.completed, of: "pm-2")]
        let starts = await world.driver.takeDue()
        #expect(starts.count == 2)
        world.disk.fails(true)
        await world.finish(starts[0], .delivered)
        // The lease ran out meanwhile; one attempt has ended, the other one is cut off.
        world.driver.adopt([], records: [], routes: routing)
        world.driver.abandon(["hook"])
        world.driver.interrupt(starts[1])
        world.disk.fails(false)
        world.clock.advance(by: .seconds(30))
        world.driver.adopt([hook], records: try world.store.loadTargets(), routes: routing)
        let again = await world.driver.takeDue()
        #expect(again.flatMap(\.alerts).map(\.event.seq).sorted() == seqs)
        for start in again { await world.finish(start, .delivered) }
        for seq in seqs { #expect(try world.alert(seq)?.state == .delivered) }
        #expect(!world.driver.isSending)
    }

    @Test func `of a removed target, the journal counts what waits and not what is being sent`() async throws {
        let world = try DeliveryWorld([TargetPlan(name: "hook"), TargetPlan(name: "pager")])
        var waiting: [Int64] = []
        for round in 1...3 { waiting.append(try world.record(.failed, of: "pm-\(round % 2)", for: ["pager"])) }
        let sent = await world.driver.takeDue()
        let underWay = Set(sent.flatMap(\.alerts).map(\.event.seq))
        #expect(!underWay.isEmpty && underWay.count < 3)
        world.driver.adopt([TargetPlan(name: "hook")], records: [], routes: routing)
        for _ in 0..<3 { #expect(await world.driver.takeDue().isEmpty) }
        let buried = waiting.filter { !underWay.contains($0) }
        #expect(world.journal.text.contains(" \(buried.count) alert"))
        for seq in buried { #expect(try world.alert(seq, "pager")?.state == .dead) }
        for seq in underWay { #expect(try world.alert(seq, "pager")?.state == .pending) }
        #expect(world.driver.nextWake() == nil, "it does not ask for the spared ones again and again")

        // The receiver refuses what was under way: now it is dead, with both reasons.
        for start in sent { await world.finish(start, .tryAgain(retryAfter: nil), reason: "HTTP 503") }
        for seq in underWay {
            let alert = try #require(try world.alert(seq, "pager"))
            #expect(alert.state == .dead)
            #expect(alert.lastError?.hasPrefix("target removed") == true)
            #expect(alert.lastError?.contains("HTTP 503") == true)
        }
    }

    @Test func `an operator's retry probes a suspended target at once, and NEXT ATTEMPT is not in the past`()
        async throws
    {
        let world = try DeliveryWorld([TargetPlan(name: "hook", concurrency: 4)])
        for cluster in 1...4 { try world.record(.failed, of: "pm-\(cluster)") }
        for start in await world.driver.takeDue() {
            await world.finish(start, .targetBroken, reason: "no such robot")
        }
        for _ in 0..<5 {
            world.clock.advance(by: .seconds(7000))
            for start in await world.driver.takeDue() {
                await world.finish(start, .targetBroken, reason: "no such robot")
            }
        }
        world.clock.advance(by: .seconds(60))
        let now = world.clock.now().wall
        for seq: Int64 in 1...4 { #expect(try #require(try world.alert(seq)?.nextAttemptAt) > now) }
        #expect(await world.driver.takeDue().isEmpty)

        world.driver.repair(["hook"], drains: true)
        let probe = await world.driver.takeDue()
        #expect(probe.count == 1)
        #expect(try world.store.loadTargets().first?.probeAt == now)
        await world.finish(probe[0], .delivered)
        #expect(await world.driver.takeDue().count == 3)
    }

    @Test func `the report of a failing target that was not sent goes when the target recovers`() async throws {
        let plans = [
            TargetPlan(name: "hook", concurrency: 4), TargetPlan(name: "chat"), TargetPlan(name: "pager"),
        ]
        let world = try DeliveryWorld(plans, routes: ["chat", "pager"])
        for cluster in 1...4 { try world.record(.failed, of: "pm-\(cluster)") }
        try world.record(.failed, of: "pm-9", for: ["chat"])
        // Chat asks for a pause before it gets the report; pager is being sent it when the target recovers.
        for start in await world.driver.takeDue() {
            if start.target == "chat" {
                await world.finish(start, .throttled(retryAfter: .seconds(3600)))
            } else {
                await world.finish(start, .targetBroken, reason: "no such robot")
            }
        }
        #expect(try world.alert(6, "chat")?.state == .pending)
        world.clock.advance(by: .seconds(6))
        let sent = await world.driver.takeDue().filter { $0.target != "hook" }
        #expect(sent.map(\.target) == ["pager"])
        world.driver.repair(["hook"], drains: true)
        let probe = try #require(await world.driver.takeDue().first { $0.target == "hook" })
        await world.finish(probe, .delivered)

        for seq: Int64 in [6, 7] {
            #expect(try world.alert(seq, "chat")?.state == .suppressed)
            #expect(try world.alert(seq, "chat")?.lastError == "target hook recovered before its failure was reported")
            #expect(try world.alert(seq, "pager")?.state == .pending)
        }
        await world.finish(try #require(sent.first { $0.target == "pager" }), .delivered)
        world.clock.advance(by: .seconds(61))
        let recovery = try #require(await world.driver.takeDue().first { $0.target == "pager" })
        #expect(recovery.alerts.map(\.event.event.kind) == [.targetRecovered])
        #expect(try world.alert(6, "pager")?.state == .delivered)
    }

    @Test func `an event of a later version is dead with the reason, and the driver rests`() async throws {
        let world = try DeliveryWorld()
        let first = try world.record(.failed, of: "pm-1")
        let second = try world.record(.completed, of: "pm-1")
        let other = try DatabaseQueue(path: world.store.path)
        try await other.write { try $0.execute(sql: "UPDATE events SET event = 'melted' WHERE seq = 1") }
        try other.close()
        #expect(await world.driver.takeDue().isEmpty)
        #expect(try world.alert(first)?.state == .dead)
        #expect(try world.alert(first)?.lastError?.contains("`melted`") == true)
        #expect(world.journal.text.contains("\(world.store.installation)-\(first)"))
        let starts = await world.driver.takeDue()
        #expect(starts.map { $0.alerts[0].event.seq } == [second])
        await world.finish(starts[0], .delivered)
        #expect(await world.driver.takeDue().isEmpty)
        #expect(world.driver.nextWake() == nil)
    }

    @Test func `a moved chat is stored with the target and reported once`() async throws {
        let telegram = TargetPlan(
            name: "hook",
            settings: TargetSettings(
                name: "hook", kind: .telegram, options: TargetOptions(own: ["chat_id": .text("-42")])))
        let world = try DeliveryWorld([telegram])
        try world.record(.failed, of: "pm-1")
        let first = try #require(await world.driver.takeDue().first)
        await world.finish(first, .targetBroken, reason: "moved", newChatID: "-10042")
        let second = try #require(await world.driver.takeDue().first)
        #expect(second.chat == MovedChat(configured: "-42", current: "-10042"))
        await world.finish(second, .delivered)
        try world.restart([telegram])
        try world.record(.failed, of: "pm-2")
        let third = try #require(await world.driver.takeDue().first)
        #expect(third.chat?.current == "-10042")
        #expect(world.journal.text.components(separatedBy: "-10042").count == 3)
    }

    @Test func `a service that keeps incidents hears of what is open there`() async throws {
        let pager = TargetPlan(name: "hook", keepsIncidents: true)
        let world = try DeliveryWorld([pager])
        for (kind, sighting, open) in [
            (EventKind.started, Sighting.firstSeen, Set<EventKind>()), (.stalled, .observed, []),
            (.failed, .observed, [.stalled]), (.restarted, .observed, [.failed]), (.completed, .observed, []),
        ] {
            try world.record(kind, of: "pm-1", sighting: sighting)
            let start = try #require(await world.driver.takeDue().first)
            #expect(start.openTroubles == open)
            await world.finish(start, .delivered)
        }
        // What was there before the history begins is not known.
        try world.record(.completed, of: "pm-2")
        #expect(try #require(await world.driver.takeDue().first).openTroubles == nil)
    }

    @Test func `an end that a service never took leaves its incident open for the next one`() async throws {
        let pager = TargetPlan(
            name: "hook", delivery: DeliverySettings(giveUpAfter: .seconds(60)), keepsIncidents: true)
        let world = try DeliveryWorld([pager])
        try world.record(.started, of: "pm-1", sighting: .firstSeen)
        await world.finish(try #require(await world.driver.takeDue().first), .delivered)
        try world.record(.failed, of: "pm-1")
        await world.finish(try #require(await world.driver.takeDue().first), .accepted)
        let end = try world.record(.restarted, of: "pm-1")
        let start = try #require(await world.driver.takeDue().first)
        #expect(start.openTroubles == [.failed])
        world.clock.advance(by: .seconds(61))
        await world.finish(start, .tryAgain(retryAfter: nil), reason: "the connection was closed")
        #expect(try world.alert(end)?.state == .dead)
        try world.record(.completed, of: "pm-1")
        #expect(try #require(await world.driver.takeDue().first).openTroubles == [.failed])
    }
}
