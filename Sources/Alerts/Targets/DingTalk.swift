import Crypto
import Foundation
package import Model

extension TargetKind {
    package static let dingtalk = TargetKind(
        "dingtalk",
        TargetRules(
            keys: ["url", "secret", "keyword"], hosts: ["oapi.dingtalk.com"], aliases: ["dingding"],
            urlParameter: "access_token", mention: .object(["mobiles", "user_ids", "all"])))
}

/// A custom robot of a DingTalk group (DingTalk Open Platform, "Custom robot access").
struct DingTalk: AlertTarget {
    /// The page allows 20 a minute and shuts a robot that exceeds it out for about ten minutes.
    static let rate = RateLimit(count: 18, per: .seconds(60))
    /// A message may have 20,000 bytes, measured as sent.
    static let longestBody = 20_000
    /// The rest is for the JSON around the text.
    static let longestText = 15_000

    let kind = TargetKind.dingtalk
    let manners = Manners(
        pace: Pace(rate), throttlePauses: [.seconds(60), .seconds(600)], digestCapacity: 50)

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        let card = Card(message, texts: context.texts)
        let mention = context.options.mention
        let names = (mention.mobiles + mention.userIDs).map { "@\($0)" }.joined(separator: " ")
        let at: OrderedJSON = [
            "atMobiles": .array(mention.mobiles.map { .string($0) }),
            "atUserIds": .array(mention.userIDs.map { .string($0) }),
            "isAtAll": .bool(mention.everybody),
        ]
        let keyword = context.options.keyword
        let body = card.fitted(toBytes: Self.longestBody) { card in
            if context.asPlainText {
                let text = card.plainText(
                    BoundedText(Self.longestText, .bytes), tail: [names], escape: Markup.plain)
                return ["msgtype": "text", "text": ["content": .string(text.containing(keyword))], "at": at]
            }
            let text = markdown(card, names: names).containing(keyword, separator: "\n\n")
            return [
                "msgtype": "markdown",
                "markdown": [
                    "title": .string("\(card.marker) \(Markup.plain(card.title))"), "text": .string(text),
                ],
                "at": at,
            ]
        }
        return [try signed(body, context)]
    }

    private func markdown(_ card: Card, names: String) -> String {
        let bounds = BoundedText(Self.longestText, .bytes, separator: "\n\n")
        let heading = "### \(card.marker) \(Markup.wide(card.title))"
        let tail = [names, "> \(card.footer)"]
        guard card.lines.isEmpty else {
            return bounds.digest(card, head: [heading, Markup.wide(card.sentence)], tail: tail) { line, text in
                "\(line.tone.marker) \(Markup.wide(text))"
            }
        }
        let facts = card.facts.map { fact in
            "**\(fact.label)** "
                + Markup.lines(of: fact.value, joinedBy: "  \n", Markup.wide)
        }
        return bounds.join(
            head: [heading, Markup.wide(card.sentence)], optional: facts + card.log.map { "> \(Markup.wide($0))" },
            tail: tail)
    }

    /// The signature goes into the address: Unix milliseconds, and base64 of HMAC-SHA256 over `time LF secret` under
    /// the secret, percent-encoded once.
    private func signed(_ body: OrderedJSON, _ context: RenderContext) throws(TargetProblem) -> TargetRequest {
        let url = try context.url()
        guard let secret = context.secrets.first else { return TargetRequest(url: url, json: body) }
        let milliseconds = context.signingTime.milliseconds
        let sign = Self.signature(milliseconds: milliseconds, secret: secret)
        let query = "timestamp=\(milliseconds)&sign=\(PercentEncoding.encode(sign))"
        return TargetRequest(url: WebAddress.adding(query, to: url), json: body, signatures: [sign])
    }

    static func signature(milliseconds: Int64, secret: String) -> String {
        let key = SymmetricKey(data: Array(secret.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(milliseconds)\n\(secret)".utf8), using: key)
        return Data(code).base64EncodedString()
    }

    // MARK: - Verdict

    /// The verdict is in the body, whatever the HTTP status says; only `errcode` 0 is one of success.
    func judge(_ answer: Answer) -> Verdict {
        guard let json = answer.json, answer.status < 500 else {
            return StatusRules.verdict(for: answer) ?? StatusRules.unproven(answer, expected: "an `errcode`")
        }
        guard let code = json["errcode"]?.integerValue else {
            if json["punish"] != nil || json["status"]?.integerValue == 1111 {
                return answer.verdict(
                    .throttled(
                        retryAfter: Answer.longer(Answer.wait(seconds: json["wait"]?.numberValue), answer.retryAfter)),
                    code: "status \(json["status"]?.integerValue ?? 0)",
                    "rate limited by Alibaba's gateway")
            }
            return StatusRules.verdict(for: answer) ?? StatusRules.unproven(answer, expected: "an `errcode`")
        }
        if code == 0, answer.status == 200 { return answer.verdict(.delivered, code: "0") }
        let words = json["errmsg"]?.stringValue ?? ""
        func verdict(_ outcome: DeliveryOutcome, _ reason: String) -> Verdict {
            answer.verdict(outcome, code: "\(code)", words.isEmpty ? reason : "\(reason) (\(words.onOneLine))")
        }
        switch code {
        case 130101, 410100, 90030:
            return verdict(
                .throttled(retryAfter: answer.retryAfter),
                "rate limited by DingTalk: more than 20 messages a minute to this robot")
        case 310000:
            return verdict(.targetBroken, Self.securityReason(words, answer))
        case 300001, 300005, 400101:
            return verdict(
                .targetBroken,
                "DingTalk does not know the access_token; copy the webhook URL from the robot's settings into `url`")
        case 400013:
            return verdict(.targetBroken, "the group was dissolved; create a robot in another group")
        case 400102:
            return verdict(.targetBroken, "the robot is stopped; start it in the group's settings")
        case 400106:
            return verdict(.targetBroken, "the robot was deleted; create a new one and set `url`")
        case 40035, 43004, 400105:
            return verdict(.messageRefused, "DingTalk rejected the message as malformed; \(Advice.report)")
        case 430101...430104:
            // An unsafe link, unfit words, picture or content: what people wrote, much of which the plain form leaves out.
            return verdict(
                .messageRefused,
                "DingTalk rejected the content of the message; check name, labels and log lines of the task for words or "
                    + "links that DingTalk forbids")
        case 460101:
            return verdict(.messageRefused, "the message is too long for DingTalk; \(Advice.report)")
        case -1:
            return verdict(.tryAgain(retryAfter: answer.retryAfter), "DingTalk is busy")
        default:
            return verdict(
                .tryAgain(retryAfter: answer.retryAfter), "DingTalk returned an undocumented error")
        }
    }

    /// One code for four causes; only the words, which come in two languages, tell them apart.
    private static func securityReason(_ words: String, _ answer: Answer) -> String {
        let words = words.lowercased()
        if words.contains("keyword") || words.contains("关键词") {
            return
                "the robot requires a keyword that is not in the message; set `keyword` to one of the robot's keywords"
        }
        // Before the clock: the advice that comes with a wrong signature speaks of the timestamp, too.
        if words.contains("sign not match") || words.contains("签名不匹配") {
            return "the signature is wrong; set `secret` to the robot's secret (SEC…)"
                + (ClockSkew.words(answer).map { "; \($0)" } ?? "")
        }
        if words.contains("timestamp") || words.contains("签名过期") || words.contains("时间") {
            return "the signature's time is wrong; "
                + (ClockSkew.words(answer)
                    ?? "this host's clock is more than an hour off: set it (timedatectl set-ntp true)")
        }
        // Not just "ip": it is in "description", with which every explanation begins.
        if words.contains("whitelist") || words.contains("白名单") || words.contains("来源ip") {
            return "this host's IP address is not on the robot's allow list; add it there"
        }
        return
            "the robot's security settings rejected the message: check keyword, signature (`secret`), clock and IP allow list"
    }
}
