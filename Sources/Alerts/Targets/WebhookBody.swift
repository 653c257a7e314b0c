package import Model

/// The body of a generic webhook. Its keys are a contract: new ones may come, none is renamed.
package enum WebhookBody {
    package static func json(_ stored: StoredEvent, language: Language) -> OrderedJSON {
        let event = stored.event
        let facts = event.facts
        return [
            "type": "polardb.ai_task.\(event.kind.rawValue)",
            "timestamp": OrderedJSON(event.observedAt),
            "data": [
                "id": .string(stored.id),
                "event": .string(event.kind.rawValue),
                "cluster": OrderedJSON(event.cluster?.rawValue),
                "name": OrderedJSON(event.name),
                "description": OrderedJSON(facts.description),
                "account": OrderedJSON(event.account),
                "region": OrderedJSON(event.region),
                "labels": .object(
                    event.labels.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: .string($0.value)) }),
                "from": OrderedJSON(event.from?.rawValue),
                "to": OrderedJSON(event.to?.rawValue),
                "kind": .string(event.sighting.rawValue),
                "observed_at": OrderedJSON(event.observedAt),
                "not_before": OrderedJSON(event.notBefore),
                "request_id": OrderedJSON(event.requestID),
                "created_at": OrderedJSON(facts.createdAt),
                "started_at": OrderedJSON(facts.startedAt),
                "completed_at": OrderedJSON(facts.completedAt),
                "duration_seconds": facts.duration.map { .integer($0.components.seconds) } ?? .null,
                "base_model": OrderedJSON(facts.baseModel),
                "train_mode": OrderedJSON(facts.trainMode),
                "train_type": OrderedJSON(facts.trainType),
                "model_paths": .array(facts.modelPaths.map { .string($0) }),
                "progress": event.progress.map(progress) ?? .null,
                "log_lines": .array(event.logLines.map { .string($0) }),
                "message": .string(language.texts.sentence(of: event)),
            ],
        ]
    }

    private static func progress(_ progress: TrainingProgress) -> OrderedJSON {
        [
            "step": progress.step.map { .integer(Int64($0)) } ?? .null,
            "total_steps": progress.totalSteps.map { .integer(Int64($0)) } ?? .null,
            "epoch": progress.epoch.map { .number($0) } ?? .null,
            "metrics": OrderedJSON(.object(progress.metrics)),
            "logged_at": OrderedJSON(progress.loggedAt),
        ]
    }
}
