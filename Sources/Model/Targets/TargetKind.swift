/// A kind of target: a service that can be notified. Two kinds of the same name are the same.
///
/// A kind is declared in the file that renders its messages and judges its answers; the registry of targets lists all.
package struct TargetKind: Hashable, Sendable, CustomStringConvertible {
    /// `type` in a config.
    package let rawValue: String
    package let rules: TargetRules

    package init(_ name: String, _ rules: TargetRules) {
        rawValue = name
        self.rules = rules
    }

    package static func == (one: Self, other: Self) -> Bool { one.rawValue == other.rawValue }

    package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

    package var description: String { rawValue }
}

/// The kinds that other floors than delivery know by name, because their settings mean something there.
extension TargetKind {
    /// What a target without a `type` is if its URL belongs to no known service.
    package static let webhook = TargetKind(
        "webhook",
        TargetRules(keys: ["url", "secret", "headers", "template", "format"], aliases: ["http", "generic"]))

    /// The journal: needs no URL, and is there if a config has no targets.
    package static let systemd = TargetKind(
        "systemd", TargetRules(keys: [], required: [], aliases: ["journal", "journald"]))

    /// `url` or `urls`: the config says which is missing.
    package static let alertmanager = TargetKind(
        "alertmanager",
        TargetRules(keys: ["url", "urls", "hold"], required: [], urlIsPublic: true, keepsIncidents: true))

    /// Its calls are signed with the credentials of an account.
    package static let cloudMonitor = TargetKind(
        "cloudmonitor",
        TargetRules(
            keys: ["account", "group_id", "event_name", "endpoint"], required: [],
            aliases: ["cms", "cloud_monitor", "cloud-monitor"], urlIsPublic: true))

    package static let email = TargetKind(
        "email",
        TargetRules(
            keys: ["url", "username", "password", "from", "to", "helo"], required: ["url", "from", "to"],
            aliases: ["mail", "smtp", "e-mail"], urlIsPublic: true))

    /// A program under the config's `hooks`.
    package static let command = TargetKind(
        "command",
        TargetRules(keys: ["hook", "socket"], required: ["hook"], aliases: ["exec", "script", "program", "hook"]))
}
