import Model

/// `credentials`, and the `source` inside it.
struct CredentialDecoder {
    /// STS grants no shorter and no longer session (AssumeRole, `DurationSeconds`).
    private static let session = (shortest: Duration.seconds(900), longest: Duration.seconds(43_200))
    /// The metadata service of an ECS host speaks plain HTTP on this link-local address only.
    private static let metadataHosts: Set<String> = ["100.100.100.200"]

    func decode(_ value: ValueReader) -> CredentialSettings? {
        guard let reader = value.object(CredentialKey.self, example: #"{"type": "default"}"#) else { return nil }
        let types = CredentialType.allCases.map(\.rawValue).joined(separator: ", ")
        guard let type = reader.require(.type, "write one of \(types)", { $0.word(CredentialType.self) }) else {
            reader.refuseUnknownKeys()
            return nil
        }
        reader.refuseUnknownKeys(allowed: type.keys.union([.type]), kind: "credentials of type \"\(type.rawValue)\"")
        let missing = type.required.filter { !reader.has($0) }.map(\.rawValue).sorted()
        for name in missing {
            value.context.mistake(value.path.key(name), "is missing; the type \"\(type.rawValue)\" needs it")
        }
        let settings = decode(type, reader)
        return missing.isEmpty ? settings : nil
    }

    private func decode(_ type: CredentialType, _ reader: ObjectReader<CredentialKey>) -> CredentialSettings? {
        switch type {
        case .default:
            return .defaultChain
        case .accessKey:
            let id = reader.read(.accessKeyID) { $0.keyPart() }
            let secret = reader.read(.accessKeySecret) { $0.keyPart() }
            let token = reader.read(.securityToken) { $0.keyPart() }
            guard let id, let secret else { return nil }
            return .accessKey(id: id, secret: secret, securityToken: token)
        case .ecsRAMRole:
            return .ecsRAMRole(
                roleName: reader.read(.roleName) { $0.roleName() },
                metadataEndpoint: reader.read(.metadataEndpoint) { $0.endpoint(plainHosts: Self.metadataHosts) })
        case .ramRoleARN:
            let source = reader.read(.source) { decode($0) } ?? .defaultChain
            guard let roleARN = reader.read(.roleARN, { $0.roleARN() }) else { return nil }
            let role = AssumedRole(
                roleARN: roleARN, sessionName: reader.read(.sessionName) { $0.text() },
                stsEndpoint: reader.read(.stsEndpoint) { $0.endpoint() },
                externalID: reader.read(.externalID) { $0.text() }, policy: reader.read(.policy) { $0.policy() },
                duration: session(reader))
            return .ramRoleARN(role, source: source)
        case .oidcRoleARN:
            let roleARN = reader.read(.roleARN) { $0.roleARN() }
            let providerARN = reader.read(.oidcProviderARN) { $0.roleARN() }
            let tokenFile = reader.read(.oidcTokenFile) { $0.tokenFile() }
            let sessionName = reader.read(.sessionName) { $0.text() }
            let endpoint = reader.read(.stsEndpoint) { $0.endpoint() }
            let duration = session(reader)
            guard let roleARN, let providerARN, let tokenFile else { return nil }
            return .oidcRoleARN(
                roleARN: roleARN, providerARN: providerARN, tokenFile: tokenFile, sessionName: sessionName,
                stsEndpoint: endpoint, duration: duration)
        case .profile:
            let name = reader.read(.name) { $0.text() }
            let file = reader.read(.file) { $0.readableFile() }
            // What is wrong with the name or the file is reported already.
            if (name != nil) == reader.has(.name), (file != nil) == reader.has(.file) {
                checkProfile(name, in: file, of: reader)
            }
            return .profile(name: name, file: file)
        case .uri:
            return reader.read(.url) { $0.url() }.map { .uri($0.secret) }
        }
    }

    /// A profile without a file is in the home folder of the service's user, who need not be the one who runs this: it is
    /// not checked.
    private func checkProfile(_ name: String?, in file: String?, of reader: ObjectReader<CredentialKey>) {
        guard let file, let complaint = reader.context.checks.profile(name, file) else { return }
        reader.context.mistake(reader.path(name == nil ? .file : .name), complaint)
    }

    private func session(_ reader: ObjectReader<CredentialKey>) -> Duration? {
        reader.read(.duration) { $0.duration(atLeast: Self.session.shortest, atMost: Self.session.longest) }
    }
}

extension ValueReader {
    /// A part of an access key.
    fileprivate func keyPart() -> Secret? {
        guard let checked = checkedSecret() else { return nil }
        if let value = checked.value, let mistake = context.checks.accessKey(value.trimmed) { return refuse(mistake) }
        return checked.secret
    }

    fileprivate func roleName() -> String? {
        guard let text = text("write the name of a RAM role") else { return nil }
        return context.checks.roleName(text).map { refuse($0) } ?? text
    }

    fileprivate func roleARN() -> String? {
        guard let text = text("write an ARN such as \"acs:ram::123456789012:role/watcher\"") else { return nil }
        if !text.hasPrefix("acs:ram::") {
            context.warning(path, "does not start with acs:ram::, as the ARN of a role or a provider does")
        }
        return text
    }

    /// A session's policy: the JSON text of one, or the policy itself.
    fileprivate func policy() -> String? {
        if value.objectValue != nil { return value.text() }
        guard let text = value.stringValue else { return refuse("is \(value.kindName); write a RAM policy") }
        guard (try? JSONDocument(Array(text.utf8)))?.value.objectValue != nil else {
            return refuse("is not a RAM policy; write a JSON object, or a string that contains one")
        }
        return text
    }
}
