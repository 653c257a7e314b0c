import Model

/// What targets take that need another part of the config: an account, a hook.
struct ServiceOptionsDecoder {
    let kind: TargetKind
    let reader: ObjectReader<TargetKey>
    let accounts: Accounts
    let hooks: Hooks

    private var context: LoadContext { reader.context }

    /// The addresses of a target whose config has no `url`; nil for all others.
    func urls() -> [Secret]? {
        guard kind == .cloudMonitor else { return kind == .command ? [] : nil }
        let written = reader.read(.endpoint) { $0.endpoint() }
        if reader.has(.endpoint) { return written.map { [Secret(.literal(Self.address(of: $0)))] } ?? [] }
        guard let account = self.account else { return [] }
        guard let region = account.region else {
            context.mistake(
                reader.path(.endpoint),
                "is missing, and the account \"\(account.name)\" has no region to take it from; write one, such as "
                    + "\"metrics.cn-beijing.aliyuncs.com\"")
            return []
        }
        return [Secret(.literal("https://metrics.\(region).aliyuncs.com/"))]
    }

    func complete(_ options: TargetOptions) -> TargetOptions {
        var options = options
        switch kind {
        case .cloudMonitor:
            options.cloudMonitor = CloudMonitorOptions(
                account: account?.name ?? AccountSettings.defaultName,
                groupID: reader.read(.groupID) { $0.groupID() } ?? 0,
                eventName: reader.read(.eventName) { $0.eventName() })
        case .command:
            let name = reader.read(.hook) { hookName($0) } ?? ""
            options.hook = HookOptions(
                name: name, socket: reader.read(.socket) { $0.socketPath() } ?? HookOptions.defaultSocket,
                timeout: hooks.settings(of: name)?.timeout ?? HookOptions.defaultTimeout)
        case .email: options.mail = mail()
        default: break
        }
        return options
    }

    /// `host`, `host:port` or a URL without a path, as `endpoint` was checked to be.
    private static func address(of endpoint: String) -> String {
        let url = endpoint.contains("://") ? endpoint : "https://" + endpoint
        return url.hasSuffix("/") ? url : url + "/"
    }

    /// Nil if the config names one that there is not; said where its name is read.
    private var account: AccountSettings? {
        guard let name = reader.value(.account)?.stringValue else { return accounts.settings.first }
        return accounts.settings.first { $0.name == name }
    }

    /// Reports an account that there is not.
    func checkAccount() {
        guard kind == .cloudMonitor else { return }
        _ = reader.read(.account) { value -> String? in
            guard let name = value.text("write the name of an account") else { return nil }
            guard accounts.isKnown(name) || !accounts.areReadable else {
                return value.refuse(
                    "\(value.shown(name)) is not an account of this config"
                        + EntryNames.hint(name, of: accounts.names, "the accounts are"))
            }
            return name
        }
    }

    private func mail() -> MailOptions {
        let login = (reader.has(.username), reader.has(.password))
        if login == (true, false) {
            context.mistake(reader.path(.password), "is missing; a username needs its password")
        } else if login == (false, true) {
            context.mistake(reader.path(.username), "is missing; a password needs its username")
        }
        return MailOptions(
            username: reader.read(.username) { $0.text() }, password: reader.read(.password) { $0.secret() },
            from: reader.read(.from) { $0.mailAddress() } ?? "", to: reader.read(.to) { $0.mailAddresses() } ?? [],
            helo: reader.read(.helo) { $0.helloName() })
    }

    private func hookName(_ value: ValueReader) -> String? {
        guard let name = value.text("write a name under \"hooks\"") else { return nil }
        guard hooks.names.contains(name) || !hooks.areReadable else {
            let hint =
                NearestName.of(name, among: EntryNames.shown(hooks.names)).map { "did you mean \"\($0)\"?" }
                ?? "add it there, such as {\"command\": [\"/usr/local/bin/deploy-model\"]}"
            return value.refuse("\(value.shown(name)) is not a name under \"hooks\"; \(hint)")
        }
        return name
    }
}

extension ValueReader {
    /// The number of an application group of CloudMonitor, which people write as text or as a number.
    fileprivate func groupID() -> Int64? {
        let number: Int64? =
            switch value {
            case .string(let text) where text.utf8.allSatisfy(\.isDigit): Int64(text)
            default: wholeNumber
            }
        guard let number, number >= 0 else {
            return refuse("is not the number of an application group; write a whole number, 0 for none")
        }
        return number
    }

    /// A rule of CloudMonitor is for one exact name; letters, digits and a few signs are safe in it.
    fileprivate func eventName() -> String? {
        guard let text = text("write the name of a custom event") else { return nil }
        guard text.utf8.count <= 100, text.utf8.allSatisfy({ $0.isWordCharacter || "-.".utf8.contains($0) }) else {
            return refuse("is not a valid name of an event; use up to 100 letters, digits, '_', '-' and '.'")
        }
        return text
    }

    /// What a Unix socket's address has room for.
    fileprivate func socketPath() -> String? {
        guard let path = filePath() else { return nil }
        guard path.utf8.count < 108 else { return refuse("is longer than the 107 bytes a socket's path may have") }
        return path
    }
}

/// The hooks of a config, and the names under which something stands there, right or wrong.
struct Hooks {
    let settings: [HookSettings]
    let names: Set<String>
    /// Whether `hooks` is an object or missing (`ObjectReader.hasTable`).
    let areReadable: Bool

    func settings(of name: String) -> HookSettings? { settings.first { $0.name == name } }
}
