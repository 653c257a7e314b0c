import Config
import Daemon
import HTTPTransport
import Model
import Store

/// What a running daemon reports of a database whose file is not the one it works on, or cannot be read: then the file
/// itself cannot say that a daemon runs.
struct StorageTroubleReport: Equatable {
    /// The `database` object of the daemon's answer.
    let json: JSONValue
    let error: String
    /// Who answers.
    let daemon: JSONValue

    /// For `status` and `doctor` alike.
    var sentence: String { "The daemon is running, but its database has trouble: \(error)" }
}

extension LiveStatus {
    /// There is nothing else to show, so a busy host is given longer.
    private static let patienceInTrouble = Duration.seconds(4)

    /// Asks the daemon about a database.
    ///
    /// - Returns: nil if no daemon of this database answers, or it has no trouble.
    static func trouble(with path: String) async -> StorageTroubleReport? {
        guard let reply = try? await ControlClient.ask(.get, "/v1/status", limit: patienceInTrouble),
            let database = reply.body["database"], database["reachable"] == .bool(false),
            let error = database["error"]?.stringValue,
            error.contains(path) || error.contains(HistoryReader.realPath(of: path))
        else { return nil }
        return StorageTroubleReport(json: database, error: error, daemon: reply.body["daemon"] ?? .null)
    }
}
