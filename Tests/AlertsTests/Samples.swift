import Model

/// Events and alerts as they come from the store.
enum Sample {
    static let now = Timestamp(milliseconds: 1_795_507_200_123)
    static let cluster = ClusterID("pm-2ze9examp1e00001")

    static let facts = TaskFacts(
        description: "task01",
        createdAt: Timestamp(rfc3339: "2026-11-24T06:20:00Z"), startedAt: Timestamp(rfc3339: "2026-11-24T06:30:00Z"),
        completedAt: Timestamp(rfc3339: "2026-11-24T08:00:00Z"), baseModel: "Qwen-1.7B", trainMode: "sft",
        trainType: "lora", modelPaths: ["/models_train/pm-2ze9examp1e00001/merged_models_checkpoint-10"])

    static func event(
        _ kind: EventKind, cluster: ClusterID? = Sample.cluster, name: String? = "nightly",
        sighting: Sighting = .observed, from: String? = "ACTIVATION", to: String? = nil,
        labels: [String: String] = [:], target: String? = nil, detail: String? = nil, facts: TaskFacts = Sample.facts
    ) -> Event {
        let status: String? =
            switch kind {
            case .completed: "COMPLETED"
            case .failed: "FAILED"
            case .started, .restarted: "ACTIVATION"
            case .gone: "GONE"
            default: to ?? from
            }
        return Event(
            kind: kind, cluster: cluster, name: cluster == nil ? nil : name, account: target == nil ? "default" : nil,
            region: target == nil ? "cn-beijing" : nil, labels: labels,
            from: sighting == .firstSeen ? nil : from.map { ClusterStatus($0) }, to: status.map { ClusterStatus($0) },
            sighting: sighting, observedAt: now, notBefore: now.advanced(by: .seconds(-30)),
            requestID: "BE4F3C02-4E5F-5A0C-8E1B-0123456789AB", facts: cluster == nil ? TaskFacts() : facts,
            detail: detail, target: target)
    }

    static let reminder: Event = {
        var event = Event(kind: .reminder, observedAt: now)
        event.content = .reminder([
            OpenItem(
                id: "k3v9x2ab-15", kind: .failed, cluster: cluster, name: "nightly",
                since: now.advanced(by: .seconds(-14_400))),
            OpenItem(
                id: "k3v9x2ab-12", kind: .stalled, cluster: ClusterID("pm-2ze9examp1e00002"), name: nil,
                since: now.advanced(by: .seconds(-20_000))),
        ])
        return event
    }()

    static let summary: Event = {
        let since = now.advanced(by: .seconds(-86_400))
        var figures = SummaryFigures(since: since, until: now)
        figures.completed = 3
        figures.failed = 2
        figures.failures = [
            .init(
                id: "k3v9x2ab-15", cluster: cluster.rawValue, name: "nightly", at: now.advanced(by: .seconds(-14_400))),
            .init(
                id: "k3v9x2ab-9", cluster: "pm-2ze9examp1e00002", at: now.advanced(by: .seconds(-40_000)),
                acknowledgement: Acknowledgement(at: now, author: "li", comment: "disk")),
        ]
        figures.runningCount = 2
        figures.running = [
            .init(
                cluster: "pm-2ze9examp1e00003", name: "weekly", startedAt: since, step: 120, totalSteps: 400,
                expectedEnd: now.advanced(by: .seconds(3600))),
            .init(cluster: "pm-2ze9examp1e00004"),
        ]
        figures.overdue = [.init(cluster: "pm-2ze9examp1e00004", since: now.advanced(by: .seconds(-600)))]
        figures.silences = [.init(id: 3, comment: "host moves", endsAt: now.advanced(by: .seconds(3600)))]
        figures.failingTargets = [.init(target: "chat", since: now.advanced(by: .seconds(-60)))]
        figures.deadAlerts = 1
        figures.heldAlerts = 4
        figures.hours = 12.5
        figures.costs = [Cost(amount: 1225, currency: "CNY")]
        var event = Event(kind: .summary, observedAt: now)
        event.content = .summary(figures)
        return event
    }()

    static func reasoned(_ event: Event, _ reason: EventReason) -> Event {
        var event = event
        event.reason = reason
        return event
    }

    static func stored(_ event: Event, seq: Int64 = 17) -> StoredEvent {
        StoredEvent(seq: seq, id: "k3v9x2ab-\(seq)", event: event)
    }

    /// One event of every kind, as the monitor and the outbox make them.
    static let every: [StoredEvent] = EventKind.allCases.map { kind in
        switch kind {
        case .targetFailing:
            stored(
                event(
                    kind, cluster: nil, from: nil, target: "chat",
                    detail:
                        "the robot requires a keyword that is not in the message; set `keyword` to one of the robot's keywords "
                        + "(keywords not in content)."))
        case .targetRecovered:
            stored(reasoned(event(kind, cluster: nil, from: nil, target: "chat"), .wasSuspended(.seconds(3600))))
        case .pollFailing: stored(event(kind, detail: "https://polardb.aliyuncs.com did not answer within 10s."))
        case .escalated: stored(event(.failed).escalated(of: "k3v9x2ab-12"))
        case .reminder: stored(reminder)
        case .summary: stored(summary)
        case .overdue:
            stored(reasoned(event(kind), .longerThan(limit: .seconds(3600), runtime: .seconds(5400))))
        case .changed: stored(event(kind, to: "PAUSED"))
        case .restarted: stored(event(kind, from: "FAILED"))
        default: stored(event(kind))
        }
    }
}
