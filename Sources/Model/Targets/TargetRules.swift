/// What is fixed about one kind of target: what a config may say of it, and how it is recognised.
///
/// The config, its schema's test, the routes and delivery read it; how a message looks is in the target's own file.
package struct TargetRules: Sendable {
    /// What `mention` of a config is.
    package enum Mention: Hashable, Sendable {
        /// The service has none, or none that a webhook may use.
        case none
        /// A text that goes in front of the message.
        case text
        /// An object with these keys.
        case object(Set<String>)
    }

    /// The keys of a config that only some kinds take, its own among them.
    package var keys: Set<String>
    package var requiredKeys: Set<String>
    /// The keys that no decoder but the general one knows.
    package var options: [TargetOption]
    /// The hosts that the service's own page on incoming webhooks names; a URL with one of them needs no `type`.
    package var hosts: Set<String>
    /// The same for services that give every customer a host: what such hosts end with.
    package var hostSuffixes: [String]
    /// What other programs call the kind.
    package var aliases: Set<String>
    /// The service's address if it has only one.
    package var defaultURL: String?
    /// Whether the URL only says where the service is, and the credential is another key: then it is not secret.
    package var urlIsPublic: Bool
    /// The parameter of the URL's query without which the service refuses every message.
    package var urlParameter: String?
    package var mention: Mention
    /// Whether the service keeps incidents open until their end is reported: it gets what ends one whatever a route says,
    /// and no digests.
    package var keepsIncidents: Bool

    package init(
        keys: Set<String>, required: Set<String> = ["url"], options: [TargetOption] = [], hosts: Set<String> = [],
        hostSuffixes: [String] = [], aliases: Set<String> = [], defaultURL: String? = nil, urlIsPublic: Bool = false,
        urlParameter: String? = nil,
        mention: Mention = .none, keepsIncidents: Bool = false
    ) {
        self.keys = keys.union(options.map(\.name)).union(mention == .none ? [] : ["mention"])
        self.requiredKeys = required.union(options.filter { $0.need == .required }.map(\.name))
        self.options = options
        self.hosts = hosts
        self.hostSuffixes = hostSuffixes
        self.aliases = aliases
        self.defaultURL = defaultURL
        self.urlIsPublic = urlIsPublic
        self.urlParameter = urlParameter
        self.mention = mention
        self.keepsIncidents = keepsIncidents
    }
}
