package import Model

/// `ALIBABA_CLOUD_ACCESS_KEY_ID`, `…_SECRET` and, for temporary keys, `ALIBABA_CLOUD_SECURITY_TOKEN`.
package struct EnvironmentProvider: CredentialsProvider {
    private let found: Credentials?
    /// What is wrong with a variable that is set.
    private let mistake: String?

    package init(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name]?.trimmed.nonEmpty }
        let names = ["ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN"].map { "ALIBABA_CLOUD_\($0)" }
        mistake =
            names.lazy.compactMap { name in
                value(name).flatMap(CredentialText.mistake).map { "the variable \(name) \($0); set it again" }
            }.first
        if let id = value("ALIBABA_CLOUD_ACCESS_KEY_ID"), let secret = value("ALIBABA_CLOUD_ACCESS_KEY_SECRET") {
            found = Credentials(
                accessKeyID: id, accessKeySecret: secret, securityToken: value("ALIBABA_CLOUD_SECURITY_TOKEN"),
                origin: "the environment (ALIBABA_CLOUD_ACCESS_KEY_ID)")
        } else {
            found = nil
        }
    }

    /// Whether the environment names a key.
    package var isConfigured: Bool { found != nil }

    package func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials {
        guard let found else {
            throw PollFailure(
                reason: .credentials,
                message: "no credentials: set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or give "
                    + "\"credentials\" in the config")
        }
        if let mistake { throw PollFailure(reason: .credentials, message: mistake) }
        return found
    }
}
