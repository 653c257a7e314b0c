package import Model

extension TargetKind {
    package static let telegram = TargetKind(
        "telegram",
        TargetRules(
            keys: ["url"], required: [],
            options: [
                TargetOption("token", .secret, .required, mistake: Telegram.mistake(inBotToken:)),
                TargetOption(Telegram.chatOption, .id, .required, mistake: Telegram.mistake(inChat:)),
                TargetOption("thread_id", .id, isCounted: false, mistake: Telegram.mistake(inThread:)),
            ],
            hosts: ["api.telegram.org"], defaultURL: "https://api.telegram.org", urlIsPublic: true))
}

/// A bot of Telegram (Telegram Bot API, `sendMessage`, "Making requests").
struct Telegram: AlertTarget {
    /// The Bot FAQ names about 20 a minute for a group and one a second for a chat.
    static let rate = RateLimit(count: 18, per: .seconds(60))
    /// In UTF-16 units, after entities are read; counted before, which is never less.
    static let longestText = 4096

    /// The key of the chat; a move of the chat is stored beside what it was then.
    static let chatOption = "chat_id"

    let kind = TargetKind.telegram
    let manners = Manners(pace: Pace(rate), digestCapacity: 30)

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        guard let token = context.ownSecrets["token"], !token.isEmpty else {
            throw TargetProblem("`token` is missing: set it to the token from @BotFather")
        }
        if let mistake = Self.mistake(inBotToken: token) { throw TargetProblem("`token` \(mistake)") }
        guard let chat = context.options[text: Self.chatOption], !chat.isEmpty else {
            throw TargetProblem("`chat_id` is missing")
        }
        let card = Card(message, texts: context.texts)
        let bounds = BoundedText(Self.longestText, .utf16)
        let text = context.asPlainText ? card.plainText(bounds) : html(card, bounds)
        let body = OrderedJSON.compact([
            "chat_id": Self.number(chat),
            "message_thread_id": context.options[text: "thread_id"].map(Self.number),
            "text": .string(text),
            "parse_mode": context.asPlainText ? nil : "HTML",
            "link_preview_options": ["is_disabled": true],
            "disable_notification": .bool(card.tone == .neutral),
        ])
        let base = try context.url(of: .telegram)
        return [TargetRequest(url: WebAddress.appending("/bot\(token)/sendMessage", to: base), json: body)]
    }

    /// Ids are numbers, names of channels (`@name`) are not.
    private static func number(_ text: String) -> OrderedJSON {
        Int64(text).map { .integer($0) } ?? .string(text)
    }

    private func html(_ card: Card, _ bounds: BoundedText) -> String {
        let heading = "\(card.marker) <b>\(Markup.quietEntities(card.title))</b>"
        let tail = ["<code>\(Markup.entities(card.footer))</code>"]
        guard card.lines.isEmpty else {
            return bounds.digest(card, head: [heading], sentence: Markup.quietEntities(card.sentence), tail: tail) {
                line, text in
                "\(line.tone.marker) \(Markup.quietEntities(text))"
            }
        }
        let facts = card.facts.map { "<b>\(Markup.entities($0.label))</b>: \(Markup.quietEntities($0.value))" }
        return bounds.join(
            head: [heading, Markup.quietEntities(card.sentence)],
            optional: facts + card.log.map { "<code>\(Markup.quietEntities($0))</code>" }, tail: tail)
    }

    // MARK: - Verdict

    /// `ok` is the proof; the HTTP status repeats `error_code`.
    func judge(_ answer: Answer) -> Verdict {
        guard let json = answer.json, case .bool(let isOK)? = json["ok"] else {
            return StatusRules.verdict(for: answer) ?? StatusRules.unproven(answer, expected: "`ok`")
        }
        if isOK {
            return StatusRules.verdict(for: answer) ?? answer.verdict(.delivered, code: "ok")
        }
        let code = json["error_code"]?.integerValue ?? answer.status
        let words = json["description"]?.stringValue?.onOneLine ?? ""
        func verdict(_ outcome: DeliveryOutcome, _ reason: String) -> Verdict {
            answer.verdict(outcome, code: "\(code)", words.isEmpty ? reason : "\(reason) (\(words))")
        }
        // The id of a supergroup is negative (Bot API, "Chat").
        if let chat = json["parameters"]?["migrate_to_chat_id"]?.integerValue, chat < 0 {
            let broken = verdict(.targetBroken, "the group became a supergroup; set `chat_id` to \(chat)")
            return Verdict(
                broken.outcome, code: broken.code, httpStatus: broken.httpStatus, reason: broken.reason,
                answer: broken.answer, newChatID: String(chat))
        }
        let wait = Answer.longer(
            Answer.wait(seconds: json["parameters"]?["retry_after"]?.numberValue), answer.retryAfter)
        switch code {
        case 429:
            return verdict(.throttled(retryAfter: wait), "rate limited by Telegram")
        case 401, 404:
            return verdict(.targetBroken, "Telegram does not know the bot; set `token` to the token from @BotFather")
        case 403:
            return verdict(.targetBroken, "the bot may not write to this chat; add it to the chat again")
        case 400 where Self.isAboutRights(words):
            return verdict(
                .targetBroken,
                "the bot may not post in this chat; give it that right (in a channel: make the bot an administrator that may post messages)"
            )
        case 400 where Self.isAboutChat(words):
            return verdict(
                .targetBroken, "the chat does not exist or the bot is not a member; check `chat_id` and `thread_id`")
        case 400..<500:
            return verdict(.messageRefused, "Telegram rejected the message as malformed; \(Advice.report)")
        default:
            return verdict(.tryAgain(retryAfter: wait), "Telegram reports an internal error")
        }
    }

    /// No message gets into this chat before somebody there changes what the bot may do.
    private static func isAboutRights(_ words: String) -> Bool {
        let words = words.lowercased()
        return [
            "not enough rights", "have no rights", "administrator rights", "admin_required", "no write access",
            "chat_write_forbidden", "chat_restricted", "chat_send_plain_forbidden",
        ].contains { words.contains($0) }
    }

    private static func isAboutChat(_ words: String) -> Bool {
        let words = words.lowercased()
        return [
            "chat not found", "chat_id", "peer_id_invalid", "thread not found", "topic_closed", "topic_deleted",
            "group is deactivated", "user is deactivated", "bot was kicked", "bot was blocked", "chat was deleted",
            "not a member",
        ].contains { words.contains($0) }
    }
}

