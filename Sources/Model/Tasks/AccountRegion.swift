/// An account in one region: what Alibaba Cloud counts a quota by, and what fails as one when its credentials do.
package struct AccountRegion: Hashable, Sendable, CustomStringConvertible {
    /// The account's name in the config; `default` for the top-level `api`.
    package let account: String
    /// `cn-beijing` say.
    package let region: String

    package init(account: String, region: String) {
        self.account = account
        self.region = region
    }

    package var description: String { "\(account)/\(region)" }
}
