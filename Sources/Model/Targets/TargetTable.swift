/// All kinds of target that a program knows: one entry each, read by the config, by `doctor` and by delivery.
package struct TargetTable: Sendable {
    package let kinds: [TargetKind]

    package init(_ kinds: [TargetKind]) {
        self.kinds = kinds
    }

    /// The kind of this name, as `type` in a config says it.
    package func kind(named name: String) -> TargetKind? {
        kinds.first { $0.rawValue == name }
    }

    /// The kind whose service has this host; nil if no known service has it.
    package func kind(ofHost host: String) -> TargetKind? {
        let host = host.lowercased()
        return kinds.first { kind in
            kind.rules.hosts.contains(host) || kind.rules.hostSuffixes.contains { host.hasSuffix($0) }
        }
    }

    /// What other programs call the kinds.
    package var aliases: [String: String] {
        kinds.reduce(into: [:]) { aliases, kind in
            for alias in kind.rules.aliases { aliases[alias] = kind.rawValue }
        }
    }

    /// The names of all keys that only some kinds have.
    package var optionNames: Set<String> {
        Set(kinds.flatMap(\.rules.options).map(\.name))
    }
}
