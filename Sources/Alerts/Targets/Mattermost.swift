package import Model

extension TargetKind {
    package static let mattermost = TargetKind(
        "mattermost",
        TargetRules(keys: ["url"], mention: .text))
}

/// An incoming webhook of Mattermost (Mattermost developer documentation, "Incoming webhooks", "Message attachments").
struct Mattermost: AlertTarget {
    /// No page names a limit for webhooks; a server's own default is ten a second for each address.
    static let rate = RateLimit(count: 5, per: .seconds(1))
    /// The server cuts a text at 16,383 characters into several posts.
    static let longestText = 15_000

    let kind = TargetKind.mattermost
    let manners = Manners(pace: Pace(rate), digestCapacity: 50)

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        let card = Card(message, texts: context.texts)
        let mention = context.options.mention.text ?? ""
        let body: OrderedJSON
        if context.asPlainText {
            let text = card.plainText(BoundedText(Self.longestText, .utf16), escape: Markup.quietCommonMark)
            body = ["text": .string([mention, text].filter { !$0.isEmpty }.joined(separator: " "))]
        } else {
            body = .compact([
                "text": mention.isEmpty ? nil : .string(mention),
                "attachments": [attachment(card)],
            ])
        }
        return [TargetRequest(url: try context.url(), json: body)]
    }

    private func attachment(_ card: Card) -> OrderedJSON {
        let bounds = BoundedText(Self.longestText, .utf16)
        let sentence = Markup.quietCommonMark(card.sentence)
        let text =
            card.lines.isEmpty
            ? bounds.join(head: [sentence], optional: card.log.map { "> \(Markup.quietCommonMark($0))" })
            : bounds.digest(card, head: [sentence, ""], tail: []) { "\($0.tone.marker) \(Markup.quietCommonMark($1))" }
        let fields: [OrderedJSON] = card.facts.map {
            [
                "short": .bool($0.isShort), "title": .string($0.label),
                "value": .string(Markup.quietCommonMark($0.value)),
            ]
        }
        // The server renders Markdown in the title and the text; the fallback is plain text.
        let title = "\(card.marker) \(Markup.quietCommonMark(card.title))"
        return [
            "fallback": .string("\(card.marker) \(Markup.plain(card.title))"), "color": .string(card.tone.colour),
            "title": .string(title),
            "text": .string(text), "fields": .array(fields),
            "footer": .string(card.footer),
        ]
    }

    // MARK: - Verdict

    /// The body is exactly `ok`; errors are JSON.
    func judge(_ answer: Answer) -> Verdict {
        if answer.status == 200 {
            return answer.text.trimmed == "ok"
                ? answer.verdict(.delivered, code: "ok") : StatusRules.unproven(answer, expected: "`ok`")
        }
        let json = answer.json
        let id = json?["id"]?.stringValue ?? ""
        let words = json?["message"]?.stringValue?.onOneLine
        func verdict(_ outcome: DeliveryOutcome, _ reason: String) -> Verdict {
            answer.verdict(
                outcome, code: id.isEmpty ? "HTTP \(answer.status)" : id, words.map { "\(reason) (\($0))" } ?? reason)
        }
        let isAboutHook = ["disabled", "invalid", "channel", "permission", "user", "team"].contains { id.contains($0) }
        switch answer.status {
        case 501:
            return verdict(.targetBroken, "incoming webhooks are turned off on this server; ask its administrator")
        case 400 where id.contains("incoming") && isAboutHook:
            return verdict(.targetBroken, "the webhook or its channel does not exist or is not allowed; check `url`")
        case 400, 413:
            return verdict(
                .messageRefused, "Mattermost rejected the message as malformed or too long; \(Advice.report)")
        default:
            return StatusRules.verdict(for: answer).map { verdict($0.outcome, $0.reason ?? "") }
                ?? StatusRules.unproven(answer, expected: "`ok`")
        }
    }
}
