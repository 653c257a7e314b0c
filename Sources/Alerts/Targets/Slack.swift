package import Model

extension TargetKind {
    package static let slack = TargetKind(
        "slack",
        TargetRules(keys: ["url"], hosts: ["hooks.slack.com", "hooks.slack-gov.com"], mention: .text))
}

/// An incoming webhook of Slack (Slack API, "Sending messages using incoming webhooks" and "Rate limits").
struct Slack: AlertTarget {
    /// The page allows one message a second for each webhook, and short bursts.
    static let rate = RateLimit(count: 1, per: .seconds(1))
    /// In UTF-16 units (Slack, "Block Kit", section and header blocks).
    static let longestSection = 3000
    static let longestField = 2000
    static let mostFields = 10
    /// `msg_blocks_too_long` has been seen from about 13,000 on, far below the documented 40,000.
    static let longestText = 12_000

    let kind = TargetKind.slack
    let manners = Manners(pace: Pace(rate), digestCapacity: 50)

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        let card = Card(message, texts: context.texts)
        let mention = context.options.mention.text ?? ""
        let body: OrderedJSON =
            if context.asPlainText {
                [
                    "text": .string(
                        Self.joined(
                            mention, card.plainText(BoundedText(Self.longestText, .utf16), escape: Markup.quietEntities)
                        )
                    )
                ]
            } else {
                [
                    "text": .string(Self.joined(mention, "\(card.marker) \(Markup.quietEntities(card.title))")),
                    "attachments": [["color": .string(card.tone.colour), "blocks": fittedBlocks(card)]],
                ]
            }
        return [TargetRequest(url: try context.url(), json: body)]
    }

    private func fittedBlocks(_ card: Card) -> OrderedJSON {
        card.fitted(to: Self.longestText, size: { $0.text.utf16.count }, draw: { .array(blocks($0)) })
    }

    private static func joined(_ mention: String, _ text: String) -> String {
        mention.isEmpty ? text : "\(mention) \(text)"
    }

    private func blocks(_ card: Card) -> [OrderedJSON] {
        var blocks = [section(Markup.quietEntities(card.sentence))]
        if !card.lines.isEmpty {
            blocks += card.lines.map { "\($0.tone.marker) \(Markup.quietEntities($0.text))" }
                .packed(upTo: Self.longestSection, .utf16).map(section)
        }
        let fields: [OrderedJSON] = card.facts.map { fact in
            let text = "*\(Markup.entities(fact.label))*\n\(Markup.quietEntities(fact.value))"
            return Self.markdown(text.cut(to: Self.longestField, .utf16))
        }
        for start in stride(from: 0, to: fields.count, by: Self.mostFields) {
            let some = Array(fields[start..<min(start + Self.mostFields, fields.count)])
            blocks.append(["type": "section", "fields": .array(some)])
        }
        if !card.log.isEmpty {
            // A backquote would end the block.
            let log = Markup.replacing(in: card.log.map(Markup.quietEntities).joined(separator: "\n")) {
                $0 == "`" ? "'" : nil
            }
            blocks.append(section("```\(log.cut(to: Self.longestSection - 6, .utf16))```"))
        }
        blocks.append(["type": "context", "elements": [Self.markdown(card.footer)]])
        return blocks
    }

    private func section(_ text: String) -> OrderedJSON {
        ["type": "section", "text": Self.markdown(text.cut(to: Self.longestSection, .utf16))]
    }

    /// `verbatim`: Slack makes no links or mentions of what only looks like one.
    private static func markdown(_ text: String) -> OrderedJSON {
        ["type": "mrkdwn", "text": .string(text), "verbatim": true]
    }

    // MARK: - Verdict

    /// The body is exactly `ok`, as plain text; failures are a word with a status of their own.
    func judge(_ answer: Answer) -> Verdict {
        let word = answer.text.trimmed
        if answer.status == 200 {
            return word == "ok"
                ? answer.verdict(.delivered, code: "ok") : StatusRules.unproven(answer, expected: "`ok`")
        }
        let isWord =
            !word.isEmpty && word.utf8.count <= 60 && word.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7B && $0 != 0x3C }
        let code = isWord ? word : answer.json?["error"]?.stringValue ?? "HTTP \(answer.status)"
        switch word {
        case "invalid_token":
            return answer.verdict(
                .targetBroken, code: code,
                "Slack does not know the webhook; copy the webhook URL from the app's settings into `url`")
        case "no_service", "no_service_id", "no_active_hooks", "no_team", "team_disabled":
            return answer.verdict(
                .targetBroken, code: code,
                "the webhook was removed or disabled in Slack (\(word)); create a new one and set `url`")
        case "channel_not_found", "channel_is_archived", "user_not_found":
            return answer.verdict(
                .targetBroken, code: code,
                "the webhook's channel was deleted or archived (\(word)); create a webhook for another channel")
        case "action_prohibited", "posting_to_general_channel_denied":
            return answer.verdict(
                .targetBroken, code: code,
                "a Slack administrator does not allow this webhook to post (\(word)); ask an administrator to allow it")
        default: break
        }
        if answer.status == 429 || answer.json?["error"]?.stringValue == "rate_limited" {
            let wait = Answer.longer(answer.retryAfter, Answer.wait(seconds: answer.json?["retry_after"]?.numberValue))
            return answer.verdict(
                .throttled(retryAfter: wait), code: code, "rate limited by Slack")
        }
        if answer.status == 400 {
            return answer.verdict(
                .messageRefused, code: code,
                "Slack rejected the message as malformed; \(Advice.report) (\(word.cut(to: 80, .scalars)))")
        }
        return StatusRules.verdict(for: answer) ?? StatusRules.unproven(answer, expected: "`ok`")
    }
}

extension [String] {
    /// The lines put together to as few texts as the limit allows.
    func packed(upTo limit: Int, _ unit: TextUnit) -> [String] {
        reduce(into: []) { texts, line in
            if let last = texts.last, unit.count(last) + 1 + unit.count(line) <= limit {
                texts[texts.count - 1] = last + "\n" + line
            } else {
                texts.append(line)
            }
        }
    }
}
