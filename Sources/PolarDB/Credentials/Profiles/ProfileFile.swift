import Model

/// What a profile says: how to get credentials, in our own words.
enum ProfileRecipe {
    case settings(CredentialSettings)
    /// A program that prints them.
    case external(command: String)
    /// Made by a login of the CLI's, and not ours to renew.
    case cached(Credentials)
}

/// `~/.aliyun/config.json` of the aliyun CLI, or an ini file of the SDKs'.
struct ProfileFile {
    private let path: String
    private let content: Content

    private enum Content {
        case cli(current: String?, profiles: [String: JSONFields])
        case ini(IniFile)
    }

    /// - Throws: a failure that names the file.
    init(path: String) throws(PollFailure) {
        self.path = path
        let text: String
        do {
            text = try SmallFile.text(path)
        } catch {
            throw PollFailure(
                reason: .credentials, message: "the profile file \(path) cannot be read: \(error.message)")
        }
        guard text.utf8.first(where: { $0 > 32 }) == UInt8(ascii: "{") else {
            content = .ini(IniFile(text))
            return
        }
        guard case .object(let members)? = try? JSONValue(parsing: Array(text.utf8)) else {
            throw PollFailure(
                reason: .credentials, message: "the profile file \(path) is not JSON; `aliyun configure` mends it")
        }
        let fields = JSONFields(members)
        var profiles: [String: JSONFields] = [:]
        for profile in fields.objects("profiles") {
            if let name = profile.text("name"), profiles[name] == nil { profiles[name] = profile }
        }
        content = .cli(current: fields.text("current"), profiles: profiles)
    }

    /// - Parameter name: nil means the file's own choice.
    func recipe(_ name: String?, at now: Timestamp) throws(PollFailure) -> (recipe: ProfileRecipe, name: String) {
        switch content {
        case .cli(let current, let profiles):
            let name = name ?? current ?? "default"
            return (try CLIProfile(path: path, profiles: profiles).recipe(name, at: now), name)
        case .ini(let file):
            let name = name ?? "default"
            guard let section = file[name] else {
                throw fault("has no section [\(name)]; it has \(file.names.joined(separator: ", "))")
            }
            return (try recipe(section, name), name)
        }
    }

    private func recipe(_ section: [String: String], _ name: String) throws(PollFailure) -> ProfileRecipe {
        func value(_ key: String) -> String? { section[key]?.nonEmpty }
        func required(_ key: String) throws(PollFailure) -> String {
            guard let value = value(key) else { throw fault("has no \(key) in its section [\(name)]") }
            return value
        }
        switch value("type")?.lowercased() {
        case "access_key":
            return .settings(
                .literal(try required("access_key_id"), try required("access_key_secret"), value("security_token")))
        case "sts":
            return .settings(
                .literal(
                    try required("access_key_id"), try required("access_key_secret"), try required("security_token")))
        case "ecs_ram_role":
            return .settings(.ecsRAMRole(roleName: value("role_name"), metadataEndpoint: nil))
        case "ram_role_arn":
            let role = AssumedRole(
                roleARN: try required("role_arn"), sessionName: value("role_session_name"), policy: value("policy"))
            return .settings(
                .ramRoleARN(
                    role, source: .literal(try required("access_key_id"), try required("access_key_secret"), nil)))
        case "oidc_role_arn":
            return .settings(
                .oidcRoleARN(
                    roleARN: try required("role_arn"), providerARN: try required("oidc_provider_arn"),
                    tokenFile: try required("oidc_token_file_path"), sessionName: value("role_session_name"),
                    stsEndpoint: nil, duration: nil))
        case let type:
            throw fault("has the type \(type ?? "(none)") in its section [\(name)], which is not supported here")
        }
    }

    private func fault(_ what: String) -> PollFailure {
        PollFailure(reason: .credentials, message: "the profile file \(path) \(what)")
    }
}

extension CredentialSettings {
    static func literal(_ id: String, _ secret: String, _ token: String?) -> CredentialSettings {
        .accessKey(
            id: Secret(.literal(id)), secret: Secret(.literal(secret)),
            securityToken: token.map { Secret(.literal($0)) })
    }
}
