import Model

/// A profile of the aliyun CLI. Its `mode` is read whatever the case, as the CLI does.
struct CLIProfile {
    let path: String
    let profiles: [String: JSONFields]

    /// - Throws: a failure that names the file, the profile and what it lacks.
    func recipe(_ name: String, at now: Timestamp) throws(PollFailure) -> ProfileRecipe {
        try recipe(name, at: now, sources: [])
    }

    /// - Parameter sources: the profiles on the way here: a chain that bites its tail has no end.
    private func recipe(_ name: String, at now: Timestamp, sources: [String]) throws(PollFailure) -> ProfileRecipe {
        guard let profile = profiles[name] else {
            throw fault("has no profile \(name); it has \(profiles.keys.sorted().joined(separator: ", "))")
        }
        guard !sources.contains(name) else {
            throw fault("has a circle of source_profile: \((sources + [name]).joined(separator: " -> "))")
        }
        func required(_ key: String) throws(PollFailure) -> String {
            guard let value = profile.text(key) else { throw fault("has no \(key) in its profile \(name)") }
            return value
        }
        let mode = profile.text("mode") ?? "AK"
        switch mode.lowercased() {
        case "ak":
            return .settings(.literal(try required("access_key_id"), try required("access_key_secret"), nil))
        case "ststoken":
            return .settings(
                .literal(try required("access_key_id"), try required("access_key_secret"), try required("sts_token")))
        case "ramrolearn":
            return .settings(
                .ramRoleARN(
                    try role(profile, arn: try required("ram_role_arn")),
                    source: .literal(
                        try required("access_key_id"), try required("access_key_secret"), profile.text("sts_token"))))
        case "chainableramrolearn":
            let source = try recipe(try required("source_profile"), at: now, sources: sources + [name])
            guard case .settings(let settings) = source else {
                throw fault("has a source_profile in its profile \(name) that is not supported here")
            }
            return .settings(.ramRoleARN(try role(profile, arn: try required("ram_role_arn")), source: settings))
        case "ecsramrole":
            return .settings(.ecsRAMRole(roleName: profile.text("ram_role_name"), metadataEndpoint: nil))
        case "oidc":
            return .settings(
                .oidcRoleARN(
                    roleARN: try required("ram_role_arn"), providerARN: try required("oidc_provider_arn"),
                    tokenFile: try required("oidc_token_file"),
                    // The CLI and the Go library write the one, the Python library reads the other.
                    sessionName: profile.text("ram_session_name") ?? profile.text("role_session_name"),
                    stsEndpoint: stsEndpoint(profile), duration: duration(profile)))
        case "credentialsuri":
            return .settings(.uri(Secret(.literal(try required("credentials_uri")))))
        case "external":
            return .external(command: try required("process_command"))
        case "cloudsso", "oauth":
            return .cached(try cached(profile, name, mode, now))
        default:
            throw fault("has the mode \(mode) in its profile \(name), which is not supported here")
        }
    }

    /// What the last login left behind. Renewing it would mean to write the CLI's own file.
    private func cached(
        _ profile: JSONFields, _ name: String, _ mode: String, _ now: Timestamp
    ) throws(PollFailure) -> Credentials {
        let end =
            profile.integer("sts_expiration").map { Timestamp(milliseconds: $0 * 1000) }
            ?? profile.time("sts_expiration")
        guard let id = profile.text("access_key_id"), let secret = profile.text("access_key_secret"),
            let token = profile.text("sts_token"), end.map({ $0 > now }) ?? false
        else {
            throw fault(
                "has no credentials in its profile \(name) (\(mode)) that are still good; log in with `aliyun configure`, "
                    + "or give the daemon a role: a login ends, and nobody is there to renew it")
        }
        return Credentials(
            accessKeyID: id, accessKeySecret: secret, securityToken: token, origin: "profile \(name) of \(path)",
            expiration: end)
    }

    private func role(_ profile: JSONFields, arn: String) throws(PollFailure) -> AssumedRole {
        AssumedRole(
            roleARN: arn, sessionName: profile.text("ram_session_name"), stsEndpoint: stsEndpoint(profile),
            externalID: profile.text("external_id"), policy: profile.text("policy"), duration: duration(profile))
    }

    private func stsEndpoint(_ profile: JSONFields) -> String? {
        guard let region = profile.text("sts_region") else { return nil }
        return STSHost.name(region: region, usesVPC: profile.members["enable_vpc"] == .bool(true))
    }

    private func duration(_ profile: JSONFields) -> Duration? {
        profile.integer("expired_seconds").flatMap { $0 > 0 ? .seconds($0) : nil }
    }

    private func fault(_ what: String) -> PollFailure {
        PollFailure(reason: .credentials, message: "the profile file \(path) \(what)")
    }
}

enum STSHost {
    /// The service's one host, or a region's own; within a VPC only the latter can be reached.
    static func name(region: String?, usesVPC: Bool) -> String {
        guard let region else { return "sts.aliyuncs.com" }
        return usesVPC ? "sts-vpc.\(region).aliyuncs.com" : "sts.\(region).aliyuncs.com"
    }
}
