package import Model

extension TargetKind {
    package static let teams = TargetKind(
        "teams",
        // Power Automate gives each environment a host of its own.
        TargetRules(
            keys: ["url"], hostSuffixes: [".logic.azure.com", ".environment.api.powerplatform.com"],
            aliases: ["msteams", "microsoft_teams"]))
}

/// A flow of Power Automate that posts what its webhook gets into Microsoft Teams (Microsoft Learn, "Create incoming
/// webhooks with Workflows for Microsoft Teams").
struct Teams: AlertTarget {
    /// About four requests a second were the connectors' limit (Microsoft Learn, "Rate limiting for connectors").
    static let rate = RateLimit(count: 3, per: .seconds(1))
    /// A message may have 28 KB, JSON and all; some room is left for what the flow puts around it.
    static let longestBody = 27_000
    /// Of one text in it.
    static let longestText = 18_000

    let kind = TargetKind.teams
    let manners = Manners(pace: Pace(rate), digestCapacity: 50, decidingStatus: 202)

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        let card = Card(message, texts: context.texts)
        let json = card.fitted(toBytes: Self.longestBody) { envelope($0, isPlain: context.asPlainText) }
        return [TargetRequest(url: try context.url(), json: json)]
    }

    private func envelope(_ card: Card, isPlain: Bool) -> OrderedJSON {
        let body: [OrderedJSON]
        if isPlain {
            let bounds = BoundedText(Self.longestText, .bytes, separator: "\n\n")
            body = [
                [
                    "type": "TextBlock", "text": .string(card.plainText(bounds, escape: Markup.quietCommonMark)),
                    "wrap": true,
                ]
            ]
        } else {
            body = elements(card)
        }
        let content: OrderedJSON = [
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.2",
            // Markdown here, too (Adaptive Cards, "fallbackText").
            "fallbackText": .string("\(card.marker) \(Markup.quietCommonMark(card.title))"),
            "msteams": ["width": "full"],
            "body": .array(body),
        ]
        return [
            "type": "message",
            "attachments": [
                ["contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": .null, "content": content]
            ],
        ]
    }

    private func elements(_ card: Card) -> [OrderedJSON] {
        var elements: [OrderedJSON] = [
            [
                "type": "TextBlock", "text": .string("\(card.marker) \(Markup.quietCommonMark(card.title))"),
                "weight": "Bolder", "size": "Medium", "wrap": true, "color": .string(card.tone.adaptiveColour),
            ],
            ["type": "TextBlock", "text": .string(Markup.quietCommonMark(card.sentence)), "wrap": true],
        ]
        if !card.lines.isEmpty {
            let text = BoundedText(Self.longestText, .bytes, separator: "\n\n").digest(card, head: [], tail: []) {
                "\($0.tone.marker) \(Markup.quietCommonMark($1))"
            }
            elements.append(["type": "TextBlock", "text": .string(text), "wrap": true])
        }
        if !card.facts.isEmpty {
            let facts: [OrderedJSON] = card.facts.map {
                [
                    "title": .string($0.label),
                    "value": .string(Markup.lines(of: $0.value, joinedBy: "\n\n", Markup.quietCommonMark)),
                ]
            }
            elements.append(["type": "FactSet", "facts": .array(facts)])
        }
        if !card.log.isEmpty {
            elements.append([
                "type": "TextBlock", "text": .string(card.log.map(Markup.quietCommonMark).joined(separator: "\n\n")),
                "wrap": true, "fontType": "Monospace", "size": "Small",
            ])
        }
        elements.append([
            "type": "TextBlock", "text": .string(Markup.commonMark(card.footer)), "isSubtle": true, "size": "Small",
        ])
        return elements
    }

    // MARK: - Verdict

    /// 202, or 200 without an error, is a promise only: the flow may still fail unseen.
    func judge(_ answer: Answer) -> Verdict {
        let text = answer.text
        switch answer.status {
        case 200, 202:
            return promised(answer, text)
        case 400 where text.contains("WorkflowTriggerIsNotEnabled"):
            return answer.verdict(
                .targetBroken, "the flow is turned off; turn it on in Power Automate (its owner may have left)")
        case 401, 403:
            return answer.verdict(
                .targetBroken,
                "the flow rejected the address (\(answer.status)); copy the whole webhook URL, including `sig`, from the flow into `url`"
            )
        case 404:
            return answer.verdict(
                .targetBroken, "the flow was deleted (its owner may have left); create a new one and set `url`")
        default:
            return StatusRules.verdict(for: answer) ?? StatusRules.unproven(answer, expected: "the status 202")
        }
    }

    private func promised(_ answer: Answer, _ text: String) -> Verdict {
        // The retired connectors answered 200 and put the truth into the text; `1` was success.
        if text.contains("HTTP error 429") || text.contains("429 TooManyRequests") {
            return answer.verdict(
                .throttled(retryAfter: answer.retryAfter), code: "429 in a 200", "rate limited by Teams")
        }
        if text.trimmed == "1" { return answer.verdict(.delivered, code: "1") }
        let isError = answer.json?["error"] != nil || text.contains("HTTP error") || text.contains("delivery failed")
        if isError {
            return answer.verdict(
                .tryAgain(retryAfter: answer.retryAfter),
                "Teams answered \(answer.status), but reports an error in the body; connectors (webhook.office.com) are retired: create "
                    + "a workflow in Teams and set `url` to its webhook URL")
        }
        let isPage = text.trimmed.prefix(15).lowercased().hasPrefix("<!doctype") || text.trimmed.hasPrefix("<html")
        return isPage
            ? StatusRules.unproven(answer, expected: "the answer of a flow (it is a web page)")
            : answer.verdict(.accepted)
    }
}

extension Tone {
    /// A colour name of Adaptive Cards 1.2.
    fileprivate var adaptiveColour: String {
        switch self {
        case .good: "Good"
        case .bad: "Attention"
        case .warning: "Warning"
        case .neutral: "Default"
        }
    }
}
