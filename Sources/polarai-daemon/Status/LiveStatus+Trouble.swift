import Daemon
import HTTPTransport
import Model
import Reports

extension LiveStatus {
    /// There is nothing else to show, so a busy host is given longer.
    private static let patienceInTrouble = Duration.seconds(4)

    /// Asks the daemon about a database.
    ///
    /// - Returns: nil if no daemon of this database answers, or it has no trouble.
    static func trouble(with path: String) async -> StorageTroubleReport? {
        let reply = try? await ControlClient.ask(.get, "/v1/status", limit: patienceInTrouble)
        return StorageTroubleReport(answer: reply?.body, about: path)
    }
}
