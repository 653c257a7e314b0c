import Model

/// What a profile says: how to get credentials, in our own words.
enum ProfileRecipe {
    case settings(CredentialSettings)
    /// A program that prints them.
    case external(words: [String])
    /// Made by a login of the CLI's, and not ours to renew.
    case cached(Credentials)
}

/// `~/.aliyun/config.json` of the aliyun CLI, or an ini file of the SDKs'.
///
/// Failures quote nothing of the file but names that look like names: a file of another form has secrets anywhere.
struct ProfileFile {
    private let path: String
    private let content: Content

    private enum Content {
        case cli(current: String?, profiles: [String: JSONFields])
        case ini(IniFile)
    }

    /// - Parameter path: where the text is from, for failures.
    /// - Throws: a failure that names the file.
    init(_ text: String, path: String) throws(PollFailure) {
        self.path = path
        switch ProfileSyntax(text) {
        case .ini: content = .ini(IniFile(text))
        case .jsonList:
            throw PollFailure(
                reason: .credentials,
                message:
                    "the profile file \(path) is a JSON list; the aliyun CLI writes an object with \"current\" and "
                    + "\"profiles\" (`aliyun configure`)")
        case .jsonObject:
            guard case .object(let members)? = try? JSONValue(parsing: Array(text.utf8)) else {
                throw PollFailure(
                    reason: .credentials,
                    message: "the profile file \(path) is not valid JSON; `aliyun configure` writes it anew")
            }
            let fields = JSONFields(members)
            var profiles: [String: JSONFields] = [:]
            for profile in fields.objects("profiles") {
                if let name = profile.text("name"), profiles[name] == nil { profiles[name] = profile }
            }
            content = .cli(current: fields.text("current"), profiles: profiles)
        }
    }

    /// - Parameter name: nil means the file's own choice.
    func recipe(_ name: String?, at now: Timestamp) throws(PollFailure) -> (recipe: ProfileRecipe, name: String) {
        switch content {
        case .cli(let current, let profiles):
            let wish: ProfileWish = name != nil ? .given : current != nil ? .current : .none
            let name = name ?? current ?? "default"
            return (try CLIProfile(path: path, profiles: profiles).recipe(name, wish: wish, at: now), name)
        case .ini(let file):
            let wish: ProfileWish = name != nil ? .given : .none
            let name = name ?? "default"
            return (try IniProfile(path: path, file: file).recipe(name, wish: wish), name)
        }
    }
}

/// Which syntax a profile file has, by its first characters.
enum ProfileSyntax: Hashable {
    case jsonObject
    case jsonList
    case ini

    init(_ text: String) {
        // Blanks, and characters that nobody sees and editors leave behind.
        let rest = text.unicodeScalars.drop {
            $0.properties.isWhitespace || $0.properties.generalCategory == .format
                || $0.properties.generalCategory == .control
        }
        switch rest.first {
        case "{": self = .jsonObject
        case "[":
            // `[default]` begins a section; behind the bracket of a list stands another bracket, a text or a number.
            let next = rest.dropFirst().first { !$0.properties.isWhitespace }
            self = next.map { "{[\"]".unicodeScalars.contains($0) } ?? true ? .jsonList : .ini
        case "\"": self = .jsonObject
        default: self = .ini
        }
    }
}

enum STSHost {
    /// The service's one host, or a region's own; within a VPC only the latter can be reached.
    static func name(region: String?, usesVPC: Bool) -> String {
        guard let region else { return "sts.aliyuncs.com" }
        return usesVPC ? "sts-vpc.\(region).aliyuncs.com" : "sts.\(region).aliyuncs.com"
    }

    static func isRegion(_ text: String) -> Bool {
        (2...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isLowercaseLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
    }
}

extension CredentialSettings {
    static func literal(_ id: String, _ secret: String, _ token: String?) -> CredentialSettings {
        .accessKey(
            id: Secret(.literal(id)), secret: Secret(.literal(secret)),
            securityToken: token.map { Secret(.literal($0)) })
    }
}
