import Model

/// Who asked for a profile by its name, for a failure that must not repeat the name: it may be a secret in the wrong place.
enum ProfileWish {
    /// The config or the environment.
    case given
    /// `current` of the file itself.
    case current
    /// Nobody: then it is called `default`.
    case none

    /// What is wrong with a file that lacks it, to stand behind the file's name.
    ///
    /// - Parameter lack: `has no profile` or `has no section`.
    func complaint(_ lack: String) -> String {
        switch self {
        case .given: "\(lack) of the name set in credentials.name or ALIBABA_CLOUD_PROFILE"
        case .current: "has \"current\" set to a profile that does not exist"
        case .none: "\(lack) named default"
        }
    }
}

/// How messages name a profile.
struct ProfilePlace {
    let path: String

    /// `profile NAME of FILE`, without a name that must not be shown.
    static func origin(_ name: String, of path: String) -> String {
        "\(profile(name)) of \(path)"
    }

    static func profile(_ name: String) -> String {
        ShownWord.name(name).map { "profile \($0)" } ?? "a profile"
    }

    /// What is wrong with the file as a whole: goes on from its name.
    func fault(_ what: String) -> PollFailure {
        PollFailure(reason: .credentials, message: "the profile file \(path) \(what)")
    }

    /// What is wrong with one profile: a sentence of its own, which begins with the key.
    func fault(in profile: String, _ what: String) -> PollFailure {
        PollFailure(reason: .credentials, message: "the profile file \(path), \(profile): \(what)")
    }

    /// The keys, of both kinds of file, whose values are used as they are.
    static let texts = [
        "access_key_id", "access_key_secret", "sts_token", "security_token", "ram_role_arn", "role_arn",
        "ram_role_name",
        "role_name", "oidc_provider_arn", "oidc_token_file", "oidc_token_file_path", "credentials_uri", "external_id",
        "ram_session_name", "role_session_name", "source_profile",
    ]

    /// The parts of an access key, in both kinds of file.
    private static let keyParts: Set<String> = ["access_key_id", "access_key_secret", "sts_token", "security_token"]

    /// - Throws: a failure if a value is `${NAME}` or has one in it, or is a part of a key and has a character that no key
    ///   has.
    func check(_ text: String, _ key: String, of profile: String) throws(PollFailure) {
        guard Placeholder(in: text) == nil else {
            throw fault(
                in: profile,
                "\(key) contains a variable such as ${NAME}; variables are not replaced here, so write the value "
                    + "itself")
        }
        if Self.keyParts.contains(key), let mistake = CredentialText.mistake(in: text.trimmed) {
            throw fault(in: profile, "\(key) \(mistake)")
        }
    }

    /// The value itself is not repeated: what stands there is not a known word, and may be a secret.
    func unsupported(_ key: String, of profile: String, supported: [String]) -> PollFailure {
        fault(in: profile, "\(key) has an unsupported value; write one of \(supported.joined(separator: ", "))")
    }

    /// The name of an ECS instance's role, checked; nil means the one that the instance has.
    func roleName(_ name: String?, _ key: String, of profile: String) throws(PollFailure) -> String? {
        guard let name else { return nil }
        guard RoleName.isValid(name) else {
            throw fault(in: profile, "\(key) is not the name of a RAM role: \(RoleName.form)")
        }
        return name
    }

    /// The address of a helper that gives credentials, checked as `url` of the config's own `uri` is.
    func credentialsURI(_ text: String, _ key: String, of profile: String) throws(PollFailure) -> String {
        guard let address = WebAddress(text), address.isHTTP, address.hasPlainHost, !address.hasFragment else {
            throw fault(in: profile, "\(key) is not a URL of the form http://HOST/PATH or https://HOST/PATH")
        }
        return text
    }

    /// The words of a command line, of which the first is the program.
    func command(_ text: String, _ key: String, of profile: String) throws(PollFailure) -> [String] {
        guard let words = CommandWords.split(text), let program = words.first, !program.isEmpty else {
            throw fault(in: profile, "\(key) names no program, or a quote in it is not closed")
        }
        return words
    }

    /// An `sts_endpoint` or the STS of a region, checked so that nothing else of the file ever becomes a host's name.
    func stsEndpoint(
        _ given: String?, region: String?, usesVPC: Bool, of profile: String
    ) throws(PollFailure) -> String? {
        if let given {
            guard (try? Endpoint(given)) != nil else {
                throw fault(in: profile, "sts_endpoint is not valid; write HOST, HOST:PORT or https://HOST")
            }
            return given
        }
        guard let region else { return nil }
        guard STSHost.isRegion(region) else {
            throw fault(in: profile, "sts_region is not the id of a region, such as cn-beijing")
        }
        return STSHost.name(region: region, usesVPC: usesVPC)
    }
}
