import Alerts
import Daemon
import Model
import Store
import Testing

/// What the driver makes of a disk that does not take the outcome of an attempt.
struct OutboxDriverTests {
    @Test func `an attempt whose outcome cannot be stored is not made again, and its outcome is kept`() async throws {
        let world = try DeliveryWorld()
        try world.record(.failed, of: "pm-1")
        let starts = await world.driver.takeDue()
        #expect(starts.map(\.target) == ["hook"])
        let start = try #require(starts.first)

        world.disk.fails(true)
        await world.driver.settle([
            FinishedAttempt(
                start, startedAt: world.clock.now().wall, duration: .milliseconds(20),
                verdict: Verdict(.tryAgain(retryAfter: .seconds(600)), code: "HTTP 503", reason: "busy"))
        ])
        for _ in 0..<20 {
            world.clock.advance(by: .seconds(1))
            #expect(await world.driver.takeDue().isEmpty)
        }
        #expect(world.driver.isSending)

        world.disk.fails(false)
        let wake = try #require(world.driver.nextWake())
        #expect(wake <= world.clock.now().monotonic.advanced(by: .seconds(1)))
        world.clock.advance(by: .seconds(1))
        #expect(await world.driver.takeDue().isEmpty)
        #expect(!world.driver.isSending)

        let next = try world.store.nextAttemptTime(for: "hook")
        #expect(try #require(next) >= Timestamp(milliseconds: 1_795_507_200_000).advanced(by: .seconds(600)))
        world.clock.advance(by: .seconds(3600))
        #expect(await world.driver.takeDue().first?.alerts.first?.attempts == 1)
    }
}
