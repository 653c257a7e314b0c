import Daemon
import Model
import Monitor
import PolarDB
import Store
import Systemd
import Testing

struct StatusLineTests {
    private static func overview(_ counts: [ClusterStatus?: Int]) -> WatchOverview {
        var overview = WatchOverview()
        overview.byStatus = counts
        overview.watched = counts.values.reduce(0, +)
        return overview
    }

    @Test func `says how many tasks are in which status, and what waits`() {
        var line = StatusLine()
        line.overview = Self.overview([.failed: 1, .activation: 3, nil: 2])
        line.lastEvent = "nightly (pm-1) ACTIVATION → FAILED at 2026-11-24 08:00:00Z"
        line.alertsWaiting = 1
        line.alertsDead = 2
        #expect(
            line.text == """
                watching 6: 3 ACTIVATION, 1 FAILED, 2 without an API answer so far; \
                last: nightly (pm-1) ACTIVATION → FAILED at 2026-11-24 08:00:00Z; 1 alert waiting; \
                2 dead alerts (see: polarai-daemon alerts list)
                """)
    }

    @Test func `an empty config and an instance without tasks are not the same`() {
        var line = StatusLine()
        #expect(line.text == "no tasks configured: add `clusters` or `instances` to the config and reload")
        line.overview.instances = 2
        #expect(line.text == "no tasks found in 2 instances yet")
    }

    @Test func `a database that cannot be written comes first, other trouble last`() {
        var line = StatusLine()
        line.overview = Self.overview([.activation: 1])
        line.troubles = [.storage: "no space", .config: "refused", .target: "chat suspended"]
        #expect(line.text == "no space; watching 1: 1 ACTIVATION; refused; chat suspended")
    }

    @Test(arguments: [1, 4, 5, 6, 9])
    func `one status more is written out, and what has no answer yet is never hidden`(count: Int) {
        var line = StatusLine()
        var statuses: [ClusterStatus?: Int] = [nil: 3]
        for number in 0..<count { statuses[ClusterStatus("S\(number)")] = 2 }
        line.overview = Self.overview(statuses)
        #expect(line.text.hasSuffix(", 3 without an API answer so far"))
        #expect(line.text.contains("2 S4") == (count == 5))
        #expect(line.text.contains("\((count - 4) * 2) in \(count - 4) other statuses") == (count > 5))
    }

    @Test func `many statuses of the API's own do not push the rest out`() {
        var line = StatusLine()
        line.overview = Self.overview(
            Dictionary(uniqueKeysWithValues: (10..<60).map { (ClusterStatus("STRANGE_STATUS_\($0)"), 1) }))
        line.alertsWaiting = 7
        #expect(line.text.utf8.count < 300)
        #expect(line.text.hasSuffix("; 7 alerts waiting"))
        #expect(line.text.contains("1 STRANGE_STATUS_10") && line.text.contains("46 in 46 other statuses"))
    }
}

struct AnnouncerTests {
    private static func stored(_ kind: EventKind, target: String? = nil) -> StoredEvent {
        StoredEvent(
            seq: 7, id: "k3v9x2ab-7",
            event: Event(
                kind: kind, cluster: target == nil ? ClusterID("pm-1") : nil, account: "default", region: "cn-beijing",
                from: .activation, to: .failed, observedAt: Timestamp(milliseconds: 1_795_507_200_000), target: target))
    }

    @Test func `an event is logged unless the outbox writes it for a target of the type systemd`() throws {
        let recorder = Recorder()
        let announcer = Announcer(output: recorder.output, notifier: recorder.notifier)
        announcer.useJournalTargets(["journal"])
        let stored = [Self.stored(.failed), Self.stored(.completed)]
        let routed = [
            RoutedEvent(event: stored[0].event, targets: ["journal", "chat"]),
            RoutedEvent(event: stored[1].event, targets: ["chat"]),
        ]
        announcer.report(stored, routed: routed, overview: WatchOverview())
        let log = try recorder.log()
        #expect(log.count == 1)
        #expect(log.first?.contains("event=completed") == true)
    }

