/// Which alerts a silence holds. Values of one kind are alternatives; different kinds must all match.
package struct SilenceMatchers: Hashable, Sendable {
    /// Ids, names and globs (`*`, `?`, `[…]`) of clusters.
    package var clusters: [String]
    /// Labels that the event's task has.
    package var labels: [Label]
    package var events: [EventKind]
    /// Names of targets.
    package var targets: [String]

    /// `key=value`, as a task has it in the config.
    package struct Label: Hashable, Sendable {
        package let key: String
        package let value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }

        /// - Returns: nil if the text is not `KEY=VALUE` with a key.
        package init?(_ text: String) {
            guard let separator = text.firstIndex(of: "="), separator > text.startIndex else { return nil }
            self.init(key: String(text[..<separator]), value: String(text[text.index(after: separator)...]))
        }

        package var text: String { "\(key)=\(value)" }
    }

    package init(
        clusters: [String] = [], labels: [Label] = [], events: [EventKind] = [], targets: [String] = []
    ) {
        self.clusters = clusters
        self.labels = labels
        self.events = events
        self.targets = targets
    }

    /// Whether it matches everything.
    package var isEmpty: Bool { clusters.isEmpty && labels.isEmpty && events.isEmpty && targets.isEmpty }
}

/// Holds alerts for a time: what matches is sent when it ends, or not at all.
package struct Silence: Hashable, Sendable {
    /// Counts up from 1 within a database.
    package let id: Int64
    package var matchers: SilenceMatchers
    package var startsAt: Timestamp
    /// When it ends or ended: earlier than asked for if somebody ended it.
    package var endsAt: Timestamp
    package var comment: String
    package var author: String
    /// Matching alerts are stored as suppressed and never sent.
    package var drops: Bool

    package init(
        id: Int64, matchers: SilenceMatchers, startsAt: Timestamp, endsAt: Timestamp, comment: String,
        author: String, drops: Bool = false
    ) {
        self.id = id
        self.matchers = matchers
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.comment = comment
        self.author = author
        self.drops = drops
    }

    /// Whether it holds alerts at that time.
    package func isActive(at now: Timestamp) -> Bool { startsAt <= now && now < endsAt }
}

/// Somebody has an event in hand: no more reminders and no escalation of it.
package struct Acknowledgement: Hashable, Sendable {
    package let at: Timestamp
    package let author: String
    package let comment: String?

    package init(at: Timestamp, author: String, comment: String? = nil) {
        self.at = at
        self.author = author
        self.comment = comment
    }
}

/// What holds an alert.
package enum HoldReason: Hashable, Sendable {
    case silence(id: Int64, comment: String)
    /// The route's place in the config: `routes[0]`.
    case hours(route: Int)
}
