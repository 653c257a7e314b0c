import Sharing
import Systemd

/// Says once of each difference between this host's config and another one's which keys differ. Values are nobody's
/// business.
struct ConfigDifferences {
    private var known: [String: [String]] = [:]

    /// Differences that are new, or other than before, and those that are gone.
    mutating func news(of view: MembershipView) -> [JournalEntry] {
        guard view.hosts != nil else { return [] }
        var entries: [JournalEntry] = []
        let others = view.others
        // A host that has just begun has not named its config yet.
        for other in others where !other.entry.config.isEmpty {
            let keys = view.entry.differences(from: other.entry)
            let before = known[other.entry.owner] ?? []
            guard keys != before else { continue }
            known[other.entry.owner] = keys
            entries.append(Self.entry(keys, other.entry))
        }
        let owners = Set(others.map(\.entry.owner))
        known = known.filter { owners.contains($0.key) }
        return entries
    }

    private static func entry(_ keys: [String], _ other: HostEntry) -> JournalEntry {
        let name = other.title
        guard !keys.isEmpty else {
            return JournalEntry("The config is the same as on host \(name) again.", priority: .notice)
        }
        return JournalEntry(
            "The config differs from that of host \(name), which shares this database, in: "
                + "\(keys.joined(separator: ", ")). Each host works by its own config: make them the same, and reload both.",
            priority: .warning)
    }
}
