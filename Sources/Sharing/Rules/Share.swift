package import Model

/// What exactly one host of an installation does at a time.
package enum Share: Hashable, Sendable {
    /// Polling an account in a region.
    case scope(AccountRegion)
    /// Serving the targets that share a credential, by the name of the first of them.
    case targets(String)
    /// What the installation needs done once: deleting old rows, summaries, reminders, heartbeats.
    case upkeep

    /// Shares of one kind are divided among the hosts by themselves.
    package enum Kind: Hashable, Sendable {
        case scope, targets, upkeep
    }

    package var kind: Kind {
        switch self {
        case .scope: .scope
        case .targets: .targets
        case .upkeep: .upkeep
        }
    }

    /// As the database has it: `scope default/cn-beijing`.
    package var name: String {
        switch self {
        case .scope(let scope): "scope \(scope.account)/\(scope.region)"
        case .targets(let group): "targets \(group)"
        case .upkeep: "upkeep"
        }
    }

    /// - Returns: nil where a newer version of the program has written something else.
    package init?(name: String) {
        if name == "upkeep" {
            self = .upkeep
            return
        }
        let (kind, rest) = name.halves(at: " ")
        guard let rest, !rest.isEmpty else { return nil }
        switch kind {
        case "targets": self = .targets(rest)
        case "scope":
            // A region has no slash.
            guard let slash = rest.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
            let (account, region) = (rest[..<slash], rest[rest.utf8.index(after: slash)...])
            guard !account.isEmpty, !region.isEmpty else { return nil }
            self = .scope(AccountRegion(account: String(account), region: String(region)))
        default: return nil
        }
    }
}

extension Share: Comparable {
    /// By name, so that every host has the same order.
    package static func < (left: Share, right: Share) -> Bool { left.name < right.name }
}
