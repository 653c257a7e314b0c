package import HTTPTransport
package import Model

/// Makes the provider that `credentials` of a config asks for.
package struct CredentialsFactory: Sendable {
    private let http: any HTTPClient
    private let environment: [String: String]
    private let read: SecretReader
    private let connection: ConnectionOptions
    private let region: String?
    private let usesVPC: Bool
    private let clock: ClockOffset
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - connection: of the account: its proxy and `ca_file` hold for STS, too.
    ///   - region: of the account, and `usesVPC` its network: within a VPC only the region's own STS can be reached.
    ///   - clock: corrected where STS refuses a request for its time.
    ///   - now: the host's wall clock.
    package init(
        http: any HTTPClient, environment: [String: String], read: @escaping SecretReader,
        connection: ConnectionOptions = ConnectionOptions(), region: String? = nil, usesVPC: Bool = false,
        clock: ClockOffset = ClockOffset(), now: @escaping @Sendable () -> Timestamp
    ) {
        self.http = http
        self.environment = environment
        self.read = read
        self.connection = connection
        self.region = region
        self.usesVPC = usesVPC
        self.clock = clock
        self.now = now
    }

    package func provider(for settings: CredentialSettings) -> any CredentialsProvider {
        provider(for: settings, origin: "the config")
    }

    private func provider(for settings: CredentialSettings, origin: String) -> any CredentialsProvider {
        switch settings {
        case .defaultChain: return defaultChain
        case .accessKey(let id, let secret, let token):
            return AccessKeyProvider(id: id, secret: secret, securityToken: token, origin: origin, read: read)
        case .ecsRAMRole(let roleName, let endpoint): return ecsRole(roleName, endpoint)
        case .ramRoleARN(let role, let source):
            return withSTS(role.stsEndpoint) { sts in
                RefreshingProvider(RoleSource(role: role, source: provider(for: source, origin: origin), sts: sts))
            }
        case .oidcRoleARN(let roleARN, let providerARN, let tokenFile, let sessionName, let endpoint, let duration):
            return withSTS(endpoint) { sts in
                RefreshingProvider(
                    OIDCRoleSource(
                        roleARN: roleARN, providerARN: providerARN, tokenFile: tokenFile, sessionName: sessionName,
                        duration: duration, sts: sts))
            }
        case .profile(let name, let file):
            let files = file.map { [$0] } ?? [cliFile].compactMap { $0 } + iniFiles
            return profile(name ?? variable("ALIBABA_CLOUD_PROFILE"), files)
        case .uri(let url):
            return RefreshingProvider(URISource(http: http, url: url, read: read, connection: connection))
        }
    }

    // MARK: The default chain

    private var defaultChain: DefaultChain {
        let environmentKeys = EnvironmentProvider(environment: environment)
        let profileName = variable("ALIBABA_CLOUD_PROFILE")
        let isCLIDisabled = isTrue("ALIBABA_CLOUD_CLI_PROFILE_DISABLED")
        let cliFile = isCLIDisabled ? nil : cliFile
        let iniFiles = iniFiles
        return DefaultChain([
            .init(
                "environment", environmentKeys.isConfigured ? environmentKeys : nil,
                hint: "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET are not both set"),
            .init(
                "OIDC", oidcOfEnvironment,
                hint: "ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE are "
                    + "not all set"),
            .init(
                "CLI profile", cliFile.map { profile(profileName, [$0]) },
                hint: isCLIDisabled ? "disabled by ALIBABA_CLOUD_CLI_PROFILE_DISABLED" : "HOME is not set"),
            .init("credentials file", iniFiles.isEmpty ? nil : profile(profileName, iniFiles), hint: "HOME is not set"),
            .init(
                "ECS role",
                isTrue("ALIBABA_CLOUD_ECS_METADATA_DISABLED")
                    ? nil : ecsRole(variable("ALIBABA_CLOUD_ECS_METADATA"), nil),
                hint: "disabled by ALIBABA_CLOUD_ECS_METADATA_DISABLED", isProbe: true),
            .init(
                "credentials URI",
                variable("ALIBABA_CLOUD_CREDENTIALS_URI").map { provider(for: .uri(Secret(.literal($0)))) },
                hint: "ALIBABA_CLOUD_CREDENTIALS_URI is not set"),
        ])
    }

    private var oidcOfEnvironment: (any CredentialsProvider)? {
        guard let roleARN = variable("ALIBABA_CLOUD_ROLE_ARN"),
            let providerARN = variable("ALIBABA_CLOUD_OIDC_PROVIDER_ARN"),
            let tokenFile = variable("ALIBABA_CLOUD_OIDC_TOKEN_FILE")
        else { return nil }
        return provider(
            for: .oidcRoleARN(
                roleARN: roleARN, providerARN: providerARN, tokenFile: tokenFile,
                sessionName: variable("ALIBABA_CLOUD_ROLE_SESSION_NAME"), stsEndpoint: nil, duration: nil))
    }

    // MARK: Parts

    private func profile(_ name: String?, _ files: [String]) -> ProfileProvider {
        ProfileProvider(candidates: files, name: name) { recipe, origin in
            switch recipe {
            case .settings(let settings): provider(for: settings, origin: origin)
            case .external(let words):
                isTrue(ExternalProcessSource.switchName)
                    ? BrokenProvider(
                        failure: PollFailure(
                            reason: .credentials,
                            message:
                                "\(origin) runs a program, but \(ExternalProcessSource.switchName) forbids that; unset the variable, or use other "
                                + "credentials"))
                    : RefreshingProvider(ExternalProcessSource(words: words, origin: origin))
            case .cached(let credentials): FixedProvider(fixed: credentials)
            }
        }
    }

    private func ecsRole(_ roleName: String?, _ endpoint: String?) -> any CredentialsProvider {
        RefreshingProvider(
            ECSRoleSource(
                http: http, address: endpoint.map(Self.address) ?? ECSRoleSource.standardAddress, roleName: roleName,
                allowsV1: !isTrue("ALIBABA_CLOUD_IMDSV1_DISABLED")))
    }

    /// The metadata service speaks plain HTTP: a bare host means that.
    private static func address(_ endpoint: String) -> String {
        let trimmed = endpoint.trimmed
        let withScheme = trimmed.contains("://") ? trimmed : "http://\(trimmed)"
        return withScheme.hasSuffix("/") ? String(withScheme.dropLast()) : withScheme
    }

    private func withSTS(
        _ given: String?, _ make: (STSClient) -> any CredentialsProvider
    ) -> any CredentialsProvider {
        let usesVPC = usesVPC || isTrue("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED")
        let region = variable("ALIBABA_CLOUD_STS_REGION") ?? (usesVPC ? region : nil)
        do {
            let endpoint = try Endpoint(
                given ?? variable("ALIBABA_CLOUD_STS_ENDPOINT") ?? STSHost.name(region: region, usesVPC: usesVPC))
            return make(STSClient(http: http, endpoint: endpoint, connection: connection, clock: clock, hostTime: now))
        } catch {
            return BrokenProvider(
                failure: PollFailure(
                    reason: .configuration,
                    message: "\(given == nil ? "ALIBABA_CLOUD_STS_ENDPOINT" : "sts_endpoint") is not a valid endpoint; "
                        + "write HOST, HOST:PORT or https://HOST, without a path (http:// on loopback only)"))
        }
    }

    private var cliFile: String? {
        variable("ALIBABA_CLOUD_CONFIG_FILE") ?? home.map { $0 + "/.aliyun/config.json" }
    }

    private var iniFiles: [String] {
        if let file = variable("ALIBABA_CLOUD_CREDENTIALS_FILE") { return [file] }
        return home.map { ["\($0)/.alibabacloud/credentials.ini", "\($0)/.alibabacloud/credentials"] } ?? []
    }

    private var home: String? { variable("HOME") }

    private func variable(_ name: String) -> String? {
        environment[name]?.trimmed.nonEmpty
    }

    private func isTrue(_ name: String) -> Bool {
        variable(name)?.lowercased() == "true"
    }
}

/// What cannot work, and says why each time it is asked.
struct BrokenProvider: CredentialsProvider {
    let failure: PollFailure

    func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials { throw failure }
}
