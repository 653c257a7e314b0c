import HTTPTransport
import Model
import Synchronization

/// A client that begins its work with the first request: a command that sends nothing starts no thread.
///
/// Whoever makes one calls `shutdown` on every way out: the process must not end while the thread works.
final class OnDemandClient: HTTPClient {
    private enum State {
        case unused
        case open(CurlClient)
        case closed
    }

    private let state = Mutex(State.unused)

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        guard let client = opened() else {
            throw TransportError(.other, "the request was not sent: the command is about to end")
        }
        return try await client.send(request)
    }

    /// Ends what is under way, and waits until the client's thread has ended.
    func shutdown() {
        let client = state.withLock { state -> CurlClient? in
            defer { state = .closed }
            if case .open(let client) = state { return client }
            return nil
        }
        client?.shutdown()
    }

    private func opened() -> CurlClient? {
        state.withLock { state in
            switch state {
            case .closed: return nil
            case .open(let client): return client
            case .unused:
                let client = CurlClient(userAgent: ProgramVersion.userAgent)
                state = .open(client)
                return client
            }
        }
    }
}
