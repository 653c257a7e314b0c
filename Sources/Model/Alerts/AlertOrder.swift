/// What an operator can do with alerts.
package enum AlertAction: String, Sendable {
    /// Make the dead and the waiting due now.
    case retry
    /// Give up what waits or is dead.
    case drop
}

/// Which alerts to retry or to drop: by id, by target, or both.
package struct AlertOrder: Hashable, Sendable {
    /// `<installation>-<seq>`; nil means all that wait for `target` or are dead.
    package var ids: [String]?
    package var target: String?
    /// Only those of events observed at or after this.
    package var since: Timestamp?
    /// Retry also what was delivered: the receiver gets it twice. Only with `ids`.
    package var again = false

    package init(ids: [String]? = nil, target: String? = nil, since: Timestamp? = nil, again: Bool = false) {
        self.ids = ids
        self.target = target
        self.since = since
        self.again = again
    }
}

/// An alert as an operator names it.
package struct AlertName: Hashable, Sendable {
    package let id: String
    package let target: String
    /// Its state before the order; nil if that is not known.
    package let was: AlertState?

    package init(id: String, target: String, was: AlertState? = nil) {
        self.id = id
        self.target = target
        self.was = was
    }
}

/// What an order did.
package struct AlertAnswer: Hashable, Sendable {
    /// The first of them, up to `listed`.
    package private(set) var changed: [AlertName]
    /// Named by the order, but in a state to which it does not apply; the first of them.
    package private(set) var unchanged: [AlertName]
    /// Ids of no alert that is stored.
    package private(set) var unknown: [String]
    /// How many were changed in all.
    package private(set) var changedCount: Int
    package private(set) var unchangedCount: Int
    /// The targets whose alerts were changed.
    package private(set) var targets: Set<String>
    /// The order's target, if there is no such target.
    package private(set) var unknownTarget: String?

    /// How many alerts are named at most: of a hundred thousand, a count says more.
    package static let listed = 1000

    /// - Parameters:
    ///   - changedCount: nil means as many as are named.
    package init(
        changed: [AlertName] = [], unchanged: [AlertName] = [], unknown: [String] = [], changedCount: Int? = nil,
        unchangedCount: Int? = nil, unknownTarget: String? = nil
    ) {
        self.changed = Array(changed.prefix(Self.listed))
        self.unchanged = Array(unchanged.prefix(Self.listed))
        self.unknown = unknown
        self.changedCount = changedCount ?? changed.count
        self.unchangedCount = unchangedCount ?? unchanged.count
        self.unknownTarget = unknownTarget
        targets = Set(changed.map(\.target))
    }

    /// Adds what the next part of the same order did.
    package mutating func add(_ part: AlertAnswer) {
        changed += part.changed.prefix(max(0, Self.listed - changed.count))
        unchanged += part.unchanged.prefix(max(0, Self.listed - unchanged.count))
        unknown += part.unknown
        changedCount += part.changedCount
        unchangedCount += part.unchangedCount
        targets.formUnion(part.targets)
        unknownTarget = unknownTarget ?? part.unknownTarget
    }
}
