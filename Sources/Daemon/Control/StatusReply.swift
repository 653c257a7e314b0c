package import Model
import Store

/// What `GET /v1/status` answers: what the database has, and what only the running daemon knows.
enum StatusReply {
    /// - Parameter trouble: what is wrong with the database; nil if nothing is.
    static func make(_ report: StatusReport, trouble: StorageTrouble?) -> JSONValue {
        guard case .object(var members) = report.json else { return report.json }
        members["database"] = database(trouble)
        return .object(members)
    }

    /// - Parameters:
    ///   - trouble: why the database cannot be read.
    ///   - daemon: who answers.
    static func unreadable(_ trouble: StorageTrouble, daemon: DaemonInfo) -> ControlReply {
        ControlReply(
            503,
            .object([
                "error": .string("the database cannot be read: \(trouble.error)"), "database": database(trouble),
                "daemon": DaemonInfo.json(of: daemon),
            ]))
    }

    private static func database(_ trouble: StorageTrouble?) -> JSONValue {
        .object([
            "reachable": .bool(trouble == nil),
            "since": trouble.map { .string($0.since.rfc3339) } ?? .null,
            "error": trouble.map { .string($0.error) } ?? .null,
        ])
    }
}

/// What the poll loop knows and the database does not yet: it is written once a minute.
package struct Unsaved: Sendable {
    package let pollTimes: [PollTimes]
    package let progress: [ProgressUpdate]
}

extension StatusReport {
    /// - Parameter now: a poll that was due before is due now.
    func updated(by unsaved: Unsaved, at now: Timestamp) -> StatusReport {
        let times = Dictionary(unsaved.pollTimes.map { ($0.cluster, $0) }) { $1 }
        let progress = Dictionary(unsaved.progress.map { ($0.record.cluster, $0.record) }) { $1 }
        var report = self
        report.clusters = clusters.map { row in
            var row = row
            if let times = times[row.cluster] {
                row.lastPollAt = times.lastPollAt
                row.nextPollAt = times.nextPollAt
                row.lastError = times.lastError
            }
            row.nextPollAt = row.nextPollAt.map { max($0, now) }
            if var progress = progress[row.cluster] {
                // The run is over: nothing of it is left.
                if row.status?.isTraining != true { progress.expectedEnd = nil }
                row.progress = progress
            }
            return row
        }
        return report
    }
}
