import Files
package import Model

/// `{"type": "access_key"}`: the key that the config names. Files are read at each use, so that a rotated key is used at
/// once.
package struct AccessKeyProvider: CredentialsProvider {
    private let id: Secret
    private let secret: Secret
    private let securityToken: Secret?
    private let origin: String
    private let read: SecretReader
    private let reads = SingleFlight<Bool, Result<Credentials, PollFailure>>()
    /// Whether no file has to be read, which may hang.
    private let isImmediate: Bool
    /// The key, if nothing can change it while the daemon runs.
    private let fixed: Credentials?

    /// - Parameter origin: where they are written, for an operator.
    package init(
        id: Secret, secret: Secret, securityToken: Secret?, origin: String = "the config",
        read: @escaping SecretReader
    ) {
        self.id = id
        self.secret = secret
        self.securityToken = securityToken
        self.origin = origin
        self.read = read
        let parts = [id, secret, securityToken].compactMap { $0 }
        isImmediate = parts.allSatisfy { !$0.isFile }
        fixed = parts.allSatisfy(\.isLiteral) ? try? Self.assemble(id, secret, securityToken, origin, read) : nil
    }

    package func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials {
        if let fixed { return fixed }
        if isImmediate { return try Self.assemble(id, secret, securityToken, origin, read) }
        let result = await reads.value(for: true, within: FileReader.limit) { [self] in
            Result { () throws(PollFailure) in try Self.assemble(id, secret, securityToken, origin, read) }
        }
        guard let result else {
            throw PollFailure(
                reason: .credentials,
                message:
                    "the access key of \(origin) could not be read within \(DurationText.write(FileReader.limit)); "
                    + "is its file on a network mount that does not answer?")
        }
        return try result.get()
    }

    private static func assemble(
        _ id: Secret, _ secret: Secret, _ securityToken: Secret?, _ origin: String, _ read: SecretReader
    ) throws(PollFailure) -> Credentials {
        let parts: (id: String, secret: String, token: String?)
        do {
            parts = (try read(id).trimmed, try read(secret).trimmed, try securityToken.map { try read($0).trimmed })
        } catch {
            throw PollFailure(reason: .credentials, message: "the access key of \(origin) cannot be read: \(error)")
        }
        guard !parts.id.isEmpty, !parts.secret.isEmpty else {
            throw PollFailure(
                reason: .credentials,
                message: "the access key of \(origin) is empty; check its id and its secret")
        }
        let values = [("id", parts.id), ("secret", parts.secret), ("security token", parts.token ?? "")]
        for (name, value) in values {
            guard let mistake = CredentialText.mistake(in: value) else { continue }
            throw PollFailure(
                reason: .credentials, message: "the \(name) of the access key of \(origin) \(mistake); enter it again")
        }
        return Credentials(
            accessKeyID: parts.id, accessKeySecret: parts.secret, securityToken: parts.token?.nonEmpty,
            origin: origin)
    }
}

extension Secret {
    fileprivate var isLiteral: Bool {
        if case .literal = source { true } else { false }
    }

    /// Whether it is read from a file.
    var isFile: Bool {
        switch source {
        case .file, .credential: true
        case .literal, .environment: false
        }
    }
}
