import Model

/// `api` and `accounts`.
struct AccountDecoder {
    let context: LoadContext

    func decode(_ root: ObjectReader<RootKey>) -> Accounts {
        let api = root.read(.api) { decode($0, base: AccountSettings()) } ?? AccountSettings()
        let accounts = Accounts(first: api, path: root.path(.api), regionIsGiven: regionIsGiven(root.value(.api)))
        let others = root.read(.accounts) { value in
            value.map(#"{"research": {"region": "cn-beijing"}}"#) { name, entry -> AccountSettings? in
                guard name != AccountSettings.defaultName else {
                    return entry.refuse(
                        "the account \"default\" is the one that \"api\" describes; choose another name")
                }
                let isGood = entry.isGoodName(name)
                var base = api
                base.name = name
                accounts.add(
                    name: name, path: entry.path, regionIsGiven: api.region != nil || regionIsGiven(entry.value))
                let account = decode(entry, base: base) ?? base
                return isGood ? account : nil
            }
        }
        accounts.areReadable = root.hasTable(.accounts)
        accounts.settings += (others ?? [:]).values.sorted { $0.name < $1.name }
        return accounts
    }

    private func regionIsGiven(_ value: JSONValue?) -> Bool {
        value.map { $0.objectValue == nil || $0[AccountKey.region.rawValue] != nil } ?? false
    }

    /// - Parameter base: what a key that is left out means.
    private func decode(_ value: ValueReader, base: AccountSettings) -> AccountSettings? {
        guard let reader = value.object(AccountKey.self, example: #"{"region": "cn-beijing"}"#) else { return nil }
        reader.refuseUnknownKeys()
        var account = base
        account.region = reader.read(.region) { $0.region() } ?? base.region
        account.endpoint = reader.read(.endpoint) { $0.endpoint() } ?? base.endpoint
        account.network = reader.read(.network) { $0.word(Network.self) } ?? base.network
        account.credentials =
            reader.read(.credentials) { CredentialDecoder().decode($0) } ?? base.credentials
        account.callsPerSecond = reader.read(.callsPerSecond) { $0.number(in: 0.01...1000) } ?? base.callsPerSecond
        account.burst = reader.read(.burst) { $0.integer(in: 1...10_000) } ?? base.burst
        account.connection.timeout = reader.read(.timeout) { $0.duration() } ?? base.connection.timeout
        account.connection.connectTimeout =
            reader.read(.connectTimeout) { $0.duration() } ?? base.connection.connectTimeout
        account.connection.caFile = reader.read(.caFile) { $0.certificateFile() } ?? base.connection.caFile
        account.connection.proxy = reader.read(.proxy) { $0.proxy() } ?? base.connection.proxy
        return account
    }
}

/// The accounts as they are decoded, and which of them turn out to need a region that they do not have.
final class Accounts {
    var settings: [AccountSettings]
    /// Whether `accounts` is an object or missing (`ObjectReader.hasTable`).
    var areReadable = true
    private var paths: [String: ConfigPath]
    /// Accounts whose region was written, rightly or not: a wrong one is not missing too.
    private var withRegion: Set<String>
    private var missing: [String: [String]] = [:]

    init(first: AccountSettings, path: ConfigPath, regionIsGiven: Bool) {
        settings = [first]
        paths = [first.name: path]
        withRegion = regionIsGiven ? [first.name] : []
    }

    func add(name: String, path: ConfigPath, regionIsGiven: Bool) {
        paths[name] = path
        if regionIsGiven { withRegion.insert(name) }
    }

    var names: [String] { paths.keys.sorted() }

    func isKnown(_ name: String) -> Bool { paths[name] != nil }

    /// The account's region; where it has none, that `id` needs one is said once for all.
    func region(of name: String, neededBy id: String) -> String? {
        if let region = settings.first(where: { $0.name == name })?.region { return region }
        if isKnown(name), !withRegion.contains(name) { missing[name, default: []].append(id) }
        return nil
    }

    func reportMissingRegions(in context: LoadContext) {
        for (name, ids) in missing.sorted(by: { $0.key < $1.key }) {
            guard let path = paths[name], let first = ids.first else { continue }
            let others =
                ids.count > 1
                ? "\(first) and \(ids.count - 1) more have no region of their own" : "\(first) has no region of its own"
            context.mistake(
                path.key(AccountKey.region.rawValue),
                "is missing, and \(others); write one such as \"cn-beijing\"")
        }
    }
}

extension ValueReader {
    /// Names of accounts and targets stand in tables, filters and CSV cells.
    func isGoodName(_ name: String) -> Bool {
        let isGood = Disclosure.isEntryName(name)
        if !isGood {
            context.mistake(path, "is not a valid name; use up to 64 bytes of letters, digits, '-', '_' and '.'")
        }
        return isGood
    }
}
