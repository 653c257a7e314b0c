import Model

/// `{"type": "ram_role_arn"}`: a role assumed with other credentials.
struct RoleSource: CredentialsSource {
    let role: AssumedRole
    let source: any CredentialsProvider
    let sts: STSClient

    func fetch(at now: Timestamp) async throws(PollFailure) -> Credentials {
        let key = try await source.credentials(at: now)
        do {
            return try await assume(key, now)
        } catch {
            guard error.code == "InvalidSecurityToken.Expired" else { throw error }
            await source.invalidate(key)
            return try await assume(try await source.credentials(at: now), now)
        }
    }

    private func assume(_ key: Credentials, _ now: Timestamp) async throws(PollFailure) -> Credentials {
        var parameters = [
            QueryParameter("RoleArn", role.roleARN),
            QueryParameter("RoleSessionName", role.sessionName ?? RoleSession.name),
            QueryParameter("DurationSeconds", RoleSession.seconds(role.duration)),
        ]
        if let policy = role.policy { parameters.append(QueryParameter("Policy", policy)) }
        if let id = role.externalID { parameters.append(QueryParameter("ExternalId", id)) }
        return try await sts.assumeRole(
            parameters, signedWith: key, origin: "the role \(role.roleARN), assumed with \(key)", at: now)
    }
}

/// `{"type": "oidc_role_arn"}`: a role that a pod assumes with its own token (RRSA).
struct OIDCRoleSource: CredentialsSource {
    let roleARN: String
    let providerARN: String
    let tokenFile: String
    let sessionName: String?
    let duration: Duration?
    let sts: STSClient

    func fetch(at now: Timestamp) async throws(PollFailure) -> Credentials {
        let token: String
        do {
            // Read each time: the platform replaces it while we run.
            token = try SmallFile.text(tokenFile).trimmed
        } catch {
            throw PollFailure(
                reason: .credentials, message: "the OIDC token file \(tokenFile) cannot be read: \(error.message)")
        }
        guard !token.isEmpty else {
            throw PollFailure(reason: .credentials, message: "the OIDC token file \(tokenFile) is empty")
        }
        return try await sts.assumeRoleWithOIDC(
            [
                QueryParameter("RoleArn", roleARN), QueryParameter("OIDCProviderArn", providerARN),
                QueryParameter("OIDCToken", token), QueryParameter("RoleSessionName", sessionName ?? RoleSession.name),
                QueryParameter("DurationSeconds", RoleSession.seconds(duration)),
            ], origin: "the role \(roleARN), by the OIDC token \(tokenFile)", at: now)
    }
}

enum RoleSession {
    /// What Alibaba Cloud's audit log shows.
    static let name = "polarai-daemon"

    /// STS takes from 900 seconds on; an hour is its default.
    static func seconds(_ duration: Duration?) -> String {
        String(max(900, duration.map { $0.wholeMilliseconds / 1000 } ?? 3600))
    }
}
