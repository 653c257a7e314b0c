/// What `silence add` and `POST /v1/silences` ask for, as it was written.
package struct SilenceOrder: Hashable, Sendable {
    package var clusters: [String]
    /// `KEY=VALUE` each.
    package var labels: [String]
    package var events: [String]
    package var targets: [String]
    /// Everything: only without any of those above.
    package var all: Bool
    package var until: Timestamp
    package var comment: String
    package var author: String
    package var drops: Bool

    package init(
        clusters: [String] = [], labels: [String] = [], events: [String] = [], targets: [String] = [],
        all: Bool = false, until: Timestamp, comment: String, author: String, drops: Bool = false
    ) {
        self.clusters = clusters
        self.labels = labels
        self.events = events
        self.targets = targets
        self.all = all
        self.until = until
        self.comment = comment
        self.author = author
        self.drops = drops
    }

    /// Checks all of it.
    ///
    /// - Parameter knownTargets: the names of the config's targets; nil if the config cannot be read.
    /// - Throws: `OrderMistake`, which says what would be right.
    package func checked(
        knownTargets: Set<String>?, at now: Timestamp?
    ) throws(OrderMistake) -> (matchers: SilenceMatchers, comment: String, author: String) {
        let isEmpty = clusters.isEmpty && labels.isEmpty && events.isEmpty && targets.isEmpty
        guard isEmpty == all else {
            throw OrderMistake(
                all
                    ? "`all` cannot be combined with cluster, label, event or target."
                    : "Set at least one of cluster, label, event and target, or `all`.")
        }
        for values in [clusters, labels, events, targets] {
            guard values.count <= Self.mostValues else {
                throw OrderMistake(
                    "At most \(Self.mostValues) values of one kind are possible; use patterns such as nightly-*.")
            }
            for value in values { try Self.check(value) }
        }
        if let now { try checkEnd(at: now) }
        return (
            SilenceMatchers(
                clusters: clusters, labels: try readLabels(), events: try readEvents(),
                targets: try readTargets(knownTargets)),
            try OperatorText.comment(comment), try OperatorText.author(author)
        )
    }

    private func checkEnd(at now: Timestamp) throws(OrderMistake) {
        guard until > now else { throw OrderMistake("The end of the silence, \(until.rfc3339), has already passed.") }
        guard until.since(now) <= Self.longest else {
            throw OrderMistake("The end of the silence is more than ten years ahead.")
        }
    }

    private static let mostValues = 100
    private static let longest = Duration.seconds(3653 * 86_400)

    private static func check(_ value: String) throws(OrderMistake) {
        guard !value.isEmpty else { throw OrderMistake("An empty string matches nothing; leave it out.") }
        guard value.utf8.count <= 1024 else { throw OrderMistake("A value is longer than 1024 bytes.") }
    }

    private func readLabels() throws(OrderMistake) -> [SilenceMatchers.Label] {
        var read: [SilenceMatchers.Label] = []
        for text in labels {
            guard let label = SilenceMatchers.Label(text) else {
                throw OrderMistake("A label is written KEY=VALUE, for example team=nlp.")
            }
            read.append(label)
        }
        return read
    }

    private func readEvents() throws(OrderMistake) -> [EventKind] {
        var read: [EventKind] = []
        for text in events {
            guard let event = EventKind(rawValue: text) else {
                let known = EventKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw OrderMistake("There is no event \(text); the events are \(known).")
            }
            read.append(event)
        }
        return read
    }

    private func readTargets(_ known: Set<String>?) throws(OrderMistake) -> [String] {
        guard let known else { return targets }
        for name in targets where !known.contains(name) {
            let list = known.isEmpty ? "" : "; its targets are: \(known.sorted().joined(separator: ", "))"
            throw OrderMistake("The config has no target \(name)\(list).")
        }
        return targets
    }
}

/// What operators write beside an order: one line each, bounded.
package enum OperatorText {
    private static let longestComment = 2000
    private static let longestAuthor = 200

    /// The comment as it is stored.
    package static func comment(_ text: String) throws(OrderMistake) -> String {
        try check(text, named: "comment", longest: longestComment, ifEmpty: "give the reason")
    }

    /// The name as it is stored.
    package static func author(_ text: String) throws(OrderMistake) -> String {
        try check(text, named: "author", longest: longestAuthor, ifEmpty: "say who does this")
    }

    private static func check(
        _ text: String, named name: String, longest: Int, ifEmpty advice: String
    ) throws(OrderMistake) -> String {
        let text = text.trimmed
        guard !text.isEmpty else { throw OrderMistake("The \(name) is empty: \(advice).") }
        guard text.utf8.count <= longest else { throw OrderMistake("The \(name) is longer than \(longest) bytes.") }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw OrderMistake("The \(name) contains a line break or another control character; write one line.")
        }
        return text
    }
}

/// Why an order of an operator is not carried out: a sentence that says what would be right.
package struct OrderMistake: Error, Hashable, Sendable {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }
}
