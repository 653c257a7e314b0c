import Alerts
import Daemon
import Model
import Store
import Testing

/// What a wall clock that steps does to alerts that wait: nothing.
struct ClockStepTests {
    private static let days = 86_400

    /// Turns for a while, and fails whatever is sent.
    ///
    /// - Returns: how many attempts were made.
    private func failing(_ world: DeliveryWorld, for seconds: Int) async -> Int {
        var attempts = 0
        for _ in 0..<seconds {
            for start in await world.driver.takeDue() {
                attempts += 1
                await world.finish(start, .tryAgain(retryAfter: nil), reason: "the server failed (500)")
            }
            world.clock.advance(by: .seconds(1))
        }
        return attempts
    }

    @Test(arguments: [4 * days, 400 * days, -3 * days])
    func `a clock that is wrong for seconds gives nothing up`(step: Int) async throws {
        let world = try DeliveryWorld()
        let seqs = try (1...5).map { try world.record(.failed, of: "pm-\($0)") }
        #expect(await failing(world, for: 30) > 0)
        world.clock.step(by: .seconds(step))
        _ = await failing(world, for: 8)
        world.clock.step(by: .seconds(-step))
        _ = await failing(world, for: 30)
        for seq in seqs { #expect(try world.alert(seq)?.state == .pending) }
        #expect(world.journal.text.contains("not delivered within") == false)
        #expect(world.journal.text.contains("clock was"))
    }

    /// Killed and started again by the clock that is wrong, twice: the receiver is away all the time.
    @Test(arguments: [4 * days, 40 * days, -4 * days])
    func `restarts after a step give nothing up`(step: Int) async throws {
        let plan = TargetPlan(name: "hook", delivery: DeliverySettings(retry: [.seconds(10)]))
        let world = try DeliveryWorld([plan])
        let seqs = try (1...3).map { try world.record(.failed, of: "pm-\($0)") }
        #expect(await failing(world, for: 20) > 0)
        world.clock.step(by: .seconds(step))
        _ = await failing(world, for: 20)
        for _ in 0..<2 {
            try world.restart([plan], lastSeen: world.clock.now().wall.advanced(by: .seconds(-1)))
            #expect(await failing(world, for: 40) > 0)
        }
        for seq in seqs { #expect(try world.alert(seq)?.state == .pending) }
        #expect(world.journal.text.contains("not delivered within") == false)
    }

    @Test func `time in which no daemon ran gives nothing up, however often one is started then`() async throws {
        let plan = TargetPlan(name: "hook", delivery: DeliverySettings(retry: [.seconds(10)]))
        let world = try DeliveryWorld([plan])
        let seq = try world.record(.failed, of: "pm-1")
        #expect(await failing(world, for: 20) > 0)
        for _ in 0..<3 {
            let lastSeen = world.clock.now().wall
            world.clock.advance(by: .seconds(Int64(4 * Self.days)))
            try world.restart([plan], lastSeen: lastSeen)
            #expect(await failing(world, for: 60) > 0)
            // Once more at once, which must not count the days before.
            try world.restart([plan], lastSeen: world.clock.now().wall)
            #expect(await failing(world, for: 60) > 0)
        }
        #expect(try world.alert(seq)?.state == .pending)
    }

    @Test func `a clock that stays wrong gives up after the time that was lived through`() async throws {
        let plan = TargetPlan(
            name: "hook", delivery: DeliverySettings(retry: [.seconds(60)], giveUpAfter: .seconds(600)))
        let world = try DeliveryWorld([plan])
        let seq = try world.record(.failed, of: "pm-1")
        _ = await failing(world, for: 100)
        world.clock.step(by: .seconds(Int64(50 * Self.days)))
        _ = await failing(world, for: 450)
        #expect(try world.alert(seq)?.state == .pending)
        _ = await failing(world, for: 200)
        #expect(try world.alert(seq)?.state == .dead)
        #expect(try world.alert(seq)?.lastError?.hasPrefix("not delivered within 10m") == true)
    }

    @Test(arguments: [-8 * 3600, -30 * days, 8 * 3600])
    func `a wait is as long as it was to be, whatever the clock does`(step: Int) async throws {
        let plan = TargetPlan(name: "hook", delivery: DeliverySettings(retry: [.seconds(120)]))
        let world = try DeliveryWorld([plan])
        let seq = try world.record(.failed, of: "pm-1")
        let first = try #require(await world.driver.takeDue().first)
        await world.finish(first, .tryAgain(retryAfter: nil))
        world.clock.advance(by: .seconds(40))
        world.clock.step(by: .seconds(step))
        #expect(await world.driver.takeDue().isEmpty)
        let next = try #require(try world.alert(seq)?.nextAttemptAt)
        let wait = next.since(world.clock.now().wall)
        #expect(wait > .seconds(50) && wait < .seconds(110))
        world.clock.advance(by: .seconds(54))
        #expect(await world.driver.takeDue().isEmpty)
        world.clock.advance(by: .seconds(60))
        #expect(await world.driver.takeDue().count == 1)
    }

    @Test(arguments: [300, -300, 4 * days, -4 * days])
    func `what is made after a step that nobody has seen yet is due at once`(step: Int) async throws {
        let world = try DeliveryWorld()
        #expect(await world.driver.takeDue().isEmpty)
        world.clock.advance(by: .seconds(7200))
        world.clock.step(by: .seconds(step))
        try world.record(.failed, of: "pm-1")
        #expect(await world.driver.takeDue().count == 1)
    }

    @Test func `Retry-After and a probe are obeyed across a step`() async throws {
        let world = try DeliveryWorld()
        try world.record(.failed, of: "pm-1")
        let first = try #require(await world.driver.takeDue().first)
        await world.finish(first, .throttled(retryAfter: .seconds(600)))
        world.clock.step(by: .seconds(Int64(Self.days)))
        world.clock.advance(by: .seconds(590))
        #expect(await world.driver.takeDue().isEmpty)
        let blocked = try #require(try world.store.loadTargets().first?.blockedUntil)
        #expect(blocked == world.clock.now().wall.advanced(by: .seconds(10)))
        world.clock.advance(by: .seconds(11))
        #expect(await world.driver.takeDue().count == 1)
    }

    @Test func `a clock that was set back while no daemon ran lengthens no wait`() async throws {
        let plan = TargetPlan(name: "hook", delivery: DeliverySettings(retry: [.seconds(300)]))
        let world = try DeliveryWorld([plan])
        try world.record(.failed, of: "pm-1")
        let first = try #require(await world.driver.takeDue().first)
        await world.finish(first, .throttled(retryAfter: .seconds(400)))
        let lastSeen = world.clock.now().wall
        world.clock.step(by: .seconds(-8 * 3600))
        try world.restart([plan], lastSeen: lastSeen)
        world.clock.advance(by: .seconds(390))
        #expect(await world.driver.takeDue().isEmpty)
        world.clock.advance(by: .seconds(20))
        #expect(await world.driver.takeDue().count == 1)
    }

    @Test func `alerts that a clock far ahead has made wait no longer, though nobody saw it set back`() async throws {
        let plan = TargetPlan(name: "hook", delivery: DeliverySettings(retry: [.seconds(300)]), concurrency: 4)
        let world = try DeliveryWorld([plan])
        world.clock.step(by: .seconds(Int64(4 * Self.days)))
        try world.record(.failed, of: "pm-1")
        let first = try #require(await world.driver.takeDue().first)
        await world.finish(first, .tryAgain(retryAfter: nil))
        let fresh = try world.record(.failed, of: "pm-2")
        world.clock.step(by: .seconds(-Int64(4 * Self.days)))
        try world.restart([plan])
        // The new one is due; the other one waits for as long as it was to.
        #expect(await world.driver.takeDue().map { $0.alerts[0].event.seq } == [fresh])
        world.clock.advance(by: .seconds(361))
        #expect(await world.driver.takeDue().count == 1)
    }

    @Test func `a start with the clock far ahead gives up nothing that was just made`() async throws {
        let world = try DeliveryWorld()
        let seqs = try (1...3).map { try world.record(.failed, of: "pm-\($0)") }
        _ = await failing(world, for: 30)
        let lastSeen = world.clock.now().wall
        world.clock.step(by: .seconds(Int64(100 * Self.days)))
        try world.restart([TargetPlan(name: "hook")], lastSeen: lastSeen)
        #expect(await failing(world, for: 60) > 0)
        for seq in seqs { #expect(try world.alert(seq)?.state == .pending) }
    }

    /// Made while the clock was behind. Then it is right again before the next start, and the database holds polls from
    /// before the first step, too.
    @Test(arguments: [-4 * days, -40 * days, -13 * 3600])
    func `alerts that a clock far behind has made do not grow old when it is right again`(step: Int) async throws {
        let plan = TargetPlan(
            name: "hook", delivery: DeliverySettings(retry: [.seconds(10)], giveUpAfter: .seconds(12 * 3600)))
        let world = try DeliveryWorld([plan])
        let scope = AccountRegion(account: "default", region: "cn-beijing")
        let (quick, slow, rare) = (ClusterID("pm-1"), ClusterID("pm-2"), ClusterID("pm-3"))
        try world.store.watch([quick, slow, rare].map { ClusterEntry(id: $0, scope: scope) }, at: now(world))
        try notePolls(world, [quick, slow, rare], at: now(world))
        let polledBefore = now(world)
        _ = await failing(world, for: 10)
        world.clock.step(by: .seconds(step))
        _ = await failing(world, for: 8)
        let seqs = try (1...3).map { try world.record(.failed, of: "pm-\($0)") }
        // A poll from before the step that is written only now.
        try notePolls(world, [slow], at: polledBefore)
        try notePolls(world, [quick], at: now(world))
        #expect(await failing(world, for: 20) > 0)
        world.clock.step(by: .seconds(-step))
        try world.restart([plan])
        #expect(await failing(world, for: 60) > 0)
        for seq in seqs { #expect(try world.alert(seq)?.state == .pending) }
    }

    private func now(_ world: DeliveryWorld) -> Timestamp { world.clock.now().wall }

    private func notePolls(_ world: DeliveryWorld, _ clusters: [ClusterID], at time: Timestamp) throws {
        let times = clusters.map {
            PollTimes(cluster: $0, lastGoodAt: time, lastPollAt: time, nextPollAt: nil, lastError: nil)
        }
        _ = try world.store.record(Recording(pollTimes: times), at: now(world))
    }

    @Test func `a step that the disk does not take yet starts nothing, and is made good later`() async throws {
        let world = try DeliveryWorld([TargetPlan(name: "hook", delivery: DeliverySettings(retry: [.seconds(300)]))])
        try world.record(.failed, of: "pm-1")
        let first = try #require(await world.driver.takeDue().first)
        await world.finish(first, .tryAgain(retryAfter: nil))
        world.disk.fails(true)
        world.clock.step(by: .seconds(-7200))
        #expect(await world.driver.takeDue().isEmpty)
        #expect(world.driver.nextWake() != nil)
        world.disk.fails(false)
        world.clock.advance(by: .seconds(2))
        #expect(await world.driver.takeDue().isEmpty)
        world.clock.advance(by: .seconds(400))
        #expect(await world.driver.takeDue().count == 1)
    }

    @Test func `alerts that die without an attempt are named in the journal`() async throws {
        let plan = TargetPlan(
            name: "hook", delivery: DeliverySettings(retry: [.seconds(1)], giveUpAfter: .seconds(120)), concurrency: 4)
        let world = try DeliveryWorld([plan])
        for cluster in 1...16 { try world.record(.failed, of: "pm-\(cluster)") }
        for _ in 0..<400 {
            for start in await world.driver.takeDue() {
                await world.finish(start, .targetBroken, reason: "no such robot")
            }
            world.clock.advance(by: .seconds(1))
        }
        let lines = world.journal.text.split(separator: "\n").filter {
            $0.contains("dead (no more attempts)") && $0.contains("Reason: ")
        }
        let installation = world.store.installation
        #expect(!lines.isEmpty)
        let dead = try (1...16).filter { try world.alert(Int64($0))?.state == .dead }
        for seq in dead {
            let isNamed = world.journal.text.contains("\(installation)-\(seq)")
            let isCounted = lines.contains { $0.contains("more") }
            #expect(isNamed || isCounted)
        }
        #expect(lines.contains { $0.contains("alerts retry --target hook") && $0.contains("no such robot") })
    }
}