// MARK: - What the config takes

extension Telegram {
    /// Telegram Bot API, "Authorizing your bot": `123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11`.
    static func mistake(inBotToken token: String) -> String? {
        let (number, secret) = token.halves(at: ":")
        guard (1...20).contains(number.utf8.count), number.utf8.allSatisfy(\.isDigit), let secret, !secret.isEmpty,
            secret.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
        else {
            return
                "is not a bot's token, which is a number, a colon and letters; copy it from @BotFather, without \"bot\" "
                + "in front"
        }
        return nil
    }

    /// Telegram Bot API, `sendMessage`: a number (negative for groups) or the `@name` of a channel.
    static func mistake(inChat chat: String) -> String? {
        if let number = Int64(chat), number != 0 { return nil }
        let name = chat.utf8.dropFirst()
        guard chat.hasPrefix("@"), (4...32).contains(name.count), name.first?.isLetter == true,
            name.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "_") })
        else {
            return "is neither the number of a chat, such as -1001234567890, nor the @name of a public channel"
        }
        return nil
    }

    /// Telegram Bot API, `message_thread_id`: a positive number.
    static func mistake(inThread thread: String) -> String? {
        guard let number = Int64(thread), number > 0 else { return "is not the number of a topic, such as 7" }
        return nil
    }
}

extension TargetSettings {
    /// The same bot, writing to another chat: the service has given the chat of the config another id.
    package func inChat(_ id: String) -> TargetSettings {
        var settings = self
        settings.options[text: Telegram.chatOption] = id
        return settings
    }
}
