import Config
import Model

/// What must be the same on every host of an installation, as digests: they show that two configs differ, and not how.
///
/// Secrets are no part of it: each host has its own way to them.
enum ConfigComparison {
    /// By the key in the config.
    static func digests(_ settings: Settings) -> [String: String] {
        let parts: [(key: String, value: Any)] = [
            ("accounts", settings.accounts), ("clusters", settings.clusters), ("instances", settings.instances),
            ("schedule", settings.schedule), ("targets", settings.targets), ("routes", settings.routes),
            ("delivery", settings.delivery), ("first_seen_events", settings.firstSeenEvents),
            ("overdue", settings.overdue), ("cost", settings.cost), ("summaries", settings.summaries),
            ("storage.keep", settings.storage.keep as Any), ("language", settings.language),
        ]
        let digests = parts.map { ($0.key, String(TextHash.of(text(of: $0.value)), radix: 16)) }
        return Dictionary(digests) { first, _ in first }
    }

    /// A value with everything in it, the same in each process: sets and dictionaries have no order of their own.
    private static func text(of value: Any) -> String {
        let mirror = Mirror(reflecting: value)
        guard !mirror.children.isEmpty else { return "\(value)" }
        let children = mirror.children.map { child in "\(child.label ?? ""):\(text(of: child.value))" }
        switch mirror.displayStyle {
        case .set, .dictionary: return "{\(children.sorted().joined(separator: ","))}"
        default: return "(\(children.joined(separator: ",")))"
        }
    }
}
