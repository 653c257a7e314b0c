import Config
import Daemon
import HTTPTransport
import Model

extension ControlClient {
    /// Asks the daemon of this host once.
    ///
    /// - Parameter socket: that for changes, if no other is named.
    static func ask(
        _ method: HTTPMethod, _ target: String, _ body: JSONValue? = nil, limit: Duration = .seconds(30),
        of pids: Set<Int32> = [],
        on socket: String = ControlSocket.path(environment: HostEnvironment.current().variables)
    ) async throws(ControlClientError) -> ControlReply {
        let http = OnDemandClient()
        defer { http.shutdown() }
        return try await ControlClient(path: socket, http: http).send(method, target, body, limit: limit, of: pids)
    }
}

extension ControlReply {
    /// Why the daemon did not do it.
    var refusal: String {
        body["error"]?.stringValue ?? "The daemon answered \(status). See `journalctl -u polarai-daemon`."
    }
}
