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
    package func send(
        _ method: HTTPMethod, _ target: String, _ body: JSONValue? = nil, limit: Duration = .seconds(30)
    ) async throws(ControlClientError) -> ControlReply {
        try checkAccess()
        let request = HTTPRequest(
            method: method, url: "http://localhost\(target)",
            headers: [HTTPHeader("Content-Type", "application/json")],
            body: body.map { Array($0.text().utf8) } ?? [],
            connection: ConnectionOptions(
                connectTimeout: .seconds(5), timeout: limit, lowSpeedTime: limit, proxy: .none, unixSocket: path),
            maximumBodySize: 64 << 20, acceptsGzip: false, allowsResend: false)
        do {
            let response = try await http.send(request)
            guard let body = try? JSONValue(parsing: response.body) else {
                throw ControlClientError.unreachable("what answers at \(path) is not polarai-daemon")
            }
            return ControlReply(response.status, body)
        } catch let error as TransportError {
            throw error.kind == .connect
                ? .unreachable("no daemon answers at \(path): start it with `systemctl start polarai-daemon`")
                : .unreachable("the daemon did not answer at \(path): \(error.message)")
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
                "\(path) is for the daemon's user and for members of the group polarai; "
                    + "become one with `usermod --append --groups polarai NAME` and log in again")
        default:
            throw .unreachable(
                "no daemon is there to ask: there is no \(path); start it with `systemctl start polarai-daemon`")
        }
    }
}

/// Why the daemon gave no answer.
package enum ControlClientError: Error {
    case unreachable(String)
    case noPermission(String)
}
