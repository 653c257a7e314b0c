package import Model

/// An access key, and where it came from.
package struct Credentials: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    package let accessKeyID: String
    let signingKey: SigningKey
    /// With temporary credentials only.
    package let securityToken: String?
    /// For an operator: `environment`, `profile prod of ~/.aliyun/config.json`. Holds no secret.
    package let origin: String
    /// Nil for keys that do not expire, or whose end is not given.
    package let expiration: Timestamp?

    package init(
        accessKeyID: String, accessKeySecret: String, securityToken: String? = nil, origin: String,
        expiration: Timestamp? = nil
    ) {
        self.accessKeyID = accessKeyID
        signingKey = SigningKey(accessKeySecret)
        self.securityToken = securityToken
        self.origin = origin
        self.expiration = expiration
    }

    package var accessKeySecret: String { signingKey.secret }

    package var description: String { "credentials from \(origin)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["origin": origin]) }
}

/// Gives the credentials to sign with, refreshed if they expire.
package protocol CredentialsProvider: Sendable {
    /// - Parameter now: the time as Alibaba Cloud's servers see it.
    /// - Throws: a failure of reason `credentials` or `configuration` if there are none, or of the network if they
    ///   have to be fetched.
    func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials

    /// The API said that these have expired: fetch others before the next use.
    func invalidate(_ credentials: Credentials) async
}

extension CredentialsProvider {
    package func invalidate(_ credentials: Credentials) async {}
}
