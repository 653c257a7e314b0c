import Daemon
import Model
import Monitor
import Store
import Systemd
import TestSupport
import Testing

/// The first phase of a reload is one transaction: all of it is on the disk, or nothing.
struct ReloadTransactionTests {
    private struct Refused: Error {}

    private static let scope = AccountRegion(account: "default", region: "cn-beijing")

    private static func settings(_ clusters: String...) -> MonitorSettings {
        MonitorSettings(clusters: clusters.map { WatchedCluster(id: ClusterID($0), scope: scope) })
    }

    @Test func `a step that fails takes back those before it, in the core and on the disk`() async throws {
        let folder = try TemporaryFolder()
        let clock = StoppedClock()
        let store = StoreQueue(try EventStore(path: folder.file("test.db"), at: clock.now().wall))
        let old = Self.settings("pm-1", "pm-2")
        _ = try store.store.takeOver(old, targets: [], pid: 1, startedAt: clock.now().wall, at: clock.now().wall)
        let driver = MonitorDriver(
            monitor: TaskMonitor(old, at: clock.now()), routes: EventRouting { _ in [] }, store: store,
            announcer: Announcer(output: .text(TextLog(descriptor: -1)), notifier: SystemdNotifier(send: nil)),
            clock: clock, random: SystemRandomNumberGenerator(), wakeDelivery: { _ in })

        await #expect(throws: Refused.self) {
            try await driver.adopt(Self.settings("pm-3"), routes: EventRouting { _ in [] }) { store in
                try store.noteReload(configLoadedAt: Timestamp(milliseconds: 1))
                throw Refused()
            }
        }
        #expect(driver.overview.watched == 2)
        #expect(try store.store.loadWatched().map(\.id).sorted() == [ClusterID("pm-1"), ClusterID("pm-2")])
        #expect(try HistoryReader(path: store.store.path).daemonInfo()?.configLoadedAt == clock.now().wall)

        let answer = try await driver.adopt(Self.settings("pm-3"), routes: EventRouting { _ in [] }) { _ in 7 }
        #expect(answer == 7)
        #expect(driver.overview.watched == 1)
        #expect(try store.store.loadWatched().map(\.id) == [ClusterID("pm-3")])
        try store.store.close()
    }
}
