import Alerts
package import Figures
package import Model
import Synchronization

/// What the daemon counts, where it happens: every figure has one owner, which is this object.
///
/// Only sums are kept, so its memory does not grow with time; the series are those of the accounts and targets of the
/// config.
package final class DaemonFigures: Sendable {
    private let registry: Mutex<MetricRegistry>
    private let expiries = Mutex(Expiries(read: { [:] }))

    /// In a struct: a lock that holds a closure itself wraps it in another one each time it is read, without end.
    private struct Expiries {
        let read: @Sendable () -> [String: Timestamp]
    }

    package init() {
        var registry = MetricRegistry()
        for kind in EventKind.allCases { registry.count(.events, [kind.rawValue], by: 0) }
        for kind in Self.dated { registry.observe(.detectionLag, [kind.rawValue], nil) }
        for call in APICallKind.allCases { registry.observe(.pollDuration, [call.rawValue], nil) }
        registry.observe(.commitDuration, [], nil)
        self.registry = Mutex(registry)
    }

    /// Events of which the API may tell the time.
    private static let dated: [EventKind] = [.completed, .failed, .started, .restarted]

    /// Everything that was counted so far.
    package var counted: MetricRegistry { registry.withLock { $0 } }

    /// When the temporary credentials in use expire, by account.
    package var credentialsExpiry: [String: Timestamp] { expiries.withLock { $0 }.read() }

    /// What the config watches and names from now on: the series of others are forgotten, those of new ones begin at 0.
    ///
    /// - Parameter expiries: asked when the credentials in use expire, by account.
    package func use(
        scopes: Set<AccountRegion>, targets: Set<String>,
        expiries: @escaping @Sendable () -> [String: Timestamp] = { [:] }
    ) {
        self.expiries.withLock { $0 = Expiries(read: expiries) }
        registry.withLock { registry in
            registry.keep([.polls, .throttled]) {
                scopes.contains(AccountRegion(account: $0[0], region: $0[1]))
            }
            registry.keep([.deliveryAttempts, .deliveryDuration, .deliveryLatency]) { targets.contains($0[0]) }
            for scope in scopes {
                registry.count(.throttled, [scope.account, scope.region], by: 0)
                for call in APICallKind.allCases {
                    for outcome in CallResult.words {
                        registry.count(.polls, [scope.account, scope.region, call.rawValue, outcome], by: 0)
                    }
                }
            }
            for target in targets {
                for outcome in DeliveryOutcome.words { registry.count(.deliveryAttempts, [target, outcome], by: 0) }
                registry.observe(.deliveryDuration, [target], nil)
                registry.observe(.deliveryLatency, [target], nil)
            }
        }
    }

    /// A call of the API ended.
    func noteCall(_ call: APICallKind, in scope: AccountRegion, _ result: CallResult, took duration: Duration) {
        registry.withLock { registry in
            registry.count(.polls, [scope.account, scope.region, call.rawValue, result.word])
            registry.observe(.pollDuration, [call.rawValue], duration.inSeconds)
            if result == .failure(.throttled) { registry.count(.throttled, [scope.account, scope.region]) }
        }
    }

    /// These events are on the disk.
    func noteStored(_ events: [StoredEvent]) {
        guard !events.isEmpty else { return }
        registry.withLock { registry in
            for stored in events {
                let event = stored.event
                registry.count(
                    .events, [event.kind.rawValue],
                    exemplar: MetricExemplar(seq: stored.seq, at: event.observedAt))
                if event.sighting == .observed, let apiTime = event.apiTime {
                    registry.observe(
                        .detectionLag, [event.kind.rawValue], event.observedAt.since(apiTime).inSeconds)
                }
            }
        }
    }

    /// An attempt to deliver ended, and its outcome is on the disk.
    ///
    /// - Parameter now: on the clock that its alerts' times are on.
    func noteAttempt(_ attempt: FinishedAttempt, at now: Timestamp) {
        let (target, record) = (attempt.start.target, attempt.record)
        let outcome = record.verdict.outcome
        registry.withLock { registry in
            registry.count(.deliveryAttempts, [target, outcome.word])
            registry.observe(.deliveryDuration, [target], record.duration.inSeconds)
            guard outcome == .delivered || outcome == .accepted else { return }
            for alert in attempt.start.alerts {
                registry.observe(.deliveryLatency, [target], now.since(alert.createdAt).inSeconds)
            }
        }
    }

    func noteCommit(took duration: Duration) {
        registry.withLock { $0.observe(.commitDuration, [], duration.inSeconds) }
    }

    /// The config was loaded, at a start or a reload.
    package func noteConfig(takenAt now: Timestamp) {
        registry.withLock { registry in
            registry.set(.reloadSuccessful, to: 1)
            registry.set(.reloadTime, to: now.metricSeconds)
        }
    }

    /// A new config was refused.
    func noteConfigRefused() {
        registry.withLock { $0.set(.reloadSuccessful, to: 0) }
    }
}
