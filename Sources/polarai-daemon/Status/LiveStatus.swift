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
    private static let patience = Duration.seconds(2)

    /// - Parameter daemon: who holds the database that is shown: another daemon's answer is of no use.
    /// - Returns: nil if it does not answer, which is reported on standard error.
    static func ask(_ daemon: DaemonInfo) async -> LiveStatus? {
        let http = OnDemandClient()
        defer { http.shutdown() }
        let path = ControlSocket.path(environment: HostEnvironment.current().variables)
        let reply: ControlReply
        do throws(ControlClientError) {
            reply = try await ControlClient(path: path, http: http).send(.get, "/v1/status", limit: patience)
        } catch {
            StandardError.write(
                "The daemon did not answer, so this is what the database says; times of polls are up to a minute old. "
                    + "(\(error.message))")
            return nil
        }
        guard reply.status == 200, reply.body["daemon"]?["pid"] == .integer(Int64(daemon.pid)) else { return nil }
        return LiveStatus(json: reply.body)
    }

    /// What a running daemon reports of a database whose file is not the one it works on, or cannot be read: then the file
    /// itself cannot say that a daemon runs.
    ///
    /// - Returns: the `database` object of the daemon's answer; nil if no daemon of this database answers, or it has no
    ///   trouble.
    static func trouble(with path: String) async -> JSONValue? {
        let http = OnDemandClient()
        defer { http.shutdown() }
        let socket = ControlSocket.path(environment: HostEnvironment.current().variables)
        guard let reply = try? await ControlClient(path: socket, http: http).send(.get, "/v1/status", limit: patience),
            let database = reply.body["database"], database["reachable"] == .bool(false),
            database["error"]?.stringValue?.contains(path) == true
        else { return nil }
        return database
    }

    /// Trouble with the database, as STATUS says it; nil if there is none.
    var storageTrouble: String? {
        guard let database = json["database"], database.objectValue != nil else { return nil }
        let isFine = database["reachable"] == .bool(true) && (database["error"]?.isNull ?? true)
        return isFine ? nil : database["error"]?.stringValue ?? "the history database cannot be written"
    }

    /// The rows with what the daemon knows better.
    func updating(_ report: StatusReport) -> StatusReport {
        var fresh: [String: JSONValue] = [:]
        for item in json["clusters"]?.arrayValue ?? [] {
            if let id = item["cluster"]?.stringValue { fresh[id] = item }
        }
        let rows = report.clusters.map { row -> StatusRow in
            guard let item = fresh[row.cluster.rawValue] else { return row }
            var row = row
            row.lastPollAt = item.time("last_poll_at") ?? row.lastPollAt
            row.nextPollAt = item.time("next_poll_at") ?? row.nextPollAt
            if let error = item["last_error"] { row.lastError = error.stringValue }
            return row
        }
        var report = report
        report.clusters = rows
        return report
    }
}

extension JSONValue {
    fileprivate func time(_ key: String) -> Timestamp? {
        self[key]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
    }
}

extension ControlClientError {
    var message: String {
        switch self {
        case .unreachable(let message), .noPermission(let message): message
        }
    }
}
