import Config
import Daemon
import HTTPTransport
import Model
import Store

/// What the running daemon says of itself: fresher than the database, which has the times of polls to the minute.
struct LiveStatus {
    /// The object of `GET /v1/status`, shaped as `status --format json` prints it.
    let json: JSONValue

    /// A command that shows what is stored must not wait for a daemon that hangs.
    static let patience = Duration.seconds(2)

    /// - Parameters:
    ///   - daemon: who holds the database that is shown: another daemon's answer is of no use.
    ///   - isOptional: whether nothing need be said if it does not answer.
    /// - Returns: nil if it does not answer.
    static func ask(_ daemon: DaemonInfo, isOptional: Bool = false) async -> LiveStatus? {
        let reply: ControlReply
        do throws(ControlClientError) {
            reply = try await ControlClient.ask(.get, "/v1/status", limit: patience)
        } catch {
            if isOptional { return nil }
            StandardError.write(
                "The daemon did not answer, so this is what the database contains; poll times may lag by up to a minute. "
                    + "(\(error.message))")
            return nil
        }
        guard reply.status == 200, daemon.isSource(of: reply.body) else { return nil }
        return LiveStatus(json: reply.body)
    }

    /// Trouble with the database, as STATUS says it; nil if there is none.
    var storageTrouble: String? {
        guard let database = json["database"], database.objectValue != nil else { return nil }
        let isFine = database["reachable"] == .bool(true) && (database["error"]?.isNull ?? true)
        return isFine ? nil : database["error"]?.stringValue ?? "the database cannot be written"
    }

    /// How far a training is, which the database knows within a minute; nil if the daemon does not know it either.
    func progress(of cluster: ClusterID) -> ProgressRecord? {
        json["clusters"]?.arrayValue?.first { $0["cluster"]?.stringValue == cluster.rawValue }?["progress"]
            .flatMap { ProgressRecord(cluster: cluster, json: $0) }
    }

    /// The rows with what the daemon knows better.
    func updating(_ report: StatusReport) -> StatusReport {
        var fresh: [String: JSONValue] = [:]
        for item in json["clusters"]?.arrayValue ?? [] {
            if let id = item["cluster"]?.stringValue { fresh[id] = item }
        }
        var report = report
        report.clusters = report.clusters.map { row in
            guard let item = fresh[row.cluster.rawValue] else { return row }
            var row = row
            row.lastPollAt = item.time("last_poll_at") ?? row.lastPollAt
            row.nextPollAt = item.time("next_poll_at") ?? row.nextPollAt
            if let error = item["last_error"] { row.lastError = error.stringValue }
            row.progress = item["progress"].flatMap { ProgressRecord(cluster: row.cluster, json: $0) } ?? row.progress
            return row
        }
        return report
    }
}

extension ControlClientError {
    var message: String {
        switch self {
        case .unreachable(let message), .noPermission(let message): message
        }
    }
}
