import GRDB
package import Model

extension EventStore {
    /// Writes what a rule made, and what the rule remembers of it, in one commit.
    ///
    /// - Parameter escalated: the original event, and the targets that it was escalated to.
    package func recordRule(
        _ events: [RoutedEvent], rule: RuleRecord?, escalated: (seq: Int64, targets: [String])?, at now: Timestamp
    ) throws -> [StoredEvent] {
        try write { database, tally in
            if let rule { try Self.write(rule, into: database) }
            if let escalated {
                let statement = try database.cachedStatement(
                    sql: "INSERT OR IGNORE INTO escalations (seq, target, at) VALUES (?, ?, ?)")
                for target in escalated.targets {
                    try statement.execute(arguments: [escalated.seq, target.stored, now.milliseconds])
                }
            }
            return try insert(events, at: now, into: database, &tally)
        }
    }

    /// The figures of what happened in a span of time, and of how things stand now.
    package func summary(since: Timestamp, until now: Timestamp) throws -> SummaryFigures {
        try read { database in
            try SummaryQuery.figures(since: since, until: now, numbering: numbering) { sql, values in
                try String.fetchOne(database.cachedStatement(sql: sql), arguments: StatementArguments(values))
            }
        }
    }
}

extension HistoryReader {
    /// The figures of what happened in a span of time, and of how things stand now.
    package func summary(since: Timestamp, until now: Timestamp) throws -> SummaryFigures {
        try SummaryQuery.figures(since: since, until: now, numbering: numbering) { sql, values in
            let statement = try connection.prepare(sql, values.map { .integer($0) })
            return try statement.step() ? statement.text(0) : nil
        }
    }
}
