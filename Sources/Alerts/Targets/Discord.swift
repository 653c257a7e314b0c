import HTTPTransport
package import Model

extension TargetKind {
    package static let discord = TargetKind(
        "discord",
        TargetRules(
            keys: ["url"], hosts: ["discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com"],
            mention: .text))
}

/// A webhook of Discord (Discord API docs, "Webhook resource", "Message object", "Rate limits").
struct Discord: AlertTarget {
    /// The docs ask to read the limits from the answers, which is done; this only keeps a backlog from finding them.
    static let rate = RateLimit(count: 30, per: .seconds(60))
    /// In UTF-16 units, which are never fewer than what Discord counts.
    static let longestContent = 2000
    static let longestTitle = 256
    static let longestDescription = 4096
    static let mostFields = 25
    static let longestFieldName = 256
    static let longestFieldValue = 1024
    /// Of all texts of a message's embeds together.
    static let longestEmbeds = 6000

    let kind = TargetKind.discord
    let manners = Manners(pace: Pace(rate, burst: 5), digestCapacity: 20)

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        let card = Card(message, texts: context.texts)
        let mention = context.options.mention.text ?? ""
        var members: [OrderedJSON.Member] = []
        if context.asPlainText {
            let room = Self.longestContent - TextUnit.utf16.count(mention) - 1
            let text = card.plainText(BoundedText(room, .utf16), escape: Markup.quietCommonMark)
            let content = [mention, text].filter { !$0.isEmpty }.joined(separator: " ")
            members.append(.init(key: "content", value: .string(content.cut(to: Self.longestContent, .utf16))))
        } else {
            if !mention.isEmpty {
                members.append(.init(key: "content", value: .string(mention.cut(to: Self.longestContent, .utf16))))
            }
            members.append(.init(key: "embeds", value: [embed(card)]))
        }
        members.append(.init(key: "allowed_mentions", value: Self.allowedMentions(mention)))
        // Without `wait` a message that was not saved is answered like one that was.
        let url = WebAddress.adding("wait=true", to: try context.url())
        return [TargetRequest(url: url, json: .object(members))]
    }

    /// Nobody is mentioned whom the config does not name, whatever a task's name is: users and roles by their numbers.
    private static func allowedMentions(_ mention: String) -> OrderedJSON {
        let isEverybody = mention.contains("@everyone") || mention.contains("@here")
        let roles = mention.matches(of: /<@&([0-9]+)>/).map { OrderedJSON.string(String($0.1)) }
        let users = mention.matches(of: /<@!?([0-9]+)>/).map { OrderedJSON.string(String($0.1)) }
        return .compact([
            "parse": isEverybody ? ["everyone"] : [],
            "roles": roles.isEmpty ? nil : .array(roles),
            "users": users.isEmpty ? nil : .array(users),
        ])
    }

    private func embed(_ card: Card) -> OrderedJSON {
        let title = "\(card.marker) \(Markup.quietCommonMark(card.title))".cut(to: Self.longestTitle, .utf16)
        let bounds = BoundedText(Self.longestDescription, .utf16)
        let sentence = Markup.quietCommonMark(card.sentence)
        let description =
            card.lines.isEmpty
            ? bounds.join(head: [sentence], optional: card.log.map { "> \(Markup.quietCommonMark($0))" })
            : bounds.digest(card, head: [sentence], tail: []) { "\($0.tone.marker) \(Markup.quietCommonMark($1))" }
        var room =
            Self.longestEmbeds - [title, description, card.footer].reduce(0) { $0 + TextUnit.utf16.count($1) }
        var fields: [OrderedJSON] = []
        for fact in card.facts.prefix(Self.mostFields) {
            let name = fact.label.cut(to: Self.longestFieldName, .utf16)
            let value = Markup.quietCommonMark(fact.value).cut(to: Self.longestFieldValue, .utf16)
            let cost = TextUnit.utf16.count(name) + TextUnit.utf16.count(value)
            guard cost <= room else { break }
            room -= cost
            fields.append(["name": .string(name), "value": .string(value), "inline": .bool(fact.isShort)])
        }
        return .compact([
            "title": .string(title), "description": .string(description),
            "color": .integer(Int64(card.tone.colour.dropFirst(), radix: 16) ?? 0),
            "timestamp": card.time.map { .string($0.rfc3339) },
            "fields": fields.isEmpty ? nil : .array(fields), "footer": ["text": .string(card.footer)],
        ])
    }

    // MARK: - Verdict

    /// The message's id is the proof.
    func judge(_ answer: Answer) -> Verdict {
        let json = answer.json
        let reset = Answer.wait(seconds: answer.headers["X-RateLimit-Reset-After"].flatMap { Double($0) })
        switch answer.status {
        case 200 where json?["id"]?.stringValue.map { !$0.isEmpty } == true:
            let isUsedUp = answer.headers["X-RateLimit-Remaining"] == "0"
            return Verdict(.delivered, code: "200", httpStatus: 200, answer: answer.text, pause: isUsedUp ? reset : nil)
        case 204:
            // The server, or something in front of it, ignored `wait`.
            return answer.verdict(.accepted)
        case 429:
            let wait = Answer.longer(
                Answer.longer(Answer.wait(seconds: json?["retry_after"]?.numberValue), answer.retryAfter), reset)
            return answer.verdict(.throttled(retryAfter: wait), "rate limited by Discord (429)")
        case 401, 403, 404:
            return answer.verdict(
                .targetBroken, code: Self.code(answer, json),
                "the webhook was deleted or its token is wrong (\(answer.status)); create a new one and set `url`")
        case 400 where Self.isAboutForum(json):
            let words = json?["message"]?.stringValue?.onOneLine ?? "400"
            return answer.verdict(
                .targetBroken, code: Self.code(answer, json),
                "this webhook belongs to a forum channel; append `?thread_id=` and the id of a post to `url`, or use a "
                    + "text channel (\(words))")
        case 400:
            return answer.verdict(
                .messageRefused, code: Self.code(answer, json),
                "Discord rejected the message as malformed; \(Advice.report) (\(json?["message"]?.stringValue?.onOneLine ?? "400"))"
            )
        default:
            return StatusRules.verdict(for: answer) ?? StatusRules.unproven(answer, expected: "a message id")
        }
    }

    /// A forum channel takes messages only into its posts (Discord API docs, "JSON error codes", 220001 to 220004).
    private static func isAboutForum(_ json: JSONValue?) -> Bool {
        json?["code"]?.integerValue.map { (220_001...220_004).contains($0) } ?? false
    }

    private static func code(_ answer: Answer, _ json: JSONValue?) -> String {
        json?["code"]?.integerValue.map { "\($0)" } ?? "HTTP \(answer.status)"
    }
}
