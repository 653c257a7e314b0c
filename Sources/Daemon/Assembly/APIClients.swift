package import Config
package import HTTPTransport
package import Model
package import Monitor
package import PolarDB

/// The API clients of a config: one for each account and region that is watched.
package struct APIClients: Sendable {
    private let clients: [AccountRegion: PolarDBClient]

    /// - Parameters:
    ///   - alsoFor: accounts and regions that no cluster of the config is in.
    ///   - offset: of the host's clock, which all of them learn and use.
    /// - Throws: what reading a proxy's URL throws, and `EndpointError`.
    package init(
        _ settings: Settings, alsoFor others: [AccountRegion] = [], http: any HTTPClient, environment: HostEnvironment,
        read: @escaping SecretReader, clock: SystemClock, offset: ClockOffset = ClockOffset()
    ) throws {
        var clients: [AccountRegion: PolarDBClient] = [:]
        let scopes = Set(settings.clusters.map(\.accountRegion) + settings.instances.map(\.accountRegion) + others)
        for (name, scopes) in Dictionary(grouping: scopes, by: \.account) {
            guard let account = settings.account(named: name) else { continue }
            let connection = try ConnectionOptions(account.connection, read: read)
            // One for all regions: the same keys, refreshed once.
            let credentials = CredentialsFactory(
                http: http, environment: environment.variables, read: read, connection: connection,
                region: account.region, usesVPC: account.network == .vpc, clock: offset
            ).provider(for: account.credentials)
            for scope in scopes {
                clients[scope] = PolarDBClient(
                    http: http, endpoint: try Endpoint(account, region: scope.region), region: scope.region,
                    credentials: credentials, connection: connection, clock: offset,
                    now: { clock.now().wall })
            }
        }
        self.clients = clients
    }

    package func client(for scope: AccountRegion) -> PolarDBClient? { clients[scope] }
}

extension APIClients: TaskPoller {
    package func poll(_ order: PollOrder) async -> PollOutcome {
        do {
            return try await client(of: order).describeTask(order.cluster, known: order.known)
        } catch {
            return .failure(error)
        }
    }

    package func lastLogLines(_ order: PollOrder, _ facts: TaskFacts) async throws(PollFailure) -> [String] {
        try await client(of: order).lastLogLines(of: order.cluster, facts)
    }

    private func client(of order: PollOrder) throws(PollFailure) -> PolarDBClient {
        guard let client = clients[order.scope] else {
            throw PollFailure(
                reason: .configuration,
                message: "the account \(order.scope.account) is not configured for the region \(order.scope.region)")
        }
        return client
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
