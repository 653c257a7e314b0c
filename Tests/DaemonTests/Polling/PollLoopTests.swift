import Glibc
import HTTPTransport
import Model
import Monitor
import PolarDB
import Store
import Synchronization
import Systemd
import TestSupport
import Testing

@testable import Daemon

/// The real loop, database and clock, with an API that is a closure.
@Suite(.timeLimit(.minutes(10)))
struct PollLoopTests {
    @Test func `a failure is stored with the last lines of its log, and its alert is made`() async throws {
        let poller = LoopPoller()
        poller.answer { _, _ in Self.answer(.failed) }
        poller.logLines { _ in .success(["step 9", "CUDA out of memory"]) }
        try await PollWorld(poller).running { world in
            let alerts = try await world.alerts()
            #expect(alerts.map(\.event.event.kind) == [.failed])
            #expect(alerts.first?.event.event.logLines == ["step 9", "CUDA out of memory"])
        }
    }

    @Test func `a failure is stored without them if they cannot be read, and the log says why`() async throws {
        let poller = LoopPoller()
        poller.answer { _, _ in Self.answer(.failed) }
        poller.logLines { _ in .failure(PollFailure(reason: .permission, message: "no permission for it")) }
        try await PollWorld(poller).running { world in
            #expect(try await world.alerts().first?.event.event.logLines == [])
            try await eventually("the reason in the log") { world.log.contains("no permission for it") }
        }
    }

    @Test func `a log that never comes delays the failure for its limit and no longer`() async throws {
        let poller = LoopPoller()
        let gate = PollGate()
        poller.answer { _, _ in Self.answer(.failed) }
        poller.logLines { _ in
            await gate.wait()
            return .success([])
        }
        var settings = PollWorld.settings(1)
        settings.logLimit = .milliseconds(200)
        let world = try PollWorld(poller, settings: settings)
        let begin = ContinuousClock.now
        try await world.running { world in
            #expect(try await world.alerts().map(\.event.event.kind) == [.failed])
            try await eventually("the reason in the log") { world.log.contains("took longer than 200ms") }
        }
        #expect(ContinuousClock.now - begin < .seconds(10), "nor does it hold up the stop")
        gate.open()
    }

    @Test func `an account that is given back is finished first, and one that is lost is not`() async throws {
        let poller = LoopPoller()
        let gate = PollGate()
        poller.answer { _, order in
            await gate.wait()
            return Task.isCancelled
                ? .failed(PollFailure(reason: .timeout, message: "cancelled"), order.call) : Self.answer(.failed)
        }
        poller.logLines { _ in .success([]) }
        try await PollWorld(poller).running { world in
            try await eventually("a call to be under way") { poller.calls > 0 }
            let loop = world.loop
            let finishing = Task { await loop.finish([PollWorld.scope]) }
            // The call is let go on, and what it brought is stored before the answer comes.
            gate.open()
            await finishing.value
            let stored = try await world.alerts()
            #expect(stored.map(\.event.event.kind) == [.failed])
            await world.loop.leave([PollWorld.scope])
            let calls = poller.calls
            #expect(await world.loop.overview.watched == 0)
            #expect(await !world.loop.pollNow(ClusterID("pm-0")))
            #expect(poller.calls == calls)
        }
        let cut = LoopPoller()
        cut.answer { _, order in
            while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
            return Self.answer(.failed)
        }
        try await PollWorld(cut).running { world in
            try await eventually("a call to be under way") { cut.calls > 0 }
            await world.loop.leave([PollWorld.scope])
            // What the cancelled call brings all the same means nothing: the other host has asked meanwhile.
            #expect(await world.loop.overview.watched == 0)
            #expect(try await world.count() == 0)
        }
    }

    /// A world in which two failures wait for their logs until the gate opens.
    private func waiting(for gate: PollGate) throws -> PollWorld {
        let poller = LoopPoller()
        poller.answer { _, _ in Self.answer(.failed) }
        poller.logLines { _ in
            await gate.wait()
            return .success([])
        }
        return try PollWorld(poller, clusters: 2)
    }

    @Test func `a failure that waits for its log is stored when the service stops`() async throws {
        let gate = PollGate()
        let world = try waiting(for: gate)
        let loop = world.loop
        async let polling: Void = loop.run()
        try await eventually("logs to be read") { gate.isAwaited }
        loop.stop()
        await polling
        #expect(try await world.alerts(count: 2).map(\.event.event.kind) == [.failed, .failed])
        #expect(world.log.contains("the service was stopping"))
        gate.open()
    }

