import Model

/// A section of the SDKs' credentials file.
struct IniProfile {
    let path: String
    let file: IniFile

    private var place: ProfilePlace { ProfilePlace(path: path) }

    /// - Throws: a failure that names the file, the section and what it lacks.
    func recipe(_ name: String) throws(PollFailure) -> ProfileRecipe {
        let section = ShownWord.name(name).map { "section [\($0)]" } ?? "section"
        guard let values = file[name] else {
            let wanted = ShownWord.name(name) == nil ? "the section that is asked for" : section
            throw place.fault("does not have \(wanted); it has: \(ShownWord.list(file.names))")
        }
        for key in ProfilePlace.texts { try place.checkReplaced(values[key] ?? "", key, of: section) }
        func value(_ key: String) -> String? { values[key]?.nonEmpty }
        func required(_ key: String) throws(PollFailure) -> String {
            guard let value = value(key) else { throw place.fault("has no \(key) in its \(section)") }
            return value
        }
        let usesVPC = value("enable_vpc")?.lowercased() == "true"
        let endpoint = try place.stsEndpoint(
            value("sts_endpoint"), region: value("sts_region"), usesVPC: usesVPC, of: section)
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
                roleARN: try required("role_arn"), sessionName: value("role_session_name"), stsEndpoint: endpoint,
                policy: value("policy"))
            return .settings(
                .ramRoleARN(
                    role, source: .literal(try required("access_key_id"), try required("access_key_secret"), nil)))
        case "oidc_role_arn":
            return .settings(
                .oidcRoleARN(
                    roleARN: try required("role_arn"), providerARN: try required("oidc_provider_arn"),
                    tokenFile: try required("oidc_token_file_path"), sessionName: value("role_session_name"),
                    stsEndpoint: endpoint, duration: nil))
        case nil: throw place.fault("has no type in its \(section); for keys write type = access_key")
        case let type?:
            let shown = ShownWord.name(type).map { "the type \($0)" } ?? "a type"
            throw place.fault("has \(shown) in its \(section), which is not supported here")
        }
    }
}