    @Test func `a database that cannot be written is reported once, with since when, and once when it can`() throws {
        let recorder = Recorder()
        let clock = StoppedClock()
        let notifier = recorder.notifier
        let announcer = Announcer(output: recorder.output, notifier: notifier, now: { clock.now().wall })
        announcer.storageWorks()
        announcer.storageFails(StoreError.io(path: "/x.db", detail: "disk full"))
        let since = clock.now().wall
        clock.advance(by: .seconds(60))
        announcer.storageFails(StoreError.io(path: "/x.db", detail: "read-only"))
        #expect(announcer.storageTrouble?.since == since)
        #expect(announcer.storageTrouble?.error.contains("read-only") == true)
        #expect(announcer.statusText.contains("read-only"))
        announcer.storageWorks()
        #expect(announcer.storageTrouble == nil)
        #expect(!announcer.statusText.contains("database"))
        let log = try recorder.log()
        #expect(log.map { $0.contains("event=storage_degraded") } == [true, false])
        #expect(log.map { $0.contains("event=storage_recovered") } == [false, true])
    }

    @Test func `suspended targets are named with since when, why and the next probe, until they work`() {
        let recorder = Recorder()
        let announcer = Announcer(output: recorder.output, notifier: recorder.notifier)
        let targets = ["chat", "hook", "ops", "pager"].map { name in
            var record = TargetRecord(name: name)
            record.suspendedSince = Timestamp(rfc3339: "2026-11-24T08:00:30Z")
            record.probeAt = Timestamp(rfc3339: "2026-11-24T09:15:00Z")
            record.trouble = "HTTP 403\nFORBIDDEN"
            return record
        }
        announcer.show(suspended: targets)
        #expect(
            announcer.statusText.hasSuffix(
                """
                ; target chat suspended since 2026-11-24 08:00Z, next probe 2026-11-24 09:15Z: HTTP 403 FORBIDDEN; \
                target hook suspended since 2026-11-24 08:00Z, next probe 2026-11-24 09:15Z: HTTP 403 FORBIDDEN; \
                2 more targets suspended
                """), "\(announcer.statusText)")
        announcer.show(suspended: [])
        #expect(!announcer.statusText.contains("suspended"))
    }

    @Test func `a clock that is off is logged once, and STATUS has the last amount`() throws {
        let recorder = Recorder()
        let announcer = Announcer(output: recorder.output, notifier: recorder.notifier)
        for amount in ["20m", "3d", "2h"] {
            announcer.report(.off("this host's clock is \(amount) behind"))
            #expect(announcer.statusText.hasSuffix("this host's clock is \(amount) behind"))
        }
        announcer.report(.right)
        #expect(!announcer.statusText.contains("clock"))
        let log = try recorder.log()
        #expect(log.count == 2)
        #expect(log.first?.contains("This host's clock is 20m behind.") == true, "\(log)")
        #expect(log.last?.contains("agrees with Alibaba Cloud's again") == true, "\(log)")
    }

    @Test func `a refused config is in STATUS until one is taken`() throws {
        let recorder = Recorder()
        let announcer = Announcer(output: recorder.output, notifier: recorder.notifier)
        announcer.configRefused(["c.json: clusters[1].poll: one", "c.json: two", "c.json: three"])
        #expect(announcer.statusText.contains("c.json: clusters[1].poll: one (and 2 more)"))
        announcer.configTaken()
        #expect(!announcer.statusText.contains("refused"))
        let log = try recorder.log()
        #expect(log.count == 1 && log[0].contains("two | c.json: three"))
    }

    @Test func `an event that the log did not take is not counted as written`() {
        let announcer = Announcer(
            output: .journal(Journal(identifier: "test", path: "/nonexistent/socket")),
            notifier: SystemdNotifier(send: nil))
        #expect(!announcer.report(Self.stored(.failed)))
    }
}
