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
        let defaults = TargetOptions()
        return TargetOptions(
            secrets: reader.read(.secret) { secrets($0) } ?? [], headers: reader.read(.headers) { headers($0) } ?? [:],
            template: reader.read(.template) { template($0) },
            format: reader.read(.format) { format($0) } ?? defaults.format,
            keyword: reader.read(.keyword) { $0.text() },
            mention: reader.read(.mention) { mention($0) } ?? defaults.mention,
            own: own(),
            hold: reader.read(.hold) { $0.duration() } ?? defaults.hold)
    }

    // MARK: The kind's own keys

    private func own() -> [String: TargetOptionValue] {
        var values: [String: TargetOptionValue] = [:]
        for option in kind.rules.options {
            values[option.name] = reader.read(named: option.name) { value(of: option, $0) }
            if option.need == .unlessInURL, !reader.has(named: option.name), let url, ["", "/"].contains(url.path) {
                context.mistake(
                    reader.path(named: option.name), "is missing; write it here or at the end of the URL")
            }
        }
        return values
    }

    private func value(of option: TargetOption, _ value: ValueReader) -> TargetOptionValue? {
        switch option.form {
        case .text, .id:
            let text = option.form == .id ? value.numberOrText() : value.text()
            guard let text else { return nil }
            if let mistake = option.mistake(text) { return value.refuse(mistake) }
            return .text(text)
        case .secret:
            guard let checked = value.checkedSecret() else { return nil }
            if let text = checked.value, let mistake = option.mistake(text.trimmed) { return value.refuse(mistake) }
            return .secret(checked.secret)
        }
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

    /// The service refuses every message to a robot's URL without its token.
    private func warnAboutToken() {
        guard let name = kind.rules.urlParameter, let url, !url.hasQueryItem(name) else { return }
        context.warning(
            reader.path(.url), "does not contain \(name)=; copy the whole address that the robot's settings page shows")
    }

    // MARK: Webhook

    private func headers(_ value: ValueReader) -> [String: Secret]? {
        var names: Set<String> = []
        return value.map(#"{"Authorization": {"file": "/etc/polarai/token"}}"#) { name, entry -> Secret? in
            let token = name.utf8.allSatisfy { byte in
                (UInt8(ascii: "!")...UInt8(ascii: "~")).contains(byte) && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
            }
            guard token, !name.isEmpty else { return entry.refuse("is not a valid header name (RFC 9110, 5.1)") }
            guard !Self.ownHeaders.contains(name.lowercased()), !name.lowercased().hasPrefix("webhook-") else {
                return entry.refuse("is set by the daemon itself; remove it")
            }
            guard names.insert(name.lowercased()).inserted else {
                return entry.refuse(
                    "differs from another header only in upper and lower case, which is the same header; remove one of the two"
                )
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
            return value.refuse("is \(value.value.kindName); write a string with placeholders such as {{data.cluster}}")
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
        guard case .object(let names) = kind.rules.mention else {
            // If a kind takes no mention at all, the check for keys reports it.
            return kind.rules.mention == .text
                ? value.text("write the text, such as \"<!here>\"").map { Mention(text: $0) } : nil
        }
        guard let reader = value.object(MentionKey.self, example: #"{"user_ids": ["…"]}"#) else { return nil }
        reader.refuseUnknownKeys(
            allowed: Set(names.compactMap(MentionKey.init)),
            kind: "the mention of a target of type \"\(kind.rawValue)\"")
        return Mention(
            mobiles: reader.read(.mobiles) { $0.list(#"["13800000000"]"#) { $0.numberOrText() } } ?? [],
            userIDs: reader.read(.userIDs) { $0.list(#"["manager7"]"#) { $0.numberOrText() } } ?? [],
            everybody: reader.read(.all) { $0.flag() } ?? false)
    }
}
