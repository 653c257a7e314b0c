import Daemon
import Foundation
import Model
import Store
import Systemd
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct WatchdogFeederTests {
    private static let interval = WatchdogInterval(environment: ["WATCHDOG_USEC": "60000"], pid: 1)

    @Test func `is fed while every loop shows signs of life, and not once one stops`() async throws {
        let folder = try TemporaryFolder()
        let clock = SystemClock()
        let store = StoreQueue(try EventStore(path: folder.file("test.db"), at: clock.now().wall))
        let recorder = Recorder()
        let notifier = recorder.notifier
        let heartbeats = Heartbeats(interval: .milliseconds(5), clock: clock)
        let feeder = WatchdogFeeder(
            interval: try #require(Self.interval), notifier: notifier, heartbeats: heartbeats, store: store,
            announcer: Announcer(output: recorder.output, notifier: notifier))

        await withThrowingTaskGroup { group in
            group.addTask { await feeder.run() }
            group.addTask {
                // Those of the store come from the feeder itself.
                let loops = Heartbeats.Source.allCases.filter { $0 != .store }
                try await eventually("several signs") {
                    for loop in loops { heartbeats.beat(loop) }
                    return recorder.sent.filter { $0 == "WATCHDOG=1" }.count >= 5
                }
                // Now all but one.
                try await eventually("no more signs") {
                    for loop in loops where loop != .firing { heartbeats.beat(loop) }
                    return heartbeats.silent(for: .milliseconds(30)) == [.firing]
                }
                let before = recorder.sent.count
                for _ in 0..<20 {
                    for loop in loops where loop != .firing { heartbeats.beat(loop) }
                    try await Task.sleep(for: .milliseconds(5))
                }
                // One may have been under way.
                #expect(recorder.sent.count <= before + 1)
            }
            _ = await group.nextResult()
            group.cancelAll()
        }
        let log = try recorder.log()
        #expect(log.contains { $0.contains(" error No progress for 30ms in: Alertmanager repeats.") }, "\(log)")
        try store.store.close()
    }
}

struct HeartbeatsTests {
    @Test func `a loop is silent after the limit, and one that does not exist never`() {
        let clock = StoppedClock()
        let heartbeats = Heartbeats(interval: .seconds(5), clock: clock)
        heartbeats.ignore(.control)
        clock.advance(by: .seconds(31))
        heartbeats.beat(.polling)
        heartbeats.beat(.control)
        #expect(heartbeats.silent(for: .seconds(30)) == [.delivery, .firing, .store, .housekeeping])
        clock.advance(by: .seconds(30))
        #expect(!heartbeats.silent(for: .seconds(30)).contains(.polling))
        clock.advance(by: .seconds(1))
        #expect(heartbeats.silent(for: .seconds(30)) == [.polling, .delivery, .firing, .store, .housekeeping])
    }
}