    @Test func `a failure that waits for its log is stored when its task leaves the config`() async throws {
        let gate = PollGate()
        try await waiting(for: gate).running { world in
            try await eventually("logs to be read") { gate.isAwaited }
            var settings = PollWorld.settings(2)
            settings.clusters.removeFirst()
            let plan = PollPlan(settings: settings, poller: LoopPoller(), routes: world.routes)
            _ = try await world.loop.reload(plan) { _ in [] }
            let stored = try await world.alerts()
            #expect(stored.map(\.event.event.cluster) == [ClusterID("pm-0")])
            #expect(world.log.contains("the task was taken out of the config"))
            gate.open()
            // The other one waits for its log as before.
            _ = try await world.alerts(count: 2)
        }
    }

    @Test func `no call begins that is not permitted, and it begins once it is`() async throws {
        let poller = LoopPoller()
        poller.answer { _, _ in Self.answer(.failed) }
        poller.logLines { _ in .success([]) }
        let isOpen = Mutex(false)
        try await PollWorld(poller, permits: { _ in isOpen.withLock { $0 } }).running { world in
            try await eventually("the loop to have looked") { await world.loop.figures.budgets[PollWorld.scope] != nil }
            #expect(await !world.loop.pollNow(ClusterID("pm-9")))
            #expect(poller.calls == 0)
            isOpen.withLock { $0 = true }
            _ = await world.loop.pollNow(ClusterID("pm-0"))
            #expect(try await world.alerts().count == 1)
        }
    }

    @Test func `after a log that is throttled no more logs are read for a while`() async throws {
        let poller = LoopPoller()
        poller.answer { _, _ in Self.answer(.failed) }
        poller.logLines { _ in
            .failure(PollFailure(reason: .throttled, message: "slow down", retryAfter: .seconds(5)))
        }
        let world = try PollWorld(poller, clusters: 6)
        try await world.running { world in
            let alerts = try await world.alerts(count: 6)
            #expect(alerts.count == 6)
        }
        #expect(poller.logReads <= 4, "those that were under way at once: \(poller.logReads)")
    }

    @Test func `a call that hangs for ever is given up, the silence is reported, and a stop does not wait for it`()
        async throws
    {
        let poller = LoopPoller()
        let gate = PollGate()
        poller.answer { number, _ in
            if number > 1 { await gate.wait() }
            return Self.answer(.activation)
        }
        var settings = PollWorld.settings(1)
        settings.schedule = ScheduleSettings(
            running: .milliseconds(200), settled: .seconds(1), failingAfter: .seconds(1))
        settings.quotas = settings.quotas.mapValues { _ in QuotaSettings(callsPerSecond: 50, burst: 5, timeout: .zero) }
        let world = try PollWorld(poller, settings: settings)
        var stopped = ContinuousClock.now
        try await world.running { world in
            let alerts = try await world.alerts(within: .seconds(40))
            #expect(alerts.map(\.event.event.kind) == [.pollFailing])
            #expect(alerts.first?.event.event.detail?.contains("did not end within 15s") ?? false)
            stopped = ContinuousClock.now
        }
        #expect(ContinuousClock.now - stopped < .seconds(12), "the call itself would be given up after 15 s")
        gate.open()
    }

    @Test func `polls that fail at once are made by the schedule: nothing spins`() async throws {
        let poller = LoopPoller()
        poller.answer { _, _ in .task(.failure(PollFailure(reason: .network, message: "connection refused"))) }
        var settings = PollWorld.settings(1)
        settings.schedule = ScheduleSettings(running: .milliseconds(100), jitter: 0)
        let world = try PollWorld(poller, settings: settings)
        let begin = ContinuousClock.now
        try await world.running { _ in
            try await eventually("five polls") { poller.calls >= 5 }
        }
        let elapsed = ContinuousClock.now - begin
        #expect(elapsed > .milliseconds(390), "100 ms, then 200, then 400 between them: \(elapsed)")
    }

    @Test func `poll now asks at once, and knows what is watched`() async throws {
        let poller = LoopPoller()
        poller.answer { _, _ in Self.answer(.activation) }
        let world = try PollWorld(poller)
        try await world.running { world in
            try await eventually("the first poll") { poller.calls == 1 }
            #expect(await world.loop.pollNow(ClusterID("pm-0")))
            #expect(await !world.loop.pollNow(ClusterID("pm-9")))
            try await eventually("the second poll") { poller.calls == 2 }
        }
    }

    private static func answer(_ status: ClusterStatus) -> CallOutcome {
        .task(
            .answer(
                Observation(
                    status: status, facts: TaskFacts(), requestID: nil, body: [],
                    digest: BodyDigest(high: status.isFailed ? 1 : 2, low: 3))))
    }
}
