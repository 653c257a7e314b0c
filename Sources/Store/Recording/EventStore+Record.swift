import Foundation
import GRDB
package import Model

extension EventStore {
    /// Writes what one turn of the monitor decided, in one commit: numbered events, an alert for each of their
    /// targets, the clusters' new state, answers, poll times, scopes, progress, and who is watched. All of it, or nothing
    /// and an error.
    ///
    /// - Parameter now: when the alerts were made, and when those at the head of their line are due.
    /// - Returns: the events in the given order, with the numbers they got: without gaps, starting after the last.
    package func record(_ recording: Recording, at now: Timestamp) throws -> [StoredEvent] {
        guard !recording.isEmpty else { return [] }
        return try write { database, tally in try insert(recording, at: now, into: database, &tally) }
    }

    /// Like `record`, but what the database does not take of one cluster does not keep the rest from being stored.
    package func recordWhatIsAccepted(_ recording: Recording, at now: Timestamp) throws -> Recorded {
        do {
            return Recorded(events: try record(recording, at: now), recording: recording)
        } catch let error as StoreError {
            guard case .refused = error else { throw error }
            let refused = try trial(of: recording, at: now)
            guard !refused.isEmpty else { throw error }
            let rest = recording.part { refused[$0] == nil }
            return Recorded(events: try record(rest, at: now), recording: rest, refused: refused)
        }
    }

    /// Writes each cluster's part by itself, and takes it back.
    ///
    /// - Returns: what was refused, and why.
    private func trial(of recording: Recording, at now: Timestamp) throws -> [ClusterID?: String] {
        try checkFile()
        var refused: [ClusterID?: String] = [:]
        do {
            try queue.writeWithoutTransaction { database in
                for subject in recording.subjects {
                    do {
                        try database.inTransaction(.immediate) {
                            var tally = AlertTally()
                            _ = try insert(recording.part { $0 == subject }, at: now, into: database, &tally)
                            return .rollback
                        }
                    } catch let error as DatabaseError {
                        let translated = StoreError.translating(error, path: path)
                        guard case StoreError.refused(_, let detail) = translated else { throw translated }
                        refused[subject] = detail
                    }
                }
            }
        } catch {
            throw StoreError.translating(error, path: path)
        }
        return refused
    }

    private func insert(
        _ recording: Recording, at now: Timestamp, into database: Database, _ tally: inout AlertTally
    ) throws -> [StoredEvent] {
        let stored = try insert(recording.events, at: now, into: database, &tally)
        try beginWatching(recording.discovered, in: database)
        try endWatching(recording.retired, in: database)
        try upsert(recording.clusters, into: database)
        try upsert(recording.answers, into: database)
        try update(recording.pollTimes, in: database)
        try replace(recording.scopes, in: database)
        try write(recording.progress, into: database)
        try insert(recording.listed, into: database)
        try write(recording.runs, at: now, into: database)
        return stored
    }

    /// Numbers the events and puts an alert for each of their targets into its line.
    func insert(
        _ events: [RoutedEvent], at now: Timestamp, into database: Database, _ tally: inout AlertTally
    ) throws -> [StoredEvent] {
        guard !events.isEmpty else { return [] }
        let insertion = try database.cachedStatement(sql: EventRow.insertion)
        var stored: [StoredEvent] = []
        stored.reserveCapacity(events.count)
        for routed in events {
            try insertion.execute(arguments: EventRow.arguments(of: routed.event))
            let seq = database.lastInsertedRowID
            for alert in routed.alerts {
                tally.add(try NewAlert(seq, routed.event, alert).insert(at: now, into: database))
            }
            tally.newestEvent = seq
            stored.append(StoredEvent(numbering.id(seq), event: routed.event))
        }
        return stored
    }

    private func upsert(_ clusters: [ClusterRecord], into database: Database) throws {
        guard !clusters.isEmpty else { return }
        let statement = try database.cachedStatement(sql: ClusterRow.upsert)
        for cluster in clusters {
            try statement.execute(arguments: ClusterRow.arguments(of: cluster))
        }
    }

    private func upsert(_ answers: [AnswerRecord], into database: Database) throws {
        guard !answers.isEmpty else { return }
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO answers (cluster, observed_at, request_id, body) VALUES (?, ?, ?, ?)
                ON CONFLICT (cluster) DO UPDATE SET
                    observed_at = excluded.observed_at, request_id = excluded.request_id, body = excluded.body
                """)
        for answer in answers {
            try statement.execute(arguments: [
                answer.cluster.rawValue.stored, answer.observedAt.milliseconds, answer.requestID.stored,
                Data(answer.body),
            ])
        }
    }

    private func update(_ pollTimes: [PollTimes], in database: Database) throws {
        guard !pollTimes.isEmpty else { return }
        let statement = try database.cachedStatement(
            sql: """
                UPDATE clusters SET last_good_at = ?, last_poll_at = ?, next_poll_at = ?, last_error = ? WHERE id = ?
                """)
        for times in pollTimes {
            try statement.execute(arguments: [
                times.lastGoodAt?.milliseconds, times.lastPollAt?.milliseconds, times.nextPollAt?.milliseconds,
                times.lastError.stored, times.cluster.rawValue.stored,
            ])
        }
    }

    private func replace(_ scopes: [ScopeRecord], in database: Database) throws {
        for record in scopes {
            let scope = record.scope
            if let failingSince = record.failingSince {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO scopes (account, region, failing_since) VALUES (?, ?, ?)
                        ON CONFLICT (account, region) DO UPDATE SET failing_since = excluded.failing_since
                        """
                ).execute(arguments: [scope.account.stored, scope.region.stored, failingSince.milliseconds])
            } else {
                try database.cachedStatement(sql: "DELETE FROM scopes WHERE account = ? AND region = ?")
                    .execute(arguments: [scope.account.stored, scope.region.stored])
            }
        }
    }
}
