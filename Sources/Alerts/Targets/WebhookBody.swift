package import Model

/// The body of a generic webhook. Its keys are a contract: new ones may come, none is renamed.
///
/// Receivers limit what they accept, many to 20 KB, so the body stays below that: what is only good to know is cut, and
/// `model_paths_total` says how many paths there were.
package enum WebhookBody {
    /// Of the whole body, in bytes of UTF-8.
    package static let longest = 19_500

    /// How much of an event the body has.
    package enum Detail: Sendable {
        case full
        /// No paths, log lines, description and facts: for a receiver that refused the full body.
        case minimal
    }

    package static func json(_ stored: StoredEvent, texts: any Texts, detail: Detail = .full) -> OrderedJSON {
        wrapped(
            type: stored.event.kind.rawValue, stored.event.observedAt,
            data(stored, texts: texts, detail: detail, room: longest - 100))
    }

    /// Several events in one body, failures first.
    ///
    /// - Parameter namesInMessage: whether the message names each of them, as for a template, which has no place for a list.
    package static func json(
        _ digest: Digest, texts: any Texts, detail: Detail = .full, namesInMessage: Bool = false
    ) -> OrderedJSON {
        let events = digest.byUrgency
        let room = max(leastOfDigest, longest / max(1, events.count))
        let failures = events.count { $0.event.kind == .failed }
        let title = texts.digestTitle(digest.reason, events: events.count, failures: failures)
        let message = "\(title). \(texts.digestSentence(digest.reason))"
        return wrapped(
            type: "digest", digest.events.last?.event.observedAt,
            [
                "id": .string(digest.id),
                "event": "digest",
                "cluster": .null,
                "held_by": heldBy(digest.heldBy, room: longest),
                "count": .integer(Int64(events.count)),
                "events": .array(events.map { data($0, texts: texts, detail: detail, room: room) }),
                "message": .string(
                    namesInMessage
                        ? BoundedText(longest, .bytes).digest(
                            Card(.digest(digest), texts: texts), head: [message], tail: []
                        ) {
                            $1
                        } : message),
            ])
    }

    private static func wrapped(type: String, _ time: Timestamp?, _ data: OrderedJSON) -> OrderedJSON {
        ["type": .string("polardb.ai_task.\(type)"), "timestamp": OrderedJSON(time), "data": data]
    }

    // MARK: - One event

    /// What an event of a digest may always have, in bytes: its fixed keys and a sentence.
    private static let leastOfDigest = 2000
    private static let longestDescription = 2000
    private static let longestMessage = 2000
    /// Of other texts, which are words.
    private static let longestWord = 300
    /// Receivers route by labels: they go before all lists and texts.
    private static let longestLabels = 8000
    private static let longestMetrics = 2500

    /// - Parameter room: of the whole object, in bytes.
    private static func data(_ stored: StoredEvent, texts: any Texts, detail: Detail, room: Int) -> OrderedJSON {
        var event = stored.event
        let paths = event.facts.modelPaths
        if detail == .minimal {
            event.facts = TaskFacts()
            event.progress = nil
            event.logLines = []
        }
        var members = head(stored.id, event, room: room)
        members.append(.init(key: "model_paths", value: []))
        members.append(.init(key: "model_paths_total", value: .integer(Int64(paths.count))))
        members.append(.init(key: "progress", value: event.progress.map(progress) ?? .null))
        members.append(.init(key: "log_lines", value: []))
        members.append(.init(key: "held_by", value: heldBy(stored.heldBy, room: room)))
        let message = texts.sentenceAlone(of: event)
        members.append(
            .init(key: "message", value: .string(BoundedJSON.text(message, upTo: min(longestMessage, room / 4)))))

        if let content = event.content {
            members += ruleMembers(content, room: room - OrderedJSON.object(members).text.utf8.count - 100)
        }
        let left = room - OrderedJSON.object(members).text.utf8.count
        let linesNeeded = BoundedJSON.size(event.logLines)
        let shownPaths = BoundedJSON.first(of: event.facts.modelPaths, within: max(left / 2, left - linesNeeded))
        let shownLines = BoundedJSON.last(of: event.logLines, within: left - BoundedJSON.size(shownPaths))
        return .object(
            members.map { member in
                switch member.key {
                case "model_paths": .init(key: member.key, value: .array(shownPaths.map { .string($0) }))
                case "log_lines": .init(key: member.key, value: .array(shownLines.map { .string($0) }))
                default: member
                }
            })
    }

    /// Everything up to the lists.
    private static func head(_ id: String, _ event: Event, room: Int) -> [OrderedJSON.Member] {
        let facts = event.facts
        let word = min(longestWord, room / 16)
        func text(_ text: String?, upTo limit: Int? = nil) -> OrderedJSON {
            text.map { .string(BoundedJSON.text($0, upTo: limit ?? word)) } ?? .null
        }
        let members: KeyValuePairs<String, OrderedJSON> = [
            "id": .string(id),
            "event": .string(event.kind.rawValue),
            "cluster": OrderedJSON(event.cluster?.rawValue),
            "name": text(event.name),
            "description": text(facts.description, upTo: min(longestDescription, room / 5)),
            "account": text(event.account),
            "region": text(event.region),
            "labels": labels(event.labels, room: min(longestLabels, room * 2 / 5)),
            "from": text(event.from?.rawValue),
            "to": text(event.to?.rawValue),
            "kind": .string(event.sighting.rawValue),
            "observed_at": OrderedJSON(event.troubleObservedAt),
            "not_before": OrderedJSON(event.notBefore),
            "api_time": OrderedJSON(event.apiTime),
            "request_id": text(event.requestID),
            "created_at": OrderedJSON(facts.createdAt),
            "started_at": OrderedJSON(facts.startedAt),
            "completed_at": OrderedJSON(facts.completedAt),
            "duration_seconds": facts.duration.map { .integer($0.components.seconds) } ?? .null,
            "cost": event.cost.map { ["amount": .number($0.amount), "currency": .string($0.currency)] } ?? .null,
            "base_model": text(facts.baseModel),
            "train_mode": text(facts.trainMode),
            "train_type": text(facts.trainType),
        ]
        return members.map { OrderedJSON.Member(key: $0.key, value: $0.value) }
    }

    /// As many of them as fit, by name.
    private static func labels(_ labels: [String: String], room: Int) -> OrderedJSON {
        var members: [OrderedJSON.Member] = []
        var left = room
        for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
            left -= BoundedJSON.size(key) + BoundedJSON.size(value) + 2
            guard left >= 0 else { break }
            members.append(.init(key: key, value: .string(value)))
        }
        return .object(members)
    }

    private static func progress(_ progress: TrainingProgress) -> OrderedJSON {
        let metrics = OrderedJSON(.object(progress.metrics))
        return [
            "step": progress.step.map { .integer(Int64($0)) } ?? .null,
            "total_steps": progress.totalSteps.map { .integer(Int64($0)) } ?? .null,
            "epoch": progress.epoch.map { .number($0) } ?? .null,
            "metrics": metrics.text.utf8.count <= longestMetrics ? metrics : [:],
            "logged_at": OrderedJSON(progress.loggedAt),
        ]
    }
}
