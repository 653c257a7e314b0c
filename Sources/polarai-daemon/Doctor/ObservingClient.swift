import Daemon
import HTTPTransport
import Model
import Synchronization

/// Sends as another client does, and keeps what the answers say of their servers' clocks.
final class ObservingClient: HTTPClient {
    private let base: OnDemandClient
    private let clock = SystemClock()
    private let skews = Mutex<[String: Duration]>([:])

    init(_ base: OnDemandClient) {
        self.base = base
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let response = try await base.send(request)
        if let date = response.headers.date {
            // `Date` is cut to the second and was written some time before the answer was whole.
            let halfSecond = Duration.milliseconds(500)
            let skew = date.advanced(by: halfSecond + response.duration / 2).since(clock.now().wall)
            skews.withLock { $0[URLText.origin(of: request.url)] = skew }
        }
        return response
    }

    /// How far a server's clock is ahead of this host's; nil if it did not say.
    func skew(of url: String) -> Duration? {
        skews.withLock { $0[URLText.origin(of: url)] }
    }

    func shutdown() { base.shutdown() }
}
