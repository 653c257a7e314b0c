import Crypto
import Foundation
import HTTPTransport
package import Model

extension TargetKind {
    package static let feishu = TargetKind(
        "feishu",
        TargetRules(
            keys: ["url", "secret", "keyword"], hosts: ["open.feishu.cn", "open.larksuite.com"], aliases: ["lark"],
            mention: .object(["user_ids", "all"])))
}

/// A custom bot of a Feishu or Lark group (Feishu Open Platform, "Custom bot usage guide").
struct Feishu: AlertTarget {
    /// The page allows 100 a minute and 5 a second, and advises to keep clear of full and half hours.
    static let rate = RateLimit(count: 80, per: .seconds(60))
    static let burst = 4
    /// A request may have 20 KB.
    static let longestBody = 20_000
    /// The rest is for the JSON around the text.
    static let longestText = 14_000

    let kind = TargetKind.feishu
    let manners = Manners(
        pace: Pace(rate, burst: burst), throttlePauses: [.seconds(15), .seconds(60), .seconds(300)],
        digestCapacity: 50, avoidsHalfHours: true)

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        let card = Card(message, texts: context.texts)
        let seconds = context.signingTime.seconds
        let sign = context.secrets.first.map { Self.signature(seconds: seconds, secret: $0) }
        let body = card.fitted(toBytes: Self.longestBody) { card in
            var body: [OrderedJSON.Member] = []
            if let sign {
                body.append(.init(key: "timestamp", value: .string("\(seconds)")))
                body.append(.init(key: "sign", value: .string(sign)))
            }
            body += context.asPlainText ? text(card, context) : interactive(card, context)
            return .object(body)
        }
        return [TargetRequest(url: try context.url(), json: body, signatures: sign.map { [$0] } ?? [])]
    }

    private func text(_ card: Card, _ context: RenderContext) -> [OrderedJSON.Member] {
        let mention = context.options.mention
        let names =
            (mention.userIDs.map { "<at user_id=\"\($0)\"></at>" }
            + (mention.everybody ? ["<at user_id=\"all\"></at>"] : [])).joined(separator: " ")
        let text = card.plainText(BoundedText(Self.longestText, .bytes), tail: [names], escape: Markup.plain)
        return [
            .init(key: "msg_type", value: "text"),
            .init(key: "content", value: ["text": .string(text.containing(context.options.keyword))]),
        ]
    }

    private func interactive(_ card: Card, _ context: RenderContext) -> [OrderedJSON.Member] {
        let mention = context.options.mention
        let names =
            (mention.userIDs.map { "<at id=\($0)></at>" } + (mention.everybody ? ["<at id=all></at>"] : []))
            .joined(separator: " ")
        let text = markdown(card, names: names)
        // The title counts, too, where the robot looks for its keyword.
        let keyword = context.options.keyword.flatMap { Markup.plain(card.title).holds($0) ? nil : $0 }
        let content: OrderedJSON = [
            "config": ["wide_screen_mode": true],
            "header": [
                "title": ["tag": "plain_text", "content": .string(Markup.plain(card.title))],
                "template": .string(card.tone.template),
            ],
            "elements": [["tag": "div", "text": ["tag": "lark_md", "content": .string(text.containing(keyword))]]],
        ]
        return [.init(key: "msg_type", value: "interactive"), .init(key: "card", value: content)]
    }

    private func markdown(_ card: Card, names: String) -> String {
        let bounds = BoundedText(Self.longestText, .bytes)
        let tail = [names, card.footer]
        guard card.lines.isEmpty else {
            return bounds.digest(card, head: [Markup.larkMarkdown(card.sentence)], tail: tail) { line, text in
                "\(line.tone.marker) \(Markup.larkMarkdown(text))"
            }
        }
        let facts = card.facts.map { "**\($0.label)** \(Markup.larkMarkdown($0.value))" }
        return bounds.join(
            head: [Markup.larkMarkdown(card.sentence)], optional: facts + card.log.map(Markup.larkMarkdown), tail: tail)
    }

    /// Base64 of HMAC-SHA256 over nothing, under `time LF secret`: the text that others sign is the key here.
    static func signature(seconds: Int64, secret: String) -> String {
        let key = SymmetricKey(data: Array("\(seconds)\n\(secret)".utf8))
        return Data(HMAC<SHA256>.authenticationCode(for: [UInt8](), using: key)).base64EncodedString()
    }

    // MARK: - Verdict

    func judge(_ answer: Answer) -> Verdict {
        guard let json = answer.json, answer.status < 500,
            let code = json["code"]?.integerValue ?? json["StatusCode"]?.integerValue
        else { return Self.statusVerdict(answer) ?? StatusRules.unproven(answer, expected: "a `code`") }
        if code == 0 {
            return Self.statusVerdict(answer) ?? answer.verdict(.delivered, code: "0")
        }
        let words = json["msg"]?.stringValue ?? json["StatusMessage"]?.stringValue ?? ""
        func verdict(_ outcome: DeliveryOutcome, _ reason: String) -> Verdict {
            answer.verdict(outcome, code: "\(code)", words.isEmpty ? reason : "\(reason) (\(words.onOneLine))")
        }
        switch code {
        // The second is the whole platform's ("Frequency control"), by HTTP 429 or, in older APIs, 400.
        case 11232, 99_991_400:
            return verdict(.throttled(retryAfter: Self.wait(answer)), "rate limited by Feishu")
        case 9499:
            // Today a malformed request; an older gateway said so to who was too fast.
            let isTooFast = ["frequency", "limit", "too many", "频率"].contains { words.lowercased().contains($0) }
            return isTooFast
                ? verdict(.throttled(retryAfter: Self.wait(answer)), "rate limited by Feishu")
                : verdict(
                    .messageRefused, "Feishu rejected the message as malformed or too long; \(Advice.report)")
        case 19001:
            return verdict(
                .targetBroken, "Feishu does not know the bot; copy the webhook URL from the bot's settings into `url`")
        case 19021:
            return verdict(
                .targetBroken,
                "the signature is wrong"
                    + (ClockSkew.words(answer).map { ", and \($0); if that does not help, check `secret`" }
                        ?? "; check `secret` and this host's clock, which must not be more than an hour off"))
        case 19022:
            return verdict(.targetBroken, "this host's IP address is not on the bot's allow list; add it there")
        case 19024:
            return verdict(
                .targetBroken,
                "the bot requires a keyword that is not in the message; set `keyword` to one of the bot's keywords")
        case 10208, 19002, 19003, 19036, 200340, 200621, 200671, 200672, 230001, 230002, 230025:
            return verdict(
                .messageRefused, "Feishu rejected the message or its card as malformed; \(Advice.report)")
        default:
            // A refusal by a code that is not known, but whose words are: the message is not at fault.
            if ["frequency limit", "too many request", "频率限制"].contains(where: { words.lowercased().contains($0) }) {
                return verdict(.throttled(retryAfter: Self.wait(answer)), "rate limited by Feishu")
            }
            return Self.statusVerdict(answer).map { verdict($0.outcome, $0.reason ?? "") }
                ?? verdict(
                    .tryAgain(retryAfter: Self.wait(answer)), "Feishu returned an undocumented error")
        }
    }

    /// What the HTTP status says; how long to wait is in the gateway's own header.
    private static func statusVerdict(_ answer: Answer) -> Verdict? {
        guard let verdict = StatusRules.verdict(for: answer), case .throttled = verdict.outcome else {
            return StatusRules.verdict(for: answer)
        }
        return answer.verdict(.throttled(retryAfter: wait(answer)), verdict.reason)
    }

    /// `x-ogw-ratelimit-reset`: seconds until the gateway counts anew.
    private static func wait(_ answer: Answer) -> Duration? {
        let reset = answer.headers["x-ogw-ratelimit-reset"].flatMap { Double($0) }
        return Answer.longer(answer.retryAfter, Answer.wait(seconds: reset))
    }
}

extension Tone {
    /// The colour of a Feishu card's header.
    fileprivate var template: String {
        switch self {
        case .good: "green"
        case .bad: "red"
        case .warning: "orange"
        case .neutral: "grey"
        }
    }
}
