package import Model

/// What can be asked of the running daemon.
package protocol ControlRequests: Sendable {
    /// The object that `status --format json` prints.
    func status() async throws -> JSONValue

    func reload() async -> ReloadVerdict

    /// The config that a reload reads; nil if that is not known.
    func configPath() async -> String?

    /// Polls a cluster as soon as the quota allows.
    ///
    /// - Parameter cluster: an id, or a name from the config.
    /// - Returns: its id; nil if it is not watched.
    func pollNow(_ cluster: String) async throws -> ClusterID?

    /// Makes alerts due at once: those that wait, and those that are dead.
    func retryAlerts(_ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer

    /// A target was repaired: a suspended one is probed now, and what waits for its next attempt is due.
    ///
    /// - Returns: false if the config has no such target.
    func probe(_ target: String) async -> Bool

    /// Gives up alerts that wait or are dead.
    func dropAlerts(_ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer

    /// Begins a silence.
    ///
    /// - Returns: the silence as `silence list` shows it.
    func addSilence(_ order: SilenceOrder) async throws(AlertOrderRefused) -> JSONValue

    /// Ends a silence now.
    ///
    /// - Returns: the silence as `silence list` shows it; nil if there is none with this id.
    func endSilence(_ id: Int64) async throws(AlertOrderRefused) -> JSONValue?

    /// Notes that somebody has events in hand.
    ///
    /// - Parameter names: ids of events; or ids, names or patterns of clusters.
    func acknowledge(
        _ names: [String], by author: String, comment: String?
    ) async throws(AlertOrderRefused) -> AckAnswer
}

extension ControlRequests {
    package func configPath() async -> String? { nil }
}

/// Why an order could not be carried out.
package enum AlertOrderRefused: Error {
    /// The order itself is wrong; the text says how it would be right.
    case wrong(String)
    /// The database did not do it.
    case failed(String)
    /// The database cannot be reached at present.
    case unavailable(String)
}
