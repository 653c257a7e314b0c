package import Model

/// A message for `test-alert`: a real event of a task that does not exist, on the real path.
package enum TestAlert {
    /// The name says that it is a test wherever a message shows it.
    package static let name = "polarai-daemon test"
    package static let cluster = ClusterID("pm-test0000000000000")

    /// - Parameter kind: `failed` if the operator names no other.
    package static func event(_ kind: EventKind, for settings: TargetSettings, at now: Timestamp) -> StoredEvent {
        let event: Event
        switch kind {
        case .targetFailing, .targetRecovered:
            event = Event(
                kind: kind, observedAt: now, reason: .test, target: settings.name)
        case .reminder, .summary:
            event = ruleEvent(kind, at: now)
        case .escalated:
            event = statusEvent(.failed, at: now).escalated(of: "test-\(now.milliseconds)")
        case .pollFailing, .pollRecovered:
            event = Event(
                kind: kind, cluster: cluster, name: name, account: "default", region: "cn-beijing",
                from: .activation, to: .activation, observedAt: now, notBefore: now.advanced(by: .seconds(-300)),
                reason: .test)
        default:
            event = statusEvent(kind, at: now)
        }
        return StoredEvent(seq: 0, id: "test-\(now.milliseconds)", event: event)
    }

    private static func ruleEvent(_ kind: EventKind, at now: Timestamp) -> Event {
        let since = now.advanced(by: .seconds(-5400))
        var event = Event(kind: kind, observedAt: now, reason: .test)
        if kind == .reminder {
            event.content = .reminder([
                OpenItem(id: "test-\(now.milliseconds)", kind: .failed, cluster: cluster, name: name, since: since)
            ])
        } else {
            var figures = SummaryFigures(since: now.advanced(by: .seconds(-86_400)), until: now)
            figures.failed = 1
            figures.failures = [
                .init(id: "test-\(now.milliseconds)", cluster: cluster.rawValue, name: name, at: since)
            ]
            event.content = .summary(figures)
        }
        return event
    }

    private static func statusEvent(_ kind: EventKind, at now: Timestamp) -> Event {
        let startedAt = now.advanced(by: .seconds(-5400))
        let isOver = kind == .completed || kind == .failed
        let facts = TaskFacts(
            description: "test", createdAt: startedAt.advanced(by: .seconds(-60)), startedAt: startedAt,
            completedAt: isOver ? now : nil, baseModel: "Qwen-1.7B", trainMode: "sft", trainType: "lora",
            modelPaths: kind == .completed ? ["/models_train/\(cluster)/merged_models_checkpoint-10"] : [])
        let (from, to): (ClusterStatus, ClusterStatus) =
            switch kind {
            case .completed: (.activation, .completed)
            case .failed: (.activation, .failed)
            case .restarted: (.failed, .activation)
            case .gone: (.activation, .gone)
            case .changed: (.activation, ClusterStatus("TEST"))
            default: (.activation, .activation)
            }
        return Event(
            kind: kind, cluster: cluster, name: name, account: "default", region: "cn-beijing",
            from: kind == .started ? ClusterStatus("CREATING") : from, to: to, observedAt: now,
            notBefore: now.advanced(by: .seconds(-30)), requestID: "TEST-REQUEST", facts: facts,
            progress: kind == .stalled || kind == .stallEnded ? TrainingProgress(step: 120, totalSteps: 400) : nil,
            reason: .test)
    }
}
