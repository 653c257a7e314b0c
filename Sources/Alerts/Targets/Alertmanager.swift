package import Model

/// Every replica of an Alertmanager (Prometheus documentation, "Sending alerts"; Alertmanager API v2, `/alerts`).
///
/// It gets trouble and the end of trouble, nothing else: an alert there is a state, not a message.
package struct Alertmanager: AlertTarget {
    private static let path = "/api/v2/alerts"

    package let kind = TargetKind.alertmanager
    package let manners = Manners(concurrency: 4, hasReplicas: true)

    package init() {}

    /// The same for every replica: they settle among themselves who notifies, and one that is down must cost nothing.
    /// What it missed comes with the repeats (`FiringAlerts`).
    package func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        guard case .alert(let stored) = message else {
            throw TargetProblem("Alertmanager takes every event separately; \(Advice.report)")
        }
        let event = stored.event
        // It does not mind the end of what it does not know: what may be open ends, and what is known to be.
        let likely = Incident.closed(by: event, open: nil)
        let known = Incident.closed(by: event, open: context.openTroubles ?? []).filter { !likely.contains($0) }
        var alerts = (likely + known).map { incident in
            Self.alert(stored, incident, endsAt: event.observedAt, texts: context.texts)
        }
        if let incident = Incident.opened(by: event) {
            // From now on, not from when it happened: an alert that is late must still fire.
            let end = context.now.advanced(by: context.options.hold)
            alerts.append(Self.alert(stored, incident, endsAt: end, texts: context.texts))
        }
        return try Self.requests(alerts, in: context)
    }

    /// What repeats held alerts, which Alertmanager forgets at a restart, and ended ones.
    func requests(repeating held: [FiringAlert], in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        try Self.requests(
            held.map { alert in
                Self.alert(
                    alert.event, alert.incident, endsAt: alert.endsAt, texts: context.texts)
            }, in: context)
    }

    private static func requests(_ alerts: [OrderedJSON], in context: RenderContext) throws(TargetProblem)
        -> [TargetRequest]
    {
        guard !context.urls.isEmpty else { throw TargetProblem("`url` or `urls` is missing") }
        guard !alerts.isEmpty else { return [] }
        return context.urls.map { TargetRequest(url: WebAddress.appending(path, to: $0), json: .array(alerts)) }
    }

    private static func alert(
        _ stored: StoredEvent, _ incident: Incident, endsAt: Timestamp, texts: any Texts
    ) -> OrderedJSON {
        let event = stored.event
        let card = Card(.alert(stored), texts: texts)
        // An end that another event brings has no words of its own: Alertmanager keeps the ones it has.
        guard Incident.opened(by: event) == incident else {
            return ["labels": labels(event, incident), "endsAt": OrderedJSON(endsAt)]
        }
        let annotations =
            [OrderedJSON.Member(key: "summary", value: .string(card.title))]
            + [OrderedJSON.Member(key: "description", value: .string(card.sentence))]
            + card.facts.map { OrderedJSON.Member(key: $0.key.rawValue, value: .string($0.value)) }
            + [OrderedJSON.Member(key: "alert", value: .string(stored.id))]
        return [
            "labels": labels(event, incident), "annotations": .object(annotations),
            "startsAt": OrderedJSON(event.observedAt), "endsAt": OrderedJSON(endsAt),
        ]
    }

    /// The alert's identity: only what is the same when it ends.
    private static func labels(_ event: Event, _ incident: Incident) -> OrderedJSON {
        var labels: [(String, String)] = [
            ("alertname", incident.alertName), ("severity", incident.trouble == .failed ? "critical" : "warning"),
        ]
        if let cluster = event.cluster { labels.append(("cluster", cluster.rawValue)) }
        if let name = event.name { labels.append(("name", name)) }
        if let account = event.account { labels.append(("account", account)) }
        if let region = event.region { labels.append(("region", region)) }
        if let target = event.target { labels.append(("target", target)) }
        for (key, value) in event.labels.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
            let name = labelName(key)
            if !labels.contains(where: { $0.0 == name }) { labels.append((name, value)) }
        }
        return .object(labels.map { OrderedJSON.Member(key: $0.0, value: .string($0.1)) })
    }

    /// Letters, digits and `_`, no digit in front: all that a label's name may hold.
    private static func labelName(_ text: String) -> String {
        let name = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? scalar : "_"
                })
        ).lowercased()
        return name.first?.isNumber ?? true ? "_" + name : name
    }

    // MARK: - Verdict

    /// 200 with an empty body is the proof. 400 means that an alert is invalid; valid ones beside it were taken.
    package func judge(_ answer: Answer) -> Verdict {
        switch answer.status {
        case 200 where answer.text.trimmed.isEmpty || answer.json != nil:
            return answer.verdict(.delivered)
        case 400, 422:
            return answer.verdict(
                .messageRefused,
                "Alertmanager rejected the alert as invalid; \(Advice.report) (\(answer.text.onOneLine.cut(to: 200, .scalars)))"
            )
        case 404:
            return answer.verdict(
                .targetBroken, "this address has no Alertmanager API v2 (404); set `url` to its base address")
        default:
            return StatusRules.verdict(for: answer)
                ?? answer.verdict(
                    .tryAgain(retryAfter: answer.retryAfter),
                    "the answer (status \(answer.status)) does not confirm receipt, so the alert may not have arrived. Check that "
                        + "`url` leads to Alertmanager, not to a proxy or a login page")
        }
    }
}

extension Incident {
    fileprivate var alertName: String {
        switch trouble {
        case .failed: "PolarAITaskFailed"
        case .stalled: "PolarAITaskStalled"
        case .gone: "PolarAITaskGone"
        case .overdue: "PolarAITaskOverdue"
        case .polling: "PolarAIPollFailing"
        case .target: "PolarAITargetFailing"
        }
    }
}
