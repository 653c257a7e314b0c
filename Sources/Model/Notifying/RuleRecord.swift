/// What one rule of who is notified when remembers.
package struct RuleRecord: Hashable, Sendable {
    /// What the rule is about.
    package enum Kind: String, Sendable {
        /// Its key identifies the route.
        case reminder
        /// Its key is the name of a target.
        case escalation
        /// Its key identifies the entry of `summaries`.
        case summary
    }

    package let kind: Kind
    /// What identifies the rule across a change of the config.
    package let key: String
    /// When it was first in force.
    package let since: Timestamp
    /// When the last one was due; nil before the first.
    package var lastAt: Timestamp?
    /// Up to when the last summary covered what happened.
    package var coveredUntil: Timestamp?

    package init(kind: Kind, key: String, since: Timestamp, lastAt: Timestamp? = nil, coveredUntil: Timestamp? = nil) {
        self.kind = kind
        self.key = key
        self.since = since
        self.lastAt = lastAt
        self.coveredUntil = coveredUntil
    }
}
