import Files
import Model

/// `{"type": "ram_role_arn"}`: a role assumed with other credentials.
struct RoleSource: CredentialsSource {
    let role: AssumedRole
    let source: any CredentialsProvider
    let sts: STSClient

    var place: String { sts.place }

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
            parameters, signedWith: key, origin: "\(RoleSession.name(of: role.roleARN)) (assumed with \(key))", at: now)
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

    var place: String { sts.place }

    func fetch(at now: Timestamp) async throws(PollFailure) -> Credentials {
        let token: String
        do {
            // Read each time: the platform replaces it while we run.
            token = try await CredentialFile.text(tokenFile).trimmed
        } catch {
            throw PollFailure(reason: .credentials, message: "\(OIDCToken.shown(tokenFile)) \(error.message)")
        }
        if let mistake = OIDCToken.mistake(in: token) {
            throw PollFailure(reason: .credentials, message: "\(OIDCToken.shown(tokenFile)) \(mistake)")
        }
        return try await sts.assumeRoleWithOIDC(
            [
                QueryParameter("RoleArn", roleARN), QueryParameter("OIDCProviderArn", providerARN),
                QueryParameter("OIDCToken", token), QueryParameter("RoleSessionName", sessionName ?? RoleSession.name),
                QueryParameter("DurationSeconds", RoleSession.seconds(duration)),
            ], origin: "\(RoleSession.name(of: roleARN)) (assumed with \(OIDCToken.shown(tokenFile)))", at: now)
    }
}

enum RoleSession {
    /// What Alibaba Cloud's audit log shows.
    static let name = "polarai-daemon"

    /// STS takes from 900 seconds on, and no role allows more than 12 hours.
    static let range: ClosedRange<Int64> = 900...43_200

    /// An hour is the default of STS.
    static func seconds(_ duration: Duration?) -> String {
        String(min(max(duration?.components.seconds ?? 3600, range.lowerBound), range.upperBound))
    }

    /// The role, for an operator; only "the role" if its name is not one, and may be something else.
    static func name(of roleARN: String) -> String {
        ShownWord.roleARN(roleARN).map { "the role \($0)" } ?? "the role"
    }
}

/// The token with which a role is assumed by OIDC.
package enum OIDCToken {
    /// STS takes no more.
    private static let longest = 20_000

    /// What is wrong with a token, or nil; holds nothing of it.
    static func mistake(in token: String) -> String? {
        if token.isEmpty { return "is empty" }
        if token.utf8.count > longest { return "is longer than the \(longest) bytes that STS takes" }
        return token.unicodeScalars.allSatisfy { ("!"..."~").contains($0) }
            ? nil
            : "must contain exactly one token, but contains a line break, a space or a character that is not ASCII"
    }

    /// How messages name a token's file.
    static func shown(_ path: String) -> String { ShownPath.words(path, as: "the OIDC token file") }

    /// What is wrong with a token's file, or nil, for a check of the config: the file is read while the caller's thread
    /// waits.
    package static func mistake(inFile path: String) -> String? {
        do {
            return mistake(in: try CredentialFile.textNow(path).trimmed).map { "\(shown(path)) \($0)" }
        } catch {
            return "\(shown(path)) \(error.message)"
        }
    }
}
