package import Model

extension TargetKind {
    package static let wecom = TargetKind(
        "wecom",
        TargetRules(
            keys: ["url"], hosts: ["qyapi.weixin.qq.com"], aliases: ["wechat", "weixin", "wechat_work"],
            urlParameter: "key", mention: .object(["mobiles", "user_ids", "all"])))
}

/// A group robot of WeCom (WeCom Developer Center, "Group robot configuration", 91770). It has no signatures.
struct WeCom: AlertTarget {
    /// The page allows 20 a minute for each key.
    static let rate = RateLimit(count: 18, per: .seconds(60))
    /// In bytes.
    static let longestMarkdown = 4096
    static let longestText = 2048

    let kind = TargetKind.wecom
    /// As many lines as a text holds, also in Chinese, where a line of an escalation has some 110 bytes and what stands
    /// below the lines has 300.
    let manners = Manners(
        pace: Pace(rate), throttlePauses: [.seconds(60), .seconds(120), .seconds(600)], digestCapacity: 14)

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        let card = Card(message, texts: context.texts)
        let mention = context.options.mention
        // Only a text message can mention people by their number, or everybody.
        let isText = context.asPlainText || !mention.mobiles.isEmpty || mention.everybody
        let body: OrderedJSON
        if isText {
            let members = mention.userIDs + (mention.everybody ? ["@all"] : [])
            body = [
                "msgtype": "text",
                "text": .compact([
                    "content": .string(card.plainText(BoundedText(Self.longestText, .bytes), escape: Markup.plain)),
                    "mentioned_list": members.isEmpty ? nil : .array(members.map { .string($0) }),
                    "mentioned_mobile_list": mention.mobiles.isEmpty
                        ? nil : .array(mention.mobiles.map { .string($0) }),
                ]),
            ]
        } else {
            let names = mention.userIDs.map { "<@\($0)>" }.joined(separator: " ")
            body = [
                "msgtype": "markdown", "markdown": ["content": .string(markdown(card, context.texts, names: names))],
            ]
        }
        return [TargetRequest(url: try context.url(), json: body)]
    }

    private func markdown(_ card: Card, _ texts: any Texts, names: String) -> String {
        let bounds = BoundedText(Self.longestMarkdown, .bytes)
        let heading = "### \(card.marker) <font color=\"\(card.tone.font)\">\(Markup.wide(card.title))</font>"
        let tail = [names, "<font color=\"comment\">\(card.footer)</font>"]
        guard card.lines.isEmpty else {
            return bounds.digest(card, head: [heading], sentence: Markup.wide(card.sentence), tail: tail) {
                line, text in
                "\(line.tone.marker) \(Markup.wide(text))"
            }
        }
        let facts = card.facts.map { fact in
            "> \(texts.entry(fact.label, Markup.lines(of: fact.value, joinedBy: texts.phrase(.comma), Markup.wide)))"
        }
        return bounds.join(
            head: [heading, Markup.wide(card.sentence)], optional: facts + card.log.map { "> \(Markup.wide($0))" },
            tail: tail)
    }

    // MARK: - Verdict

    /// The verdict is in the body: only `errcode` 0 is one of success.
    func judge(_ answer: Answer) -> Verdict {
        guard let json = answer.json, answer.status < 500, let code = json["errcode"]?.integerValue else {
            return StatusRules.verdict(for: answer) ?? StatusRules.unproven(answer, expected: "an `errcode`")
        }
        if code == 0 {
            return StatusRules.verdict(for: answer) ?? answer.verdict(.delivered, code: "0")
        }
        let words = json["errmsg"]?.stringValue ?? ""
        func verdict(_ outcome: DeliveryOutcome, _ reason: String) -> Verdict {
            answer.verdict(outcome, code: "\(code)", words.isEmpty ? reason : "\(reason) (\(words.onOneLine))")
        }
        switch code {
        case 45009, 45033:
            return verdict(
                .throttled(retryAfter: answer.retryAfter),
                "rate limited by WeCom: more than 20 messages a minute to this robot")
        case 93000:
            return words.contains("exceed max length")
                ? verdict(.messageRefused, "the message is too long for WeCom; \(Advice.report)")
                : verdict(
                    .targetBroken,
                    "WeCom does not know the robot's key; copy the webhook URL from the robot's settings into `url`")
        case 93008, 93004:
            return verdict(.targetBroken, "the robot was removed or may not post here; create a new one and set `url`")
        case 40058:
            return verdict(
                .messageRefused, "WeCom rejected the message as malformed or too long; \(Advice.report)")
        case 40008, 40063, 44004, 45002, 47001:
            return verdict(
                .messageRefused, "WeCom rejected the message as malformed, empty or too long; \(Advice.report)")
        case -1:
            return verdict(.tryAgain(retryAfter: answer.retryAfter), "WeCom is busy")
        default:
            return verdict(
                .tryAgain(retryAfter: answer.retryAfter), "WeCom returned an undocumented error")
        }
    }
}

extension Tone {
    /// One of the three colours that WeCom has: green, orange red, grey.
    fileprivate var font: String {
        switch self {
        case .good: "info"
        case .bad, .warning: "warning"
        case .neutral: "comment"
        }
    }
}
