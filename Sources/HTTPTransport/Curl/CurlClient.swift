import Foundation

/// An HTTP/1.1 client on libcurl's multi interface: every transfer runs on one thread that owns all of libcurl's state.
///
/// The thread starts with the first request. It ends with the client, and at the latest before the process does.
/// Connections are kept and used again, but never after more than `CurlSettings.maximumIdleAge` without use.
package final class CurlClient: HTTPClient {
    /// The thread, for an actor that holds the client.
    package let executor: CurlExecutor
    private let inbox: TicketInbox
    private let thread: LoopThread
    private let certificates = CertificateFiles()

    package init(_ settings: CurlSettings) {
        let alarm = Alarm()
        let inbox = TicketInbox(alarm)
        let thread = LoopThread(settings, inbox: inbox, alarm: alarm)
        self.inbox = inbox
        self.thread = thread
        executor = CurlExecutor(inbox, thread)
    }

    package convenience init(userAgent: String) {
        self.init(CurlSettings(userAgent: userAgent))
    }

    deinit {
        thread.release()
    }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        thread.start(executor)
        guard request.connection.needsFiles else { return try await submit(request, ConnectionFiles()) }
        let files = try await certificates.current(request.connection)
        do {
            return try await submit(request, files)
        } catch {
            // A certificate may have been replaced together with the file that vouches for it. Nothing was sent yet: TLS
            // failed, so the request may go out now.
            guard error.kind == .tls, let newer = try await certificates.changed(request.connection, since: files)
            else { throw error }
            return try await submit(request, newer)
        }
    }

    private func submit(
        _ request: HTTPRequest, _ files: ConnectionFiles
    ) async throws(TransportError) -> HTTPResponse {
        let ticket = Ticket(request, files)
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

    /// Requests on their way, and any later one, fail with `.cancelled`.
    package func shutdown() {
        inbox.close()
    }
}

/// What holds for all requests of a client.
package struct CurlSettings: Sendable {
    /// Sent with every request that has no `User-Agent` of its own.
    package var userAgent: String
    /// What exceeds it waits its turn, first come, first served; no time limit of the request runs meanwhile.
    package var maximumConcurrentRequests: Int
    /// In seconds, how long a connection may have been idle and still be used again.
    ///
    /// The servers drop idle sessions after about 10 s and answer the next request on them with a reset (seen on
    /// polardb.aliyuncs.com: terraform-provider-alicloud pull requests 10609 and 10635).
    package var maximumIdleAge: Int

    package init(userAgent: String, maximumConcurrentRequests: Int = 256, maximumIdleAge: Int = 5) {
        self.userAgent = userAgent
        self.maximumConcurrentRequests = max(1, maximumConcurrentRequests)
        self.maximumIdleAge = maximumIdleAge
    }
}
