import Model

/// A profile of the aliyun CLI. Its `mode` is read whatever the case, as the CLI does.
struct CLIProfile {
    let path: String
    let profiles: [String: JSONFields]

    private var place: ProfilePlace { ProfilePlace(path: path) }

    /// The modes that are supported, as the CLI writes them.
    private enum Mode: String, CaseIterable {
        case ak = "AK"
        case stsToken = "StsToken"
        case ramRoleARN = "RamRoleArn"
        case chainableRAMRoleARN = "ChainableRamRoleArn"
        case ecsRAMRole = "EcsRamRole"
        case oidc = "OIDC"
        case credentialsURI = "CredentialsURI"
        case external = "External"
        case cloudSSO = "CloudSSO"
        case oAuth = "OAuth"

        init?(_ text: String) {
            guard let mode = Self.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) else {
                return nil
            }
            self = mode
        }
    }

    /// - Parameter wish: where the name is from.
    /// - Throws: a failure that names the file, the profile and what it lacks.
    func recipe(_ name: String, wish: ProfileWish, at now: Timestamp) throws(PollFailure) -> ProfileRecipe {
        guard profiles[name] != nil else {
            throw place.fault("\(wish.complaint("has no profile")); its profiles are: \(ShownWord.list(profiles.keys))")
        }
        return try recipe(name, at: now, sources: [])
    }

    /// - Parameter sources: the profiles on the way here, so that a circle is found.
    private func recipe(_ name: String, at now: Timestamp, sources: [String]) throws(PollFailure) -> ProfileRecipe {
        let shown = ProfilePlace.profile(name)
        guard let profile = profiles[name] else {
            let last = ProfilePlace.profile(sources.last ?? name)
            throw place.fault(
                in: last,
                "source_profile names a profile that does not exist; the profiles are: "
                    + ShownWord.list(profiles.keys))
        }
        guard !sources.contains(name) else {
            let circle = (sources + [name]).map { ShownWord.name($0) ?? "…" }.joined(separator: " -> ")
            throw place.fault("has a source_profile loop: \(circle)")
        }
        try checkTexts(of: profile, in: shown)
        func required(_ key: String) throws(PollFailure) -> String {
            guard let value = profile.text(key) else { throw place.fault(in: shown, "\(key) is missing") }
            return value
        }
        guard let mode = Mode(profile.text("mode") ?? Mode.ak.rawValue) else {
            throw place.unsupported("mode", of: shown, supported: Mode.allCases.map(\.rawValue))
        }
        switch mode {
        case .ak:
            return .settings(.literal(try required("access_key_id"), try required("access_key_secret"), nil))
        case .stsToken:
            return .settings(
                .literal(try required("access_key_id"), try required("access_key_secret"), try required("sts_token")))
        case .ramRoleARN:
            return .settings(
                .ramRoleARN(
                    try role(profile, arn: try required("ram_role_arn"), of: shown),
                    source: .literal(
                        try required("access_key_id"), try required("access_key_secret"), profile.text("sts_token"))))
        case .chainableRAMRoleARN:
            let source = try recipe(try required("source_profile"), at: now, sources: sources + [name])
            guard case .settings(let settings) = source else {
                throw place.fault(
                    in: shown,
                    "source_profile names a profile whose mode cannot assume a role; set it to a profile with an "
                        + "access key or a RAM role")
            }
            return .settings(
                .ramRoleARN(try role(profile, arn: try required("ram_role_arn"), of: shown), source: settings))
        case .ecsRAMRole:
            return .settings(
                .ecsRAMRole(
                    roleName: try place.roleName(profile.text("ram_role_name"), "ram_role_name", of: shown),
                    metadataEndpoint: nil))
        case .oidc:
            return .settings(
                .oidcRoleARN(
                    roleARN: try required("ram_role_arn"), providerARN: try required("oidc_provider_arn"),
                    tokenFile: try required("oidc_token_file"),
                    // The CLI and the Go library write the one, the Python library reads the other.
                    sessionName: profile.text("ram_session_name") ?? profile.text("role_session_name"),
                    stsEndpoint: try stsEndpoint(profile, of: shown), duration: try duration(profile, of: shown)))
        case .credentialsURI:
            let address = try place.credentialsURI(try required("credentials_uri"), "credentials_uri", of: shown)
            return .settings(.uri(Secret(.literal(address))))
        case .external:
            return .external(
                words: try place.command(try required("process_command"), "process_command", of: shown))
        case .cloudSSO, .oAuth:
            return .cached(try cached(profile, name, mode, now))
        }
    }

    /// A number has lost its leading zeros and its last digits by the time it is read, and a variable is replaced by
    /// nobody.
    private func checkTexts(of profile: JSONFields, in shown: String) throws(PollFailure) {
        for key in ProfilePlace.texts where profile.members[key].map({ !$0.isNull }) ?? false {
            guard let text = profile.members[key]?.stringValue else {
                throw place.fault(in: shown, "\(key) is not a string; put it in double quotes")
            }
            try place.check(text, key, of: shown)
        }
    }

    /// What the last login left behind. Renewing it would mean to write the CLI's own file.
    private func cached(
        _ profile: JSONFields, _ name: String, _ mode: Mode, _ now: Timestamp
    ) throws(PollFailure) -> Credentials {
        let end = profile.expiration("sts_expiration")
        guard let id = profile.text("access_key_id"), let secret = profile.text("access_key_secret"),
            let token = profile.text("sts_token"), end.map({ $0 > now }) ?? false
        else {
            throw place.fault(
                in: "\(ProfilePlace.profile(name)) (\(mode.rawValue))",
                "the credentials have expired; log in again with `aliyun configure`. A login always expires: for a "
                    + "service, use a RAM role or an access key")
        }
        return Credentials(
            accessKeyID: id, accessKeySecret: secret, securityToken: token, origin: ProfilePlace.origin(name, of: path),
            expiration: end)
    }

    private func role(_ profile: JSONFields, arn: String, of shown: String) throws(PollFailure) -> AssumedRole {
        AssumedRole(
            roleARN: arn, sessionName: profile.text("ram_session_name"),
            stsEndpoint: try stsEndpoint(profile, of: shown),
            externalID: profile.text("external_id"), policy: profile.text("policy"),
            duration: try duration(profile, of: shown))
    }

    private func stsEndpoint(_ profile: JSONFields, of shown: String) throws(PollFailure) -> String? {
        try place.stsEndpoint(
            profile.text("sts_endpoint"), region: profile.text("sts_region"),
            usesVPC: profile.members["enable_vpc"] == .bool(true), of: shown)
    }

    private func duration(_ profile: JSONFields, of shown: String) throws(PollFailure) -> Duration? {
        guard let value = profile.members["expired_seconds"], !value.isNull else { return nil }
        let seconds = profile.integer("expired_seconds")
        // What the CLI writes if it was not asked for a time.
        if seconds == 0 { return nil }
        guard let seconds, RoleSession.range.contains(seconds) else {
            throw place.fault(
                in: shown,
                "expired_seconds is not a whole number from \(RoleSession.range.lowerBound) to "
                    + "\(RoleSession.range.upperBound)")
        }
        return .seconds(seconds)
    }
}
