import Model

/// What only some kinds of target take.
struct TargetOptionsDecoder {
    let kind: TargetKind
    let reader: ObjectReader<TargetKey>
    /// Nil where it cannot be read.
    let url: WebAddress?

    private var context: LoadContext { reader.context }

    func decode() -> TargetOptions {
        warnAboutToken()
        requireTopic()
        let defaults = TargetOptions()
        return TargetOptions(
            secrets: reader.read(.secret) { secrets($0) } ?? [], headers: reader.read(.headers) { headers($0) } ?? [:],
            template: reader.read(.template) { template($0) },
            format: reader.read(.format) { format($0) } ?? defaults.format,
            keyword: reader.read(.keyword) { $0.text() },
            mention: reader.read(.mention) { mention($0) } ?? defaults.mention,
            token: reader.read(.token) { token($0) },
            chatID: reader.read(.chatID) { id($0, ServiceID.mistake(inChat:)) },
            threadID: reader.read(.threadID) { id($0, ServiceID.mistake(inThread:)) },
            topic: reader.read(.topic) { topic($0) },
            routingKey: reader.read(.routingKey) { secret($0, ServiceID.mistake(inRoutingKey:)) },
            hold: reader.read(.hold) { $0.duration() } ?? defaults.hold)
    }

    // MARK: Secrets

    private func secrets(_ value: ValueReader) -> [Secret]? {
        guard kind == .webhook else { return value.secret().map { [$0] } }
        guard let items = value.value.arrayValue else { return signingSecret(value).map { [$0] } }
        guard !items.isEmpty else { return value.refuse("is an empty list; leave it out to send without a signature") }
        return value.list(#"["whsec_…"]"#, signingSecret)
    }

    private func signingSecret(_ value: ValueReader) -> Secret? {
        guard let checked = value.checkedSecret() else { return nil }
        guard let text = checked.value else { return checked.secret }
        do throws(WebhookSecret.Mistake) {
            _ = try WebhookSecret(text)
            return checked.secret
        } catch {
            return value.refuse(error.message)
        }
    }

    /// ntfy's tokens have no fixed form: its server's administrator may choose them.
    private func token(_ value: ValueReader) -> Secret? {
        kind == .telegram ? secret(value, ServiceID.mistake(inBotToken:)) : value.secret()
    }

    /// A secret whose form its service prescribes.
    private func secret(_ value: ValueReader, _ mistake: (String) -> String?) -> Secret? {
        guard let checked = value.checkedSecret() else { return nil }
        if let text = checked.value, let mistake = mistake(text.trimmed) { return value.refuse(mistake) }
        return checked.secret
    }

    private func id(_ value: ValueReader, _ mistake: (String) -> String?) -> String? {
        guard let text = value.numberOrText() else { return nil }
        if let mistake = mistake(text) { return value.refuse(mistake) }
        return text
    }

    /// The service refuses every message to a robot's URL without its token.
    private func warnAboutToken() {
        guard let name = kind.rules.urlParameter, let url, !url.hasQueryItem(name) else { return }
        context.warning(
            reader.path(.url), "does not contain \(name)=; copy the whole address that the robot's settings page shows")
    }

    // MARK: Webhook

    private func headers(_ value: ValueReader) -> [String: Secret]? {
        value.map(#"{"Authorization": {"file": "/etc/polarai/token"}}"#) { name, entry -> Secret? in
            let token = name.utf8.allSatisfy { byte in
                (UInt8(ascii: "!")...UInt8(ascii: "~")).contains(byte) && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
            }
            guard token, !name.isEmpty else { return entry.refuse("is not a valid header name (RFC 9110, 5.1)") }
            guard !Self.ownHeaders.contains(name.lowercased()), !name.lowercased().hasPrefix("webhook-") else {
                return entry.refuse("is set by the daemon itself; remove it")
            }
            let sensitive = ["auth", "token", "key", "secret", "cookie", "password", "sign"]
            let isSecret = sensitive.contains { name.lowercased().contains($0) }
            guard let checked = entry.checkedSecret(isSecretWhenLiteral: { _ in isSecret }) else { return nil }
            if let text = checked.value,
                text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F })
            {
                return entry.refuse("contains a line break; a header is one line")
            }
            return checked.secret
        }
    }

    private static let ownHeaders: Set<String> = [
        "content-length", "host", "transfer-encoding", "connection", "expect",
    ]

    private func template(_ value: ValueReader) -> String? {
        guard let text = value.value.stringValue else {
            return value.refuse("is \(value.value.kindName); write a text with placeholders such as {{data.cluster}}")
        }
        guard !text.trimmed.isEmpty else { return value.refuse("is empty; leave it out for the standard body") }
        var rest = text[...]
        while let opening = rest.firstRange(of: "{{") {
            guard let closing = rest[opening.upperBound...].firstRange(of: "}}") else {
                return value.refuse("contains {{ without }}")
            }
            let place = rest[opening.upperBound..<closing.lowerBound].trimmed
            if let complaint = TemplatePlaces.complaint(about: place) { return value.refuse(complaint) }
            rest = rest[closing.upperBound...]
        }
        if let complaint = context.checks.template(text, contentType) { return value.refuse(complaint) }
        return text
    }

    private func format(_ value: ValueReader) -> WebhookFormat? {
        guard let format = value.word(WebhookFormat.self) else { return nil }
        guard format == .standard || !reader.has(.template) else {
            return value.refuse("cannot go with a template; remove one of the two")
        }
        return format
    }

    /// Nil also if it is a secret that stands elsewhere.
    private var contentType: String? {
        reader.value(.headers)?.objectValue?.first { $0.key.lowercased() == "content-type" }?.value.stringValue
    }

    // MARK: Chat

    private func mention(_ value: ValueReader) -> Mention? {
        guard let keys = kind.mentionKeys else {
            // If a kind takes no mention at all, the check for keys reports it.
            return kind.keys.contains(.mention)
                ? value.text("write the text, such as \"<!here>\"").map { Mention(text: $0) } : nil
        }
        guard let reader = value.object(MentionKey.self, example: #"{"user_ids": ["…"]}"#) else { return nil }
        reader.refuseUnknownKeys(allowed: keys, kind: "the mention of a target of type \"\(kind.rawValue)\"")
        return Mention(
            mobiles: reader.read(.mobiles) { $0.list(#"["13800000000"]"#) { $0.numberOrText() } } ?? [],
            userIDs: reader.read(.userIDs) { $0.list(#"["manager7"]"#) { $0.numberOrText() } } ?? [],
            everybody: reader.read(.all) { $0.flag() } ?? false)
    }

    /// ntfy's names of topics.
    private func topic(_ value: ValueReader) -> String? {
        guard let topic = value.text("write the topic's name") else { return nil }
        guard topic.count <= 64,
            topic.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        else { return value.refuse("is not a valid topic; use up to 64 letters, digits, '-' and '_'") }
        return topic
    }

    private func requireTopic() {
        guard kind == .ntfy, let url, !reader.has(.topic), ["", "/"].contains(url.path) else { return }
        context.mistake(reader.path(.topic), "is missing; write it here or at the end of the URL")
    }
}
