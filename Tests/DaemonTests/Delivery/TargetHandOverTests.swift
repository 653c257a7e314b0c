import Alerts
import Model
import Store
import Systemd
import TestSupport
import Testing

@testable import Daemon

/// A target that another host takes over while messages are under way to it, with the real database.
@Suite(.timeLimit(.minutes(10)))
struct TargetHandOverTests {
    private let hook = TargetPlan(name: "hook")

    @Test func `an alert whose attempt fails during the hand-over is sent by the next host, and not sooner than asked`()
        async throws
    {
        let world = try DeliveryWorld([hook], isAlone: false)
        let seq = try world.record(.failed, of: "pm-1")
        let start = try #require(await world.driver.takeDue().first)
        world.driver.adopt([], records: [], routes: world.routes)
        #expect(world.driver.isBusy(with: ["hook"]))
        await world.finish(start, .throttled(retryAfter: .seconds(600)), reason: "too many messages")
        #expect(!world.driver.isBusy(with: ["hook"]) && !world.driver.isSending)
        let alert = try #require(try world.alert(seq))
        #expect(alert.state == .pending)
        #expect(alert.attempts == 1)
        #expect(alert.lastError == "too many messages")
        #expect(await world.driver.takeDue().isEmpty)
        #expect(world.driver.nextWake() == nil)
        world.driver.abandon(["hook"])

        try world.restart([hook])
        world.clock.advance(by: .seconds(599))
        #expect(await world.driver.takeDue().isEmpty)
        world.clock.advance(by: .seconds(1))
        let again = try #require(await world.driver.takeDue().first)
        #expect(again.alerts.map(\.event.seq) == [seq])
        await world.finish(again, .delivered)
        #expect(try world.alert(seq)?.state == .delivered)
        #expect(!world.journal.text.contains("no longer names"))
    }

    @Test func `what is used up of a rate is stored also if no attempt ends in time`() async throws {
        let chat = TargetPlan(
            name: "hook", concurrency: 4, pace: Pace(RateLimit(count: 9, per: .seconds(60)), burst: 3))
        let world = try DeliveryWorld([chat], isAlone: false)
        for number in 1...5 { try world.record(.failed, of: "pm-\(number)") }
        #expect(await world.driver.takeDue().count == 3)
        world.driver.adopt([], records: [], routes: world.routes)
        #expect(await world.driver.takeDue().isEmpty)
        world.driver.abandon(["hook"])
        try world.restart([chat])
        #expect(await world.driver.takeDue().isEmpty)
        world.clock.advance(by: .seconds(60))
        #expect(await world.driver.takeDue().count == 3)
    }

    @Test func `the loop finishes a target that is given back, and an alert that fails meanwhile stays pending`()
        async throws
    {
        let clock = SystemClock()
        let folder = try TemporaryFolder()
        let store = StoreQueue(try EventStore(path: folder.file("test.db"), at: clock.now().wall))
        let gate = PollGate()
        let targets = [hook, TargetPlan(name: "pager")]
        let whole = DeliveryPlan(targets: targets, routes: EventRouting { _ in [] }) { start in
            await gate.wait()
            return FinishedAttempt(
                start, startedAt: clock.now().wall, duration: .milliseconds(5),
                verdict: Verdict(.tryAgain(retryAfter: nil), code: "HTTP 503", reason: "busy"))
        }
        let plan = whole.restricted(to: ["hook", "pager"], notifies: false)
        let recorder = Recorder()
        let loop = DeliveryLoop(
            outbox: Outbox(plans: plan.targets, at: clock.now().wall), plan: plan, store: store,
            announcer: Announcer(output: recorder.output, notifier: recorder.notifier),
            heartbeats: Heartbeats(interval: .seconds(5), clock: clock), clock: clock)
        async let running: Void = loop.run()
        var failure: (any Error)?
        do {
            let now = clock.now().wall
            let event = Event(
                kind: .failed, cluster: ClusterID("pm-1"), account: "default", region: "cn-beijing",
                from: .activation, to: .failed, observedAt: now)
            let seq = try await store.perform {
                try $0.record(Recording(events: [RoutedEvent(event: event, targets: ["hook"])]), at: now)[0].seq
            }
            loop.wake(["hook"])
            try await eventually("the attempt to be under way") { gate.isAwaited }
            let opening = Task {
                try? await Task.sleep(for: .milliseconds(200))
                gate.open()
            }
            // Meanwhile the plan is put in force anew, for another reason.
            loop.reload(whole.restricted(to: ["pager"], notifies: false), records: [])
            await loop.finish(["hook"])
            await opening.value
            let alert = try #require(try HistoryReader(path: store.store.path).alerts(ofEvent: seq).first)
            #expect(alert.state == .pending)
            #expect(alert.attempts == 1)
            #expect(alert.lastError == "busy")
            await loop.leave(["hook"])
        } catch {
            failure = error
        }
        gate.open()
        loop.stop()
        await running
        if let failure { throw failure }
    }
}
