package import Alerts
package import Config
package import HTTPTransport
package import Model
package import Monitor
package import PolarDB

/// The API clients of a config: one for each account and region that is watched.
package struct APIClients: Sendable {
    private let clients: [AccountRegion: PolarDBClient]
    private let providers: [CredentialsCache.Key: any CredentialsProvider]
    private let accounts: [String: ObservedCredentials]
    private let shared: APIShared

    /// - Parameters:
    ///   - alsoFor: accounts and regions that no cluster of the config is in.
    ///   - shared: what all of them use and what outlives a reload; a command has its own.
    /// - Throws: what reading a proxy's URL throws, and `EndpointError`. Nothing has changed then.
    package init(
        _ settings: Settings, alsoFor others: [AccountRegion] = [], http: any HTTPClient, environment: HostEnvironment,
        read: @escaping SecretReader, clock: SystemClock, shared: APIShared = APIShared()
    ) throws {
        var clients: [AccountRegion: PolarDBClient] = [:]
        var providers: [CredentialsCache.Key: any CredentialsProvider] = [:]
        var accounts: [String: ObservedCredentials] = [:]
        let scopes = Set(settings.clusters.map(\.accountRegion) + settings.instances.map(\.accountRegion) + others)
        var groups = Dictionary(grouping: scopes, by: \.account)
        for target in settings.targets where target.kind == .cloudMonitor {
            groups[target.options.cloudMonitor.account, default: []] += []
        }
        for (name, scopes) in groups {
            guard let account = settings.account(named: name) else { continue }
            let connection = try ConnectionOptions(account.connection, read: read)
            // One for all regions: the same keys, refreshed once.
            let key = CredentialsCache.Key(
                credentials: account.credentials, connection: connection, region: account.region,
                usesVPC: account.network == .vpc)
            let credentials = shared.credentials.provider(key) {
                CredentialsFactory(
                    http: http, environment: environment.variables, read: read, connection: connection,
                    region: account.region, usesVPC: account.network == .vpc, clock: shared.clockOffset,
                    now: { clock.now().wall }
                ).provider(for: account.credentials)
            }
            providers[key] = credentials
            let observed = ObservedCredentials(credentials)
            accounts[name] = observed
            for scope in scopes {
                clients[scope] = PolarDBClient(
                    http: http, endpoint: try Endpoint(account, region: scope.region), region: scope.region,
                    credentials: observed, connection: connection, clock: shared.clockOffset,
                    now: { clock.now().wall })
            }
        }
        self.clients = clients
        self.providers = providers
        self.accounts = accounts
        self.shared = shared
    }

    /// From now on these are the clients in use: credentials that only the config before used are forgotten.
    package func takeEffect() {
        shared.credentials.keep(providers)
    }

    /// When the temporary credentials that were used last expire, by account.
    var credentialsExpiry: [String: Timestamp] { accounts.compactMapValues(\.expiration) }

    package func client(for scope: AccountRegion) -> PolarDBClient? { clients[scope] }

    /// Signs calls of other APIs with the accounts' credentials, for targets that are one.
    package var signer: CloudSigner {
        { [accounts] call, time throws(CloudSigningFailure) in
            guard let credentials = accounts[call.account] else {
                throw CloudSigningFailure("there is no account \(call.account) in the config", isTemporary: false)
            }
            do {
                let endpoint = try Endpoint(call.endpoint)
                let request = try await CloudRequest(
                    endpoint: endpoint, action: call.action, version: call.version, query: call.query
                ).signed(by: credentials, at: time)
                return SignedCloudCall(url: request.url, headers: request.headers, secrets: request.secrets)
            } catch let failure as PollFailure {
                throw CloudSigningFailure(failure.message, isTemporary: failure.reason.mayPass)
            } catch {
                throw CloudSigningFailure("\(error)", isTemporary: false)
            }
        }
    }
}

/// What the API clients of one config and the next have in common.
package struct APIShared: Sendable {
    /// How far the host's clock is from Alibaba Cloud's.
    package let clockOffset = ClockOffset()
    let credentials = CredentialsCache()

    package init() {}
}

extension APIClients: TaskPoller {
    package func poll(_ order: PollOrder) async -> CallOutcome {
        guard let client = clients[order.scope] else {
            let failure = PollFailure(
                reason: .configuration,
                message: "the account \(order.scope.account) is not configured for the region \(order.scope.region)")
            return .failed(failure, order.call)
        }
        return switch order.call {
        case .describeTask(let cluster, let known): .task(await client.describeTask(cluster, known: known))
        case .listTasks(let instance, let page): .list(await client.listTasks(of: instance, page: page))
        case .readProgress(let cluster, let since, let reach):
            .progress(await client.readProgress(of: cluster, since: since, reach: reach))
        case .readLog(let cluster, let facts): .log(await client.lastLogLines(of: cluster, facts))
        }
    }
}

extension Endpoint {
    init(_ account: AccountSettings, region: String) throws(EndpointError) {
        if let text = account.endpoint {
            try self.init(text)
        } else {
            self.init(region: region, usesVPC: account.network == .vpc)
        }
    }
}

extension FailureReason {
    /// Whether the same may work later without anybody's help.
    fileprivate var mayPass: Bool {
        switch self {
        case .network, .timeout, .server, .throttled, .malformed, .unknown: true
        default: false
        }
    }
}
