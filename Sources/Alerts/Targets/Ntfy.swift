import HTTPTransport
package import Model

extension TargetKind {
    package static let ntfy = TargetKind(
        "ntfy",
        TargetRules(
            keys: ["url"],
            options: [
                TargetOption("topic", .text, .unlessInURL, mistake: Ntfy.mistake(inTopic:)),
                // Of no fixed form: the server's administrator may choose them.
                TargetOption("token", .secret),
            ],
            hosts: ["ntfy.sh"], urlIsPublic: true))
}

/// A topic of an ntfy server (ntfy documentation, "Publishing", "Publish as JSON", "Limitations").
struct Ntfy: AlertTarget {
    /// ntfy.sh lets 60 requests through at once and then one every five seconds.
    static let rate = RateLimit(count: 12, per: .seconds(60))
    /// In bytes; what is longer silently becomes an attachment.
    static let longestMessage = 4096
    static let longestTitle = 240

    let kind = TargetKind.ntfy
    let manners = Manners(
        pace: Pace(rate), throttlePauses: [.seconds(10), .seconds(60), .seconds(300)], digestCapacity: 30)

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        let (server, topic) = try Self.place(try context.url(), topic: context.options[text: "topic"])
        let card = Card(message, texts: context.texts)
        let bounds = BoundedText(Self.longestMessage, .bytes)
        let text = context.asPlainText ? card.plainText(bounds) : markdown(card, bounds)
        let body = OrderedJSON.compact([
            "topic": .string(topic),
            "title": context.asPlainText ? nil : .string(card.title.cut(to: Self.longestTitle, .bytes)),
            "message": .string(text),
            "priority": .integer(card.tone.priority),
            "tags": [.string(card.tone.tag)],
            "markdown": context.asPlainText ? nil : true,
        ])
        let login = context.ownSecrets["token"].map { [HTTPHeader("Authorization", "Bearer \($0)")] } ?? []
        return [TargetRequest(url: server, json: body, headers: login)]
    }

    /// JSON goes to the server's root, never to the topic's address.
    ///
    /// - Parameter topic: if nil, it is the last part of the address.
    private static func place(_ url: String, topic: String?) throws(TargetProblem) -> (server: String, topic: String) {
        let (address, _) = url.halves(at: "?")
        let (scheme, rest) = address.halves(at: "://")
        let parts = (rest ?? "").split(separator: "/").map(String.init)
        guard let host = parts.first else { throw TargetProblem("`url` has no host") }
        let path = Array(parts.dropFirst())
        if let topic, !topic.isEmpty {
            let base = path.last == topic ? path.dropLast() : path[...]
            return ("\(scheme)://\(([host] + base).joined(separator: "/"))/", topic)
        }
        guard let last = path.last else {
            throw TargetProblem("`topic` is missing: set it, or append it to the server's address in `url`")
        }
        return ("\(scheme)://\(([host] + path.dropLast()).joined(separator: "/"))/", last)
    }

    private func markdown(_ card: Card, _ bounds: BoundedText) -> String {
        let tail = [Markup.commonMark(card.footer)]
        guard card.lines.isEmpty else {
            return bounds.digest(card, head: [], sentence: Markup.commonMark(card.sentence), tail: tail) { line, text in
                "\(line.tone.marker) \(Markup.commonMark(text))"
            }
        }
        let facts = card.facts.map {
            "**\($0.label)** \(Markup.lines(of: $0.value, joinedBy: ", ", Markup.commonMark))"
        }
        return bounds.join(
            head: [Markup.commonMark(card.sentence)], optional: facts + card.log.map { "> \(Markup.commonMark($0))" },
            tail: tail)
    }

    // MARK: - Verdict

    /// The message's id is the proof. Errors have a code of five digits, the HTTP status in front.
    func judge(_ answer: Answer) -> Verdict {
        let json = answer.json
        if answer.status == 200 {
            return json?["id"]?.stringValue.map { !$0.isEmpty } == true
                ? answer.verdict(.delivered) : StatusRules.unproven(answer, expected: "a message id")
        }
        guard let code = json?["code"]?.integerValue else {
            return StatusRules.verdict(for: answer) ?? StatusRules.unproven(answer, expected: "a message id")
        }
        let words = json?["error"]?.stringValue?.onOneLine ?? ""
        func verdict(_ outcome: DeliveryOutcome, _ reason: String) -> Verdict {
            answer.verdict(outcome, code: "\(code)", words.isEmpty ? reason : "\(reason) (\(words))")
        }
        switch code {
        case 42908:
            // The quota is a day's, and days begin at midnight UTC.
            let day: Int64 = 86_400_000
            let time = (answer.date ?? answer.receivedAt).milliseconds
            let left = day - ((time % day) + day) % day
            return verdict(.throttled(retryAfter: .milliseconds(left)), "the daily quota of the ntfy server is used up")
        case 42909:
            return verdict(.targetBroken, "too many failed logins from this host; check `token`")
        case 42900..<43000:
            return verdict(.throttled(retryAfter: answer.retryAfter), "rate limited by the ntfy server")
        case 40100..<40200, 40300..<40400:
            return verdict(
                .targetBroken, "this token may not publish to this topic; check `token` and `topic`")
        case 40009, 40010, 40401:
            return verdict(.targetBroken, "the server does not know the topic or the address; check `topic` and `url`")
        case 41300..<41400:
            return verdict(
                .messageRefused, "the message is too large for the ntfy server; raise its `message-size-limit`")
        default:
            return StatusRules.verdict(for: answer).map { verdict($0.outcome, $0.reason ?? "") }
                ?? StatusRules.unproven(answer, expected: "a message id")
        }
    }
}

extension Tone {
    /// 1 (lowest) to 5; 3 is the default.
    fileprivate var priority: Int64 {
        switch self {
        case .bad: 5
        case .warning: 4
        case .good: 3
        case .neutral: 2
        }
    }

    /// The short code of an emoji.
    fileprivate var tag: String {
        switch self {
        case .good: "white_check_mark"
        case .bad: "rotating_light"
        case .warning: "warning"
        case .neutral: "information_source"
        }
    }
}

// MARK: - What the config takes

extension Ntfy {
    /// ntfy documentation, "Publishing": the names of topics.
    static func mistake(inTopic topic: String) -> String? {
        guard topic.utf8.count <= 64,
            topic.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") })
        else { return "is not a valid topic; use up to 64 letters, digits, '-' and '_'" }
        return nil
    }
}
