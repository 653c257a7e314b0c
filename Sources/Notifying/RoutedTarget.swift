package import Model

/// A target as far as routing knows it.
package struct RoutedTarget: Hashable, Sendable {
    package let name: String
    package let kind: TargetKind

    package init(name: String, kind: TargetKind) {
        self.name = name
        self.kind = kind
    }

    var keepsIncidents: Bool { kind.rules.keepsIncidents }
    /// Silences and hours never touch the journal.
    var canBeHeld: Bool { kind != .systemd }
}
