package import Model

/// An Alibaba Cloud account and how its API is called: `api`, or one entry of `accounts`.
package struct AccountSettings: Hashable, Sendable {
    /// The account that the top-level `api` describes.
    package static let defaultName = "default"

    package var name = AccountSettings.defaultName
    /// Where a cluster names none. Nil only where no cluster or instance needs it.
    package var region: String?
    /// `host`, `host:port` or a URL, checked; nil means by region and network.
    package var endpoint: String?
    package var network = Network.public
    package var credentials = CredentialSettings.defaultChain
    /// Per region.
    package var callsPerSecond: Double = 2
    /// Calls that may be made at once after a quiet time, per region.
    package var burst = 5
    package var connection = AccountSettings.defaultConnection

    package static let defaultConnection = ConnectionSettings(connectTimeout: .seconds(5), timeout: .seconds(10))
}

/// Which of a region's addresses is called.
package enum Network: String, CaseIterable, Sendable {
    case `public`
    case vpc
}
