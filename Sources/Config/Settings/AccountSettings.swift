package import Model

/// An Alibaba Cloud account and how its API is called: `api`, or one entry of `accounts`.
package struct AccountSettings: Hashable, Sendable {
    /// The account that the top-level `api` describes.
    package static let defaultName = "default"

    package var name: String
    /// Where a cluster names none. Nil only where no cluster or instance needs it.
    package var region: String?
    /// `host`, `host:port` or a URL, checked; nil means by region and network.
    package var endpoint: String?
    package var network: Network
    package var credentials: CredentialSettings
    /// Per region.
    package var callsPerSecond: Double
    /// Calls that may be made at once after a quiet time, per region.
    package var burst: Int
    package var connection: ConnectionSettings

    package init(
        name: String = AccountSettings.defaultName, region: String? = nil, endpoint: String? = nil,
        network: Network = .public, credentials: CredentialSettings = .defaultChain, callsPerSecond: Double = 2,
        burst: Int = 5, connection: ConnectionSettings = AccountSettings.defaultConnection
    ) {
        self.name = name
        self.region = region
        self.endpoint = endpoint
        self.network = network
        self.credentials = credentials
        self.callsPerSecond = callsPerSecond
        self.burst = burst
        self.connection = connection
    }

    package static let defaultConnection = ConnectionSettings(connectTimeout: .seconds(5), timeout: .seconds(10))
}

/// Which of a region's addresses is called.
package enum Network: String, CaseIterable, Sendable {
    case `public`
    case vpc
}
