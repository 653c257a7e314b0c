import Model
import Store
import Systemd
import TestSupport
import Testing

@testable import Alerts
@testable import Daemon

/// More alerts than one request to an Alertmanager holds.
@Suite(.timeLimit(.minutes(5)))
struct FiringBatchTests {
    @Test func `a batch that some replica does not take keeps none of the later ones back`() async throws {
        let folder = try TemporaryFolder()
        let clock = SystemClock()
        let store = StoreQueue(try EventStore(path: folder.file("test.db"), at: clock.now().wall))
        let recorder = Recorder()
        let rounds = Rounds()
        let firing = FiringLoop(
            plan: FiringPlan(holds: ["am": .seconds(3600)]) { batch, _ in await rounds.take(batch) },
            store: store, announcer: Announcer(output: recorder.output, notifier: SystemdNotifier(send: nil)),
            heartbeats: Heartbeats(interval: .seconds(5), clock: clock), clock: clock, interval: .milliseconds(100))
        let count = Int64(2 * FiringAlerts.batch + 1)
        for seq in 1...count { firing.note(delivered(seq, at: clock.now().wall)) }

        async let running: Void = firing.run()
        var failure: (any Error)?
        do {
            try await eventually("three rounds that reach the last alert") {
                await rounds.seen.count { $0 == count } >= 3
            }
        } catch {
            failure = error
        }
        firing.stop()
        await running
        if let failure { throw failure }
        #expect(await Set(rounds.seen).count == Int(count), "every alert, each round")
        // The first batch is refused each time: that is reported, and once.
        let reports = try recorder.log().filter { $0.contains("did not accept the repeats of firing alerts") }
        #expect(reports.count == 1 && reports.first?.contains("one replica is down") == true, "\(reports)")
    }

    private func delivered(_ seq: Int64, at now: Timestamp) -> FinishedAttempt {
        let event = Event(
            kind: .failed, cluster: ClusterID("pm-2ze9examp1e\(10_000 + seq)"), name: "nightly", account: "default",
            region: "cn-beijing", from: .activation, to: .failed, observedAt: now)
        let alert = PendingAlert(
            event: StoredEvent(seq: seq, id: "k3v9x2ab-\(seq)", event: event), target: "am", attempts: 0,
            createdAt: now, nextAttemptAt: now, asPlainText: false)
        return FinishedAttempt(Start(alert: alert), startedAt: now, duration: .zero, verdict: Verdict(.delivered))
    }
}

/// What a target was reminded of.
private actor Rounds {
    private(set) var seen: [Int64] = []

    func take(_ batch: [FiringAlert]) -> Verdict {
        seen += batch.map(\.event.seq)
        let isFirst = batch.first?.event.seq == 1
        return isFirst
            ? Verdict(.tryAgain(retryAfter: nil), code: "connect", reason: "one replica is down")
            : Verdict(.delivered)
    }
}
