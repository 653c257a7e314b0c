package import Model

extension TargetKind {
    package static let googleChat = TargetKind(
        "google_chat",
        TargetRules(keys: ["url"], hosts: ["chat.googleapis.com"], aliases: ["googlechat"]))
}

/// A webhook of a Google Chat space (Google Chat API, "Build a Google Chat app as a webhook", "Usage limits").
struct GoogleChat: AlertTarget {
    /// One write a second for each space.
    static let rate = RateLimit(count: 1, per: .seconds(1))
    /// A message may have 32,000 bytes, JSON and all.
    static let longestBody = 31_500
    /// Of one text in it.
    static let longestText = 20_000

    let kind = TargetKind.googleChat
    let manners = Manners(
        pace: Pace(rate), throttlePauses: [.seconds(5), .seconds(30), .seconds(60), .seconds(300)], digestCapacity: 50)

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        let card = Card(message, texts: context.texts)
        var url = try context.url()
        // Start and end of a training meet in one thread.
        var thread: OrderedJSON?
        if case .alert(let event) = message, let cluster = event.event.cluster {
            thread = ["threadKey": .string(cluster.rawValue)]
            url = WebAddress.adding("messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD", to: url)
        }
        let json = card.fitted(toBytes: Self.longestBody) { card in
            if context.asPlainText {
                // Only here does Chat look for `<users/all>`, and it knows no entities.
                let text = card.plainText(BoundedText(Self.longestText, .bytes), escape: Markup.plain)
                return .compact(["text": .string(text), "thread": thread])
            }
            return .compact([
                "fallbackText": .string("\(card.marker) \(Markup.plain(card.title))"),
                "cardsV2": [["cardId": .string(card.reference), "card": self.card(card)]],
                "thread": thread,
            ])
        }
        return [TargetRequest(url: url, json: json)]
    }

    private func card(_ card: Card) -> OrderedJSON {
        var widgets: [OrderedJSON] = [paragraph(Markup.quietEntities(card.sentence))]
        if !card.lines.isEmpty {
            let text = BoundedText(Self.longestText, .bytes).digest(card, head: [], tail: []) {
                "\($0.tone.marker) \(Markup.quietEntities($1))"
            }
            widgets.append(paragraph(text))
        }
        widgets += card.facts.map { fact in
            let text = Markup.lines(of: fact.value, joinedBy: "<br>", Markup.quietEntities)
            return ["decoratedText": ["topLabel": .string(fact.label), "text": .string(text), "wrapText": true]]
        }
        if !card.log.isEmpty { widgets.append(paragraph(card.log.map(Markup.quietEntities).joined(separator: "<br>"))) }
        return [
            "header": [
                "title": .string("\(card.marker) \(Markup.plain(card.title))"), "subtitle": .string(card.footer),
            ],
            "sections": [["widgets": .array(widgets)]],
        ]
    }

    private func paragraph(_ text: String) -> OrderedJSON {
        ["textParagraph": ["text": .string(text)]]
    }

    // MARK: - Verdict

    /// The message's name is the proof.
    func judge(_ answer: Answer) -> Verdict {
        let json = answer.json
        if answer.status == 200 {
            return json?["name"]?.stringValue.map { !$0.isEmpty } == true
                ? answer.verdict(.delivered) : StatusRules.unproven(answer, expected: "a message name")
        }
        let status = json?["error"]?["status"]?.stringValue
        let words = json?["error"]?["message"]?.stringValue?.onOneLine
        func verdict(_ outcome: DeliveryOutcome, _ reason: String) -> Verdict {
            answer.verdict(
                outcome, code: status ?? "HTTP \(answer.status)", words.map { "\(reason) (\($0))" } ?? reason)
        }
        switch status ?? "" {
        case "RESOURCE_EXHAUSTED":
            return verdict(.throttled(retryAfter: answer.retryAfter), "rate limited by Google Chat")
        case "PERMISSION_DENIED", "UNAUTHENTICATED":
            return verdict(
                .targetBroken,
                "Google Chat rejected the key or token; copy the webhook URL from the space's settings into `url`")
        case "NOT_FOUND":
            return verdict(.targetBroken, "the webhook or its space no longer exists; create a new one and set `url`")
        case "INVALID_ARGUMENT", "FAILED_PRECONDITION":
            return words?.lowercased().contains("api key") == true
                ? verdict(
                    .targetBroken,
                    "Google Chat rejected the key; copy the webhook URL from the space's settings into `url`")
                : verdict(
                    .messageRefused, "Google Chat rejected the message as malformed or too long; \(Advice.report)")
        default:
            return StatusRules.verdict(for: answer).map { verdict($0.outcome, $0.reason ?? "") }
                ?? StatusRules.unproven(answer, expected: "a message name")
        }
    }
}
