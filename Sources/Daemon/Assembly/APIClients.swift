package import Config
package import HTTPTransport
package import Model
package import Monitor
package import PolarDB

/// The API clients of a config: one for each account and region that is watched.
package struct APIClients: Sendable {
    private let clients: [AccountRegion: PolarDBClient]

    /// - Parameter alsoFor: accounts and regions that no cluster of the config is in.
    /// - Throws: what reading a proxy's URL throws, and `EndpointError`.
    package init(
        _ settings: Settings, alsoFor others: [AccountRegion] = [], http: any HTTPClient, environment: HostEnvironment,
        read: @escaping SecretReader,
        clock: SystemClock
    ) throws {
        var clients: [AccountRegion: PolarDBClient] = [:]
        let scopes = Set(settings.clusters.map(\.accountRegion) + settings.instances.map(\.accountRegion) + others)
        for (name, scopes) in Dictionary(grouping: scopes, by: \.account) {
            guard let account = settings.account(named: name) else { continue }
            let connection = try ConnectionOptions(account.connection, read: read)
            // One for all regions: the same keys, refreshed once.
            let credentials = CredentialsFactory(
                http: http, environment: environment.variables, read: read, connection: connection,
                region: account.region, usesVPC: account.network == .vpc
            ).provider(for: account.credentials)
            for scope in scopes {
                clients[scope] = PolarDBClient(
                    http: http, endpoint: try Endpoint(account, region: scope.region), region: scope.region,
                    credentials: credentials, connection: connection,
                    now: { clock.now().wall })
            }
        }
        self.clients = clients
    }

    package func client(for scope: AccountRegion) -> PolarDBClient? { clients[scope] }
}

extension APIClients: TaskPoller {
    package func poll(_ order: PollOrder) async -> CallOutcome {
        guard let client = clients[order.scope] else {
            return .failed(
                PollFailure(
                    reason: .configuration,
                    message: "the account \(order.scope.account) is not configured for the region \(order.scope.region)"
                ), order.call)
        }
        return switch order.call {
        case .describeTask(let cluster, let known): .task(await client.describeTask(cluster, known: known))
        case .listTasks(let instance, let page): .list(await client.listTasks(of: instance, page: page))
        case .readProgress(let cluster, let since, let reach):
            .progress(await client.readProgress(of: cluster, since: since, reach: reach))
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
