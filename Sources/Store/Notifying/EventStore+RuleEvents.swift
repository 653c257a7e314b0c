package import Model

extension EventStore {
    /// Writes what a rule made, and what the rule remembers of it, in one commit.
    ///
    /// - Parameter escalated: the original event, and the targets that it was escalated to.
    package func recordRule(
        _ events: [RoutedEvent], rule: RuleRecord?, escalated: (seq: Int64, targets: [String])?, at now: Timestamp
    ) throws -> [StoredEvent] {
        try write { session, tally in
            if let rule, !Planted.isOn(.ruleForgotten) { try Self.write(rule, into: session) }
            if let escalated {
                for target in escalated.targets {
                    try session.run(
                        "INSERT INTO escalations (seq, target, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                        [escalated.seq, target.stored, now.milliseconds])
                }
            }
            return try insert(events, at: now, into: session, &tally)
        }
    }

    /// The figures of what happened in a span of time, and of how things stand now.
    package func summary(since: Timestamp, until now: Timestamp) throws -> SummaryFigures {
        try read { try SummaryQuery(in: $0).figures(since: since, until: now, numbering: numbering) }
    }
}

extension HistoryReader {
    /// The figures of what happened in a span of time, and of how things stand now.
    package func summary(since: Timestamp, until now: Timestamp) throws -> SummaryFigures {
        try SummaryQuery(in: connection.session).figures(since: since, until: now, numbering: numbering)
    }
}
