import Model

/// `targets`.
struct TargetDecoder {
    let context: LoadContext
    /// What a target gets that says nothing else.
    let delivery: DeliverySettings
    let language: Language
    let timeZone: String?
    let accounts: Accounts
    let hooks: Hooks

    func decode(_ root: ObjectReader<RootKey>) -> [TargetSettings] {
        let targets = root.read(.targets) { value in
            value.map(#"{"chat": {"url": "https://…"}}"#) { name, entry -> TargetSettings? in
                let isGood = entry.isGoodName(name)
                let target = target(name, entry)
                return isGood ? target : nil
            }
        }
        let names = root.value(.targets)?.objectValue?.keys.sorted() ?? []
        guard !names.isEmpty else { return [.systemd] }
        // One that cannot be decoded keeps its name, so that the routes to it are not reported, too.
        return names.map { targets?[$0] ?? TargetSettings(name: $0, kind: .webhook) }
    }

    private func target(_ name: String, _ entry: ValueReader) -> TargetSettings? {
        guard let reader = entry.object(TargetKey.self, example: #"{"url": "https://…"}"#) else { return nil }
        let names = table.kinds.map(\.rawValue)
        let written = reader.read(.type) { $0.word(among: names, aliases: table.aliases) }
            .flatMap { table.kind(named: $0) }
        let url = reader.read(.url) { checkedURL($0, of: written) }
        guard let kind = resolveKind(written, url, reader) else {
            reader.refuseUnknownKeys(known: allKeys, allowed: allKeys, kind: nil)
            return url.map { TargetSettings(name: name, kind: .webhook, urls: [$0.secret]) }
        }
        reader.refuseUnknownKeys(
            known: allKeys, allowed: kind.keys, kind: "a target of type \"\(kind.rawValue)\"")
        for key in kind.rules.requiredKeys.sorted() where !reader.has(named: key) {
            context.mistake(reader.path(named: key), "is missing; a target of type \"\(kind.rawValue)\" needs it")
        }
        let services = ServiceOptionsDecoder(kind: kind, reader: reader, accounts: accounts, hooks: hooks)
        services.checkAccount()
        return TargetSettings(
            name: name, kind: kind, urls: services.urls() ?? urls(reader, kind, url), delivery: delivery(reader),
            connection: connection(reader), rate: reader.read(.rate) { $0.rate() },
            language: reader.read(.language) { $0.word(Language.self) } ?? language,
            timeZone: reader.read(.timezone) { $0.timeZone() } ?? timeZone,
            options: services.complete(
                TargetOptionsDecoder(kind: kind, reader: reader, url: url?.address).decode()))
    }

    private var table: TargetTable { context.targets }

    /// The keys that a target may have, whatever its kind.
    private var allKeys: Set<String> { table.optionNames.union(TargetKey.allCases.map(\.rawValue)) }

    private typealias CheckedURL = (secret: Secret, address: WebAddress?)

    private func checkedURL(_ value: ValueReader, of written: TargetKind?) -> CheckedURL? {
        if written == .email { return value.mailServer() }
        return checkedWebURL(value, of: written)
    }

    private func checkedWebURL(_ value: ValueReader, of written: TargetKind?) -> CheckedURL? {
        value.url { address in
            let kind = written ?? table.kind(ofHost: address.host)
            return kind?.rules.urlIsPublic != true || address.hasUser || address.query != nil
        }
    }

    /// The target's kind as it is written, or as it follows from the URL; nil if neither can be had, which is reported.
    private func resolveKind(
        _ written: TargetKind?, _ url: CheckedURL?, _ reader: ObjectReader<TargetKey>
    ) -> TargetKind? {
        if let written {
            if let address = url?.address { warnAboutHost(address, of: written, at: reader.path(.url)) }
            return written
        }
        guard !reader.has(.type) else { return nil }
        if let url {
            if let address = url.address { return table.kind(ofHost: address.host) ?? .webhook }
            context.note(
                reader.path(.type),
                "is not set; it is derived from the URL, which this user cannot read, so this target is not fully checked; run this "
                    + "as the user polarai, or set \"type\"")
        } else if !reader.has(.url) {
            sayWhatIsMissing(reader)
        }
        return nil
    }

    private func sayWhatIsMissing(_ reader: ObjectReader<TargetKey>) {
        let types = table.kinds.map(\.rawValue).joined(separator: ", ")
        let kinds = table.kinds.filter { $0.rules.keys.contains(where: reader.has(named:)) }
        if kinds.count == 1, let kind = kinds.first {
            context.mistake(reader.path(.type), "is missing; write \"\(kind.rawValue)\"")
        } else {
            context.mistake(
                reader.path(.url), "is missing; write it, or a \"type\" that needs no URL; the types are \(types)")
        }
    }

    private func warnAboutHost(_ address: WebAddress, of kind: TargetKind, at path: ConfigPath) {
        guard let known = table.kind(ofHost: address.host), known != kind else { return }
        context.warning(
            path,
            "is an address of \(known.rawValue), but the target's type is \"\(kind.rawValue)\"; its messages will be refused; correct \"type\" or \"url\""
        )
    }

    private func urls(_ reader: ObjectReader<TargetKey>, _ kind: TargetKind, _ url: CheckedURL?) -> [Secret] {
        guard kind == .alertmanager else {
            return (url?.secret ?? kind.rules.defaultURL.map { Secret(.literal($0)) }).map { [$0] } ?? []
        }
        if reader.has(.url), reader.has(.urls) {
            context.mistake(reader.path(.urls), "cannot be combined with \"url\"; put every replica in \"urls\"")
        } else if !reader.has(.url), !reader.has(.urls) {
            context.mistake(
                reader.path(.urls), "is missing; a target of type \"alertmanager\" needs \"urls\" or \"url\"")
        } else if reader.value(.urls)?.arrayValue?.isEmpty == true {
            context.mistake(reader.path(.urls), "is an empty list; write every replica's address")
        }
        let listed = reader.read(.urls) { value in
            value.list(#"["http://alertmanager-1:9093"]"#) { $0.url { $0.hasUser }?.secret }
        }
        return url.map { [$0.secret] } ?? listed ?? []
    }

    private func delivery(_ reader: ObjectReader<TargetKey>) -> DeliverySettings {
        DeliverySettings(
            retry: reader.read(.retry) { $0.retryList() } ?? delivery.retry,
            giveUpAfter: reader.read(.giveUpAfter) { $0.duration() } ?? delivery.giveUpAfter)
    }

    private func connection(_ reader: ObjectReader<TargetKey>) -> ConnectionSettings {
        var connection = ConnectionSettings()
        connection.proxy = reader.read(.proxy) { $0.proxy() }
        connection.caFile = reader.read(.caFile) { $0.certificateFile() }
        connection.clientCertificate = reader.read(.clientCertificate) {
            $0.clientCertificateFile(needsKeyInside: !reader.has(.clientKey))
        }
        connection.clientKey = reader.read(.clientKey) { $0.keyFile() }
        connection.timeout = reader.read(.timeout) { $0.duration() } ?? connection.timeout
        if reader.has(.clientKey), !reader.has(.clientCertificate) {
            context.mistake(
                reader.path(.clientCertificate), "is missing; a client_key needs its certificate")
        }
        return connection
    }
}
