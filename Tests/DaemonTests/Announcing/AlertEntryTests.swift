import Model
import Systemd
import Testing

@testable import Daemon

/// What the journal says of alerts that were not delivered, and of changes that could not be stored.
struct AlertEntryTests {
    private static let time = Timestamp(milliseconds: 1_795_507_200_000)

    private func alert(_ event: Event, attempts: Int = 0) -> PendingAlert {
        PendingAlert(
            event: StoredEvent(seq: 41, id: "q7f2m4zd-41", event: event), target: "ops", attempts: attempts,
            createdAt: Self.time, nextAttemptAt: Self.time, asPlainText: false)
    }

    @Test func `an alert is named with its event and its task`() {
        let attempt = AttemptRecord(
            startedAt: Self.time, duration: .seconds(1), verdict: Verdict(.tryAgain(retryAfter: nil), reason: "busy"))
        func message(_ event: Event, _ state: AlertState, attempts: Int = 0) -> String? {
            let alert = alert(event, attempts: attempts)
            return AttemptJournalEntry.make(alert, attempt, settlement: Settlement(alert: alert.key, state: state))?
                .message
        }
        let failed = Event(kind: .failed, cluster: ClusterID("pm-7"), name: "weekly", observedAt: Self.time)
        #expect(
            message(failed, .dead)?.hasPrefix(
                "Alert q7f2m4zd-41 (failed: weekly) for target ops is dead (no more attempts): busy.")
                == true)
        #expect(
            message(failed, .pending) == "Alert q7f2m4zd-41 (failed: weekly) for target ops was not delivered: busy.")
        #expect(
            message(failed, .delivered, attempts: 2)
                == "Alert q7f2m4zd-41 (failed: weekly) for target ops was delivered at attempt 3.")
        let outage = Event(kind: .pollFailing, account: "prod", region: "cn-hangzhou", observedAt: Self.time)
        #expect(message(outage, .pending)?.contains("(poll_failing: prod)") == true)
        #expect(message(Event(kind: .summary, observedAt: Self.time), .pending)?.contains("(summary)") == true)
    }

    @Test func `alerts that became dead are retried by their ids, if all of them are named`() {
        func message(_ count: Int) -> String? {
            DeliveryEntry.givenUp(
                (1...count).map {
                    Settlement(alert: AlertKey(seq: Int64($0), target: "ops"), state: .dead, note: "too old")
                }
            ) { "q7f2m4zd-\($0)" }.first?.message
        }
        #expect(
            message(1)?.hasSuffix(
                "To send it after fixing the cause: polarai-daemon alerts retry q7f2m4zd-1 --target ops") == true)
        #expect(message(3)?.hasSuffix("retry q7f2m4zd-1 q7f2m4zd-2 q7f2m4zd-3 --target ops") == true)
        #expect(message(12)?.contains("and 2 more") == true)
        #expect(message(12)?.hasSuffix("alerts retry --target ops") == true)
        #expect(message(12)?.contains("everything else that is pending or dead for this target") == true)
    }

    @Test func `a removed target is named`() {
        #expect(
            DeliveryEntry.buried(4, target: "ops").message.contains("because the config no longer names target ops."))
        #expect(DeliveryEntry.buried(4, target: "ops").message.hasSuffix("alerts retry --target ops"))
        #expect(
            DeliveryEntry.buried(4, target: nil).message.contains("because the config no longer names their targets."))
    }

    @Test func `a change that could not be stored is written out, with the account if it has no task`() throws {
        let recorder = Recorder()
        let announcer = Announcer(output: recorder.output, notifier: SystemdNotifier(send: nil))
        announcer.report(
            refused: [ClusterID("pm-7"): "a trigger", nil: "no room"],
            of: [
                Event(
                    kind: .failed, cluster: ClusterID("pm-7"), name: "weekly", from: .activation, to: .failed,
                    observedAt: Self.time),
                Event(kind: .pollFailing, account: "prod", region: "cn-hangzhou", observedAt: Self.time),
            ])
        let log = try recorder.log().joined(separator: "\n")
        #expect(
            log.contains(
                "weekly (pm-7) ACTIVATION → FAILED at 2026-11-24 08:00:00Z. Reason: a trigger. Check pm-7 in the PolarDB console."
            )
        )
        #expect(
            log.contains(
                "account prod in cn-hangzhou poll_failing at 2026-11-24 08:00:00Z. Reason: no room. Check the tasks of the account"
            ))
    }
}
