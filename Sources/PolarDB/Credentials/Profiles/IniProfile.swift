import Model

/// A section of the SDKs' credentials file.
struct IniProfile {
    let path: String
    let file: IniFile

    private var place: ProfilePlace { ProfilePlace(path: path) }

    /// The kinds of credentials that are supported.
    private enum Kind: String, CaseIterable {
        case accessKey = "access_key"
        case sts
        case ecsRAMRole = "ecs_ram_role"
        case ramRoleARN = "ram_role_arn"
        case oidcRoleARN = "oidc_role_arn"
    }

    /// - Parameter wish: where the name is from.
    /// - Throws: a failure that names the file, the section and what it lacks.
    func recipe(_ name: String, wish: ProfileWish) throws(PollFailure) -> ProfileRecipe {
        let section = ShownWord.name(name).map { "section [\($0)]" } ?? "section"
        guard let values = file[name] else {
            throw place.fault("\(wish.complaint("has no section")); its sections are: \(ShownWord.list(file.names))")
        }
        for key in ProfilePlace.texts { try place.check(values[key] ?? "", key, of: section) }
        func value(_ key: String) -> String? { values[key]?.nonEmpty }
        func required(_ key: String) throws(PollFailure) -> String {
            guard let value = value(key) else { throw place.fault(in: section, "\(key) is missing") }
            return value
        }
        let usesVPC = value("enable_vpc")?.lowercased() == "true"
        let endpoint = try place.stsEndpoint(
            value("sts_endpoint"), region: value("sts_region"), usesVPC: usesVPC, of: section)
        guard let type = value("type") else {
            throw place.fault(in: section, "type is missing; for keys, write type = access_key")
        }
        guard let kind = Kind(rawValue: type.lowercased()) else {
            throw place.unsupported("type", of: section, supported: Kind.allCases.map(\.rawValue))
        }
        switch kind {
        case .accessKey:
            return .settings(
                .literal(try required("access_key_id"), try required("access_key_secret"), value("security_token")))
        case .sts:
            return .settings(
                .literal(
                    try required("access_key_id"), try required("access_key_secret"), try required("security_token")))
        case .ecsRAMRole:
            return .settings(
                .ecsRAMRole(
                    roleName: try place.roleName(value("role_name"), "role_name", of: section), metadataEndpoint: nil))
        case .ramRoleARN:
            let role = AssumedRole(
                roleARN: try required("role_arn"), sessionName: value("role_session_name"), stsEndpoint: endpoint,
                policy: value("policy"))
            return .settings(
                .ramRoleARN(
                    role, source: .literal(try required("access_key_id"), try required("access_key_secret"), nil)))
        case .oidcRoleARN:
            return .settings(
                .oidcRoleARN(
                    roleARN: try required("role_arn"), providerARN: try required("oidc_provider_arn"),
                    tokenFile: try required("oidc_token_file_path"), sessionName: value("role_session_name"),
                    stsEndpoint: endpoint, duration: nil))
        }
    }
}
