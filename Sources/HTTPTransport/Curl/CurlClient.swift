import Foundation

/// An HTTP/1.1 client on libcurl's multi interface: every transfer runs on one thread that owns all of libcurl's state.
///
/// Connections are kept and used again, but never after more than `CurlSettings.maximumIdleAge` without use.
/// Release or `shutdown()` ends the thread.
package final class CurlClient: HTTPClient {
    private let inbox: TicketInbox

    /// - Parameters:
    ///   - userAgent: Sent with every request that has no `User-Agent` of its own.
    ///   - maximumConcurrentRequests: What exceeds it waits its turn, first come, first served; no time limit of the
    ///     request runs meanwhile.
    package init(userAgent: String, maximumConcurrentRequests: Int = 256) {
        let loop = CurlLoop(userAgent: userAgent, maximumConcurrentRequests: maximumConcurrentRequests)
        inbox = loop.inbox
        let thread = Thread { loop.run() }
        thread.name = "curl"
        thread.start()
    }

    deinit {
        inbox.close()
    }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let ticket = Ticket(request)
        let inbox = inbox
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                inbox.submit(ticket, continuation)
            }
        } onCancel: {
            inbox.cancel(ticket)
        }
        return try result.get()
    }

    /// Ends the thread. Requests on their way, and any later one, fail with `.cancelled`.
    package func shutdown() {
        inbox.close()
    }
}
