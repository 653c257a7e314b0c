/// Where in a config something stands: `clusters[2].poll`.
///
/// A chain, so that walking 10,000 clusters writes no text until there is something to report.
indirect enum ConfigPath {
    /// The whole file; which keys mean something in it.
    case start(KeyPlaces)
    case key(ConfigPath, String)
    case index(ConfigPath, Int)
    /// The same place, where a secret is read: nothing of it is quoted.
    case secret(ConfigPath)

    func key(_ name: String) -> ConfigPath { .key(self, name) }
    func index(_ position: Int) -> ConfigPath { .index(self, position) }

    /// Empty for the whole file. A key that is not a plain word is quoted: `labels["on call"]`.
    ///
    /// A key may be a secret in the wrong place. Inside credentials, targets, hooks and the like, only known keys are written
    /// out, and the names of targets, hooks and users. Elsewhere, unknown keys are written out if they are plain words
    /// (`Disclosure.isHarmlessKey`). Every other key is `["…"]`.
    var text: String {
        switch self {
        case .start: return ""
        case .secret(let place): return place.text
        case .index(let parent, let position): return "\(parent.text)[\(position)]"
        case .key(let parent, let name):
            let start = parent.text
            guard parent.shows(name) else { return start + "[\"…\"]" }
            if !Self.isPlain(name) { return "\(start)[\(JSONValueText.quote(name))]" }
            return start.isEmpty ? name : "\(start).\(name)"
        }
    }

    /// Whether what stands here may be a secret, its keys included: nothing of it is quoted in a message.
    var isPrivate: Bool {
        switch self {
        case .start: false
        case .secret: true
        case .index(let parent, _): parent.isPrivate
        case .key(.start, let name) where Self.privateRoots.contains(name): true
        case .key(let parent, let name):
            Self.privateKeys.contains(name) || parent.isPrivate || !parent.takesAnyName && !known.isKnown(name)
        }
    }

    /// Whether the keys of this object are names that the operator chose. What stands below any other key that means
    /// nothing may be anything.
    private var takesAnyName: Bool {
        guard case .key(let parent, let name) = self else { return false }
        if case .start = parent { return name == RootKey.accounts.rawValue }
        return name == ClusterKey.labels.rawValue
    }

    /// Keys whose content is never quoted, wherever they stand; an address may have a password in it.
    private static let privateKeys: Set<String> = [
        AccountKey.credentials.rawValue, AccountKey.proxy.rawValue, AccountKey.endpoint.rawValue,
        WebKey.users.rawValue, WebKey.token.rawValue, WebKey.externalURL.rawValue, StorageKey.url.rawValue,
        WebTLSKey.key.rawValue,
    ]

    /// Parts of a config whose texts are often secrets: addresses with a token in them, passwords, arguments.
    private static let privateRoots: Set<String> = [
        RootKey.targets.rawValue, RootKey.heartbeats.rawValue, RootKey.hooks.rawValue,
    ]

    /// The key of the whole config below which this stands; nil for the config itself.
    var root: String? {
        switch self {
        case .start: nil
        case .index(let parent, _), .secret(let parent): parent.root
        case .key(.start, let name): name
        case .key(let parent, _): parent.root
        }
    }

    private var known: KeyPlaces {
        switch self {
        case .start(let known): known
        case .index(let parent, _), .key(let parent, _), .secret(let parent): parent.known
        }
    }

    /// Whether a key of this object may be written out.
    private func shows(_ name: String) -> Bool {
        if case .key(.start, RootKey.accounts.rawValue) = self { return Disclosure.isEntryName(name) }
        let known = known
        guard !known.isKnown(name), !Disclosure.isSlip(name, among: known.names) else { return true }
        guard isPrivate else { return Disclosure.isHarmlessKey(name) }
        guard case .key(let parent, let own) = self else { return false }
        if case .start = parent, Self.privateRoots.contains(own) { return Disclosure.isEntryName(name) }
        return own == TargetKey.headers.rawValue && Disclosure.isHeaderName(name)
            || own == HookKey.environment.rawValue && Disclosure.isSourceName(name)
            || own == WebKey.users.rawValue && Disclosure.isUserName(name)
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == "$" }
    }
}
