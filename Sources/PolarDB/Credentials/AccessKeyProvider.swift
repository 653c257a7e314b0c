package import Model

/// `{"type": "access_key"}`: the key that the config names. Files are read at each use, so that a rotated key is used at
/// once.
package struct AccessKeyProvider: CredentialsProvider {
    private let id: Secret
    private let secret: Secret
    private let securityToken: Secret?
    private let read: SecretReader
    /// Where nothing can change under us.
    private let fixed: Credentials?

    package init(id: Secret, secret: Secret, securityToken: Secret?, read: @escaping SecretReader) {
        self.id = id
        self.secret = secret
        self.securityToken = securityToken
        self.read = read
        let isLiteral = [id, secret, securityToken].allSatisfy { $0?.isLiteral ?? true }
        fixed = isLiteral ? try? Self.assemble(id, secret, securityToken, read) : nil
    }

    package func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials {
        if let fixed { return fixed }
        return try Self.assemble(id, secret, securityToken, read)
    }

    private static func assemble(
        _ id: Secret, _ secret: Secret, _ securityToken: Secret?, _ read: SecretReader
    ) throws(PollFailure) -> Credentials {
        let parts: (id: String, secret: String, token: String?)
        do {
            parts = (try read(id).trimmed, try read(secret).trimmed, try securityToken.map { try read($0).trimmed })
        } catch {
            throw PollFailure(reason: .credentials, message: "the access key of the config cannot be read: \(error)")
        }
        guard !parts.id.isEmpty, !parts.secret.isEmpty else {
            throw PollFailure(
                reason: .credentials,
                message: "the access key of the config is empty; check access_key_id and access_key_secret")
        }
        return Credentials(
            accessKeyID: parts.id, accessKeySecret: parts.secret, securityToken: parts.token?.nonEmpty,
            origin: "access_key of the config")
    }
}

extension Secret {
    fileprivate var isLiteral: Bool {
        if case .literal = source { true } else { false }
    }
}

extension String {
    /// Nil in place of an empty text, which the API's own clients treat as absent.
    var nonEmpty: String? { isEmpty ? nil : self }
}
