import HTTPTransport
package import Model

extension TargetKind {
    package static let pagerduty = TargetKind(
        "pagerduty",
        TargetRules(
            keys: ["url"], required: [],
            options: [TargetOption("routing_key", .secret, .required, mistake: PagerDuty.mistake(inRoutingKey:))],
            hosts: ["events.pagerduty.com", "events.eu.pagerduty.com"], defaultURL: "https://events.pagerduty.com",
            urlIsPublic: true, keepsIncidents: true))
}

/// A service of PagerDuty (PagerDuty Developer documentation, Events API v2: "Send an alert event", "Send a change
/// event", "Response codes & retry logic").
struct PagerDuty: AlertTarget {
    /// About 120 events a minute for each key; one of ours may take three.
    static let rate = RateLimit(count: 36, per: .seconds(60))
    static let longestKey = 255
    static let longestSummary = 1024

    let kind = TargetKind.pagerduty
    let manners = Manners(
        concurrency: 4, pace: Pace(rate), throttlePauses: [.seconds(60), .seconds(120), .seconds(300)],
        decidingStatus: 202)

    /// Trouble triggers, its end resolves, and what pages nobody is a change event: a completion, a start.
    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        guard case .alert(let stored) = message else {
            throw TargetProblem("PagerDuty takes every event separately; \(Advice.report)")
        }
        guard let key = context.ownSecrets["routing_key"], !key.isEmpty else {
            throw TargetProblem("`routing_key` is missing: set it to the service's integration key")
        }
        if let mistake = Self.mistake(inRoutingKey: key) { throw TargetProblem("`routing_key` \(mistake)") }
        let event = stored.event
        let base = try context.url(of: .pagerduty)
        let events = WebAddress.appending("/v2/enqueue", to: base)
        var requests = Incident.closed(by: event, open: context.openTroubles).map { incident in
            TargetRequest(
                url: events,
                json: [
                    "routing_key": .string(key), "event_action": "resolve",
                    "dedup_key": .string(Self.dedupKey(incident)),
                ])
        }
        let card = Card(message, texts: context.texts)
        if let incident = Incident.opened(by: event) {
            requests.append(
                TargetRequest(
                    url: events, json: trigger(stored, card, incident, key: key, isMinimal: context.asPlainText)))
        } else if event.kind.isStatusChange {
            requests.append(
                TargetRequest(
                    url: Self.changeAddress(events),
                    json: [
                        "routing_key": .string(key),
                        "payload": [
                            "summary": .string(card.title.cut(to: Self.longestSummary, .utf16)),
                            "timestamp": OrderedJSON(event.observedAt), "source": .string(Self.source(event)),
                            "custom_details": context.asPlainText ? [:] : details(stored, card),
                        ],
                    ]))
        }
        return requests
    }

    private func trigger(
        _ stored: StoredEvent, _ card: Card, _ incident: Incident, key: String, isMinimal: Bool
    ) -> OrderedJSON {
        let event = stored.event
        let payload = OrderedJSON.compact([
            "summary": .string(card.sentence.cut(to: Self.longestSummary, .utf16)),
            "source": .string(Self.source(event)),
            "severity": .string(event.kind.severity),
            "timestamp": OrderedJSON(event.observedAt),
            "component": event.title.map { .string($0) },
            "group": event.account.map { .string($0) },
            "class": .string("polardb.ai_task.\(event.kind.rawValue)"),
            "custom_details": isMinimal ? nil : details(stored, card),
        ])
        return [
            "routing_key": .string(key), "event_action": "trigger", "dedup_key": .string(Self.dedupKey(incident)),
            "payload": payload, "client": "polarai-daemon",
        ]
    }

    private func details(_ stored: StoredEvent, _ card: Card) -> OrderedJSON {
        let facts = card.facts.map { OrderedJSON.Member(key: $0.key.rawValue, value: .string($0.value)) }
        let log =
            card.log.isEmpty
            ? [] : [OrderedJSON.Member(key: "log", value: .array(card.log.map { .string($0) }))]
        return .object(facts + log + [.init(key: "alert", value: .string(stored.id))])
    }

    private static func source(_ event: Event) -> String {
        event.cluster?.rawValue ?? event.target ?? "\(event.account ?? "default")/\(event.region ?? "")"
    }

    private static func dedupKey(_ incident: Incident) -> String {
        incident.key.cut(to: longestKey, .utf16)
    }

    private static func changeAddress(_ events: String) -> String {
        WebAddress.appending("/v2/change/enqueue", to: String(events.dropLast("/v2/enqueue".count)))
    }

    // MARK: - Verdict

    /// 202 is the proof: from then on PagerDuty is answerable for the event.
    func judge(_ answer: Answer) -> Verdict {
        switch answer.status {
        case 202:
            return answer.verdict(.delivered)
        case 400 where answer.text.lowercased().contains("routing"):
            return answer.verdict(
                .targetBroken,
                "PagerDuty does not know the routing key; set `routing_key` to the service's integration key")
        case 400:
            return answer.verdict(.messageRefused, "PagerDuty rejected the event as malformed; \(Advice.report)")
        case 429:
            return answer.verdict(
                .throttled(retryAfter: answer.retryAfter), "rate limited by PagerDuty")
        default:
            return StatusRules.verdict(for: answer) ?? StatusRules.unproven(answer, expected: "the status 202")
        }
    }
}

extension EventKind {
    /// Of PagerDuty's four.
    fileprivate var severity: String {
        switch self {
        case .failed: "error"
        case .escalated: "critical"
        default: "warning"
        }
    }
}

// MARK: - What the config takes

extension PagerDuty {
    /// PagerDuty, Events API v2: 32 letters and digits.
    static func mistake(inRoutingKey key: String) -> String? {
        guard key.utf8.count == 32, key.utf8.allSatisfy(\.isLetterOrDigit) else {
            return "is not a PagerDuty integration key, which has 32 letters and digits; copy it from the service's "
                + "integration \"Events API V2\""
        }
        return nil
    }
}
