package import Model

/// `{"type": "access_key"}`: the key that the config names. Files are read at each use, so that a rotated key is used at
/// once.
package struct AccessKeyProvider: CredentialsProvider {
    private let id: Secret
    private let secret: Secret
    private let securityToken: Secret?
    private let origin: String
    private let read: SecretReader
    /// Where nothing can change under us.
    private let fixed: Credentials?

    /// - Parameter origin: where they are written, for an operator.
    package init(
        id: Secret, secret: Secret, securityToken: Secret?, origin: String = "access_key of the config",
        read: @escaping SecretReader
    ) {
        self.id = id
        self.secret = secret
        self.securityToken = securityToken
        self.origin = origin
        self.read = read
        let isLiteral = [id, secret, securityToken].allSatisfy { $0?.isLiteral ?? true }
        fixed = isLiteral ? try? Self.assemble(id, secret, securityToken, origin, read) : nil
    }

    package func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials {
        if let fixed { return fixed }
        return try Self.assemble(id, secret, securityToken, origin, read)
    }

    private static func assemble(
        _ id: Secret, _ secret: Secret, _ securityToken: Secret?, _ origin: String, _ read: SecretReader
    ) throws(PollFailure) -> Credentials {
        let parts: (id: String, secret: String, token: String?)
        do {
            parts = (try read(id).trimmed, try read(secret).trimmed, try securityToken.map { try read($0).trimmed })
        } catch {
            throw PollFailure(reason: .credentials, message: "the \(origin) cannot be read: \(error)")
        }
        guard !parts.id.isEmpty, !parts.secret.isEmpty else {
            throw PollFailure(
                reason: .credentials,
                message: "the \(origin) is empty; check its id and its secret")
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
}
