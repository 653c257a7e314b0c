import Glibc
package import HTTPTransport
package import Model

/// Asks the running daemon, on its control socket.
package struct ControlClient: Sendable {
    private let path: String
    private let http: any HTTPClient

    /// - Parameters:
    ///   - path: of the socket; `ControlSocket.path(environment:)` if no other is named.
    ///   - http: carries the requests.
    package init(path: String, http: any HTTPClient) {
        self.path = path
        self.http = http
    }

    /// Sends one request, and waits for as long as the daemon needs, at most `limit`.
    ///
    /// - Parameter pids: the processes that are meant, if only they may answer: any other daemon answers 409.
    package func send(
        _ method: HTTPMethod, _ target: String, _ body: JSONValue? = nil, limit: Duration = .seconds(30),
        of pids: Set<Int32> = []
    ) async throws(ControlClientError) -> ControlReply {
        try checkAccess()
        let request = HTTPRequest(
            method: method, url: "http://localhost\(target)",
            headers: [HTTPHeader("Content-Type", "application/json")]
                + (pids.isEmpty
                    ? []
                    : [HTTPHeader(ControlCall.meantHeader, pids.sorted().map(String.init).joined(separator: ","))]),
            body: body.map { Array($0.text().utf8) } ?? [],
            connection: ConnectionOptions(
                connectTimeout: .seconds(5), timeout: limit, lowSpeedTime: limit, proxy: .none, unixSocket: path),
            maximumBodySize: 64 << 20, acceptsGzip: false, allowsResend: false)
        do {
            let response = try await http.send(request)
            guard let body = try? JSONValue(parsing: response.body) else {
                throw ControlClientError.unreachable(
                    "another program is listening on \(path); find it with `ss -xlp` and stop it, then restart polarai-daemon"
                )
            }
            return ControlReply(response.status, body)
        } catch let error as TransportError {
            throw error.kind == .connect
                ? .unreachable(
                    "nothing listens on \(path): \(Self.silent)")
                : .unreachable(
                    "polarai-daemon did not answer on \(path): \(error.message)"
                        + (method == .get ? "" : "; \(Self.doubt(about: target))"))
        } catch let error as ControlClientError {
            throw error
        } catch {
            throw .unreachable("\(path): \(error)")
        }
    }

    /// libcurl says of every socket it cannot reach the same; an operator needs to know which it is.
    private func checkAccess() throws(ControlClientError) {
        guard access(path, W_OK) != 0 else { return }
        switch errno {
        case EACCES, EPERM:
            throw .noPermission(
                "\(path) is open to the daemon's user and to members of the group polarai only: "
                    + "join the group (`sudo usermod -aG polarai USER`, then log in again), or use sudo")
        default:
            throw .unreachable(
                "\(path) does not exist: \(Self.silent)")
        }
    }

    /// What was sent may have been read, or will be: by a daemon whose disk hangs, for example.
    private static func doubt(about target: String) -> String {
        let place =
            switch target {
            case "/v1/ack": "`polarai-daemon history`"
            case let path where path.hasPrefix("/v1/silences"): "`polarai-daemon silence list`"
            case let path where path.hasPrefix("/v1/alerts/"): "`polarai-daemon alerts list`"
            default: "`journalctl -u polarai-daemon`"
            }
        return "what was asked may have been done, or may still be done: check \(place) before you ask again"
    }

    private static let silent =
        "either polarai-daemon is not running (`systemctl status polarai-daemon`, `systemctl start polarai-daemon`), or it "
        + "could not open the socket (`journalctl -u polarai-daemon`)"
}

/// Why the daemon gave no answer.
package enum ControlClientError: Error {
    case unreachable(String)
    case noPermission(String)
}
