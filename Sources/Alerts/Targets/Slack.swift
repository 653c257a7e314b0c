import Model

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

    let manners = Manners(pace: Pace(rate), digestCapacity: 50)

    func requests(for message: Message, asPlainText: Bool, in context: RenderContext) throws(TargetProblem)
        -> [TargetRequest]
    {
        let card = Card(message, language: context.language)
        let mention = context.options.mention.text ?? ""
        let body: OrderedJSON =
            if asPlainText {
                [
                    "text": .string(
                        Self.joined(mention, card.plainText(BoundedText(Self.longestText, .utf16), escape: Self.escape))
                    )
                ]
            } else {
                [
                    "text": .string(Self.joined(mention, "\(card.marker) \(Self.escape(card.title))")),
                    "attachments": [["color": .string(card.tone.colour), "blocks": fittedBlocks(card)]],
                ]
            }
        return [TargetRequest(url: try context.url(), json: body)]
    }

    /// `<!channel>` and its kin become text, and so does `@here`, which Slack may link by itself.
    private static func escape(_ text: String) -> String {
        Markup.withoutMentions(Markup.entities(text))
    }

    private func fittedBlocks(_ card: Card) -> OrderedJSON {
        card.fitted(to: Self.longestText, size: { $0.text.utf16.count }, draw: { .array(blocks($0)) })
    }

    private static func joined(_ mention: String, _ text: String) -> String {
        mention.isEmpty ? text : "\(mention) \(text)"
    }

    private func blocks(_ card: Card) -> [OrderedJSON] {
        var blocks = [section(Self.escape(card.sentence))]
        if !card.lines.isEmpty {
            blocks += card.lines.map { "\($0.tone.marker) \(Self.escape($0.text))" }
                .packed(upTo: Self.longestSection, .utf16).map(section)
        }
        let fields: [OrderedJSON] = card.facts.prefix(Self.mostFields).map { fact in
            let text = "*\(Markup.entities(fact.label))*\n\(Self.escape(fact.value))"
            return Self.markdown(text.cut(to: Self.longestField, .utf16))
        }
        if !fields.isEmpty { blocks.append(["type": "section", "fields": .array(fields)]) }
        if !card.log.isEmpty {
            let log = card.log.map(Self.escape).joined(separator: "\n").replacing("```", with: "'''")
            blocks.append(section("```\(log.cut(to: Self.longestSection - 6, .utf16))```"))
        }
        blocks.append(["type": "context", "elements": [Self.markdown(card.reference)]])
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
        let code = word.count <= 60 && !word.contains(" ") && !word.isEmpty ? word : "HTTP \(answer.status)"
        switch word {
        case "invalid_token":
            return answer.verdict(.targetBroken, code: code, "Slack does not know the webhook; copy its address again")
        case "no_service", "no_service_id", "no_active_hooks", "no_team", "team_disabled":
            return answer.verdict(
                .targetBroken, code: code, "the webhook was removed or disabled in Slack (\(word)); make a new one")
        case "channel_not_found", "channel_is_archived", "user_not_found":
            return answer.verdict(
                .targetBroken, code: code, "the webhook's channel is gone or archived (\(word)); make one for another")
        case "action_prohibited", "posting_to_general_channel_denied":
            return answer.verdict(
                .targetBroken, code: code, "an administrator of Slack forbids this webhook to post (\(word))")
        default: break
        }
        if answer.status == 429 || answer.json?["error"]?.stringValue == "rate_limited" {
            let wait = Answer.longer(answer.retryAfter, Answer.wait(seconds: answer.json?["retry_after"]?.numberValue))
            return answer.verdict(
                .throttled(retryAfter: wait), code: code, "more than a message a second to this webhook")
        }
        if answer.status == 400 {
            return answer.verdict(
                .messageRefused, code: code, "Slack finds the message malformed (\(word.cut(to: 80, .scalars)))")
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
