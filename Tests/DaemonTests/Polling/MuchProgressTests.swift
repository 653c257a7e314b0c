import Daemon
import Model
import Monitor
import Store
import Systemd
import TestSupport
import Testing

/// The progress of many trainings does not wait in memory for the minute that it is written in otherwise.
struct MuchProgressTests {
    private static let scope = AccountRegion(account: "default", region: "cn-beijing")

    /// Trainings whose first reading is known, over a real database.
    private final class World {
        let driver: MonitorDriver
        let store: EventStore
        private let folder: TemporaryFolder
        private let disk: FailingDisk
        private let clock = StoppedClock()

        init(_ trainings: Int) throws {
            folder = try TemporaryFolder()
            store = try EventStore(path: folder.file("test.db"), at: clock.now().wall)
            disk = FailingDisk(store)
            let settings = MonitorSettings(
                clusters: (0..<trainings).map { WatchedCluster(id: ClusterID("pm-\($0)"), scope: scope) },
                quotas: [scope: QuotaSettings(callsPerSecond: 1000, burst: 1000)])
            _ = try store.takeOver(
                settings, targets: [], pid: 1, startedAt: clock.now().wall, at: clock.now().wall)
            driver = MonitorDriver(
                monitor: TaskMonitor(settings, at: clock.now()), routes: EventRouting { _ in [] }, store: disk,
                announcer: Announcer(output: .text(TextLog(descriptor: -1)), notifier: SystemdNotifier(send: nil)),
                clock: clock, random: SystemRandomNumberGenerator(), wakeDelivery: { _ in })
        }

        deinit { try? store.close() }

        func diskFails(_ fails: Bool) { disk.fails(fails) }

        var written: Int { get throws { try store.loadWatchedProgress().count } }

        /// Answers what is due until every training was read once.
        func readAll() async {
            var read: Set<ClusterID> = []
            // A training is read 10 s after it was seen to run.
            for _ in 0..<400 where read.count < driver.overview.watched {
                var results: [PollResult] = []
                for order in driver.takeDue() {
                    if case .readProgress(let cluster, _, _) = order.call { read.insert(cluster) }
                    results.append(PollResult(order, outcome: answer(order.call), at: clock.now()))
                }
                await driver.settle(results)
                clock.advance(by: .milliseconds(100))
            }
            #expect(read.count == driver.overview.watched)
        }

        private func answer(_ call: PollCall) -> CallOutcome {
            let now = clock.now().wall
            guard case .readProgress = call else {
                return .task(
                    .answer(
                        Observation(
                            status: .activation, facts: TaskFacts(), requestID: nil, body: [],
                            digest: BodyDigest(high: 5, low: 7))))
            }
            let points = (1...3).map {
                ProgressPoint(at: now.advanced(by: .seconds($0 - 4)), step: $0, totalSteps: 9000)
            }
            return .progress(.success(ProgressReading(points: points)))
        }
    }

    @Test(arguments: [(trainings: 255, written: 0), (trainings: 256, written: 256)])
    func `progress is written before its time if many runs wait`(_ row: (trainings: Int, written: Int)) async throws {
        let world = try World(row.trainings)
        await world.readAll()
        #expect(try world.written == 0, "nothing writes it by itself")
        await world.driver.flushMuchProgress()
        #expect(try world.written == row.written)
        #expect(world.driver.unsaved.progress.count == row.trainings - row.written)
    }

    @Test func `a disk that takes nothing is not asked again before the next regular time`() async throws {
        let world = try World(300)
        await world.readAll()
        world.diskFails(true)
        await world.driver.flushMuchProgress()
        #expect(world.driver.unsaved.progress.count == 300, "it stays to be written")
        world.diskFails(false)
        await world.driver.flushMuchProgress()
        #expect(try world.written == 0)
        await world.driver.flushPollTimes()
        #expect(try world.written == 300)
        #expect(world.driver.unsaved.progress.isEmpty)
    }
}
