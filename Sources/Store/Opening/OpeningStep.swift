/// What opening a database is busy with, for whoever must ask systemd for more time.
package enum OpeningStep: Hashable, Sendable {
    case creating
    case checking
    case copying(fromVersion: Int)
    case migrating(fromVersion: Int, toVersion: Int)
}

/// How far a commit goes before it is called done.
package enum Durability: Sendable {
    /// On the disk: a power loss takes nothing back. What the daemon uses.
    case full
    /// In the kernel: survives the process, not the machine. For simulations of months in seconds.
    case none

    var pragma: String {
        switch self {
        case .full: "FULL"
        case .none: "OFF"
        }
    }
}
