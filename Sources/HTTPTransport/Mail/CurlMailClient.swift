import Files

/// Sends mails by libcurl, each on a thread, a handle and a connection of its own.
///
/// libcurl waits for a mail server inside its calls, so a server that hangs holds whatever thread it is called on: never
/// the one of the HTTP transfers.
package final class CurlMailClient: MailClient {
    private let files = CertificateFiles()

    package init() {}

    package func send(_ order: MailOrder) async -> MailOutcome? {
        let files: ConnectionFiles
        do {
            files = try await self.files.current(order.connection)
        } catch {
            return MailOutcome(talk: MailTalk(), failure: .transport(error))
        }
        let session = MailSession(order, files: files)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                WorkerThreads.shared.run { session.run { continuation.resume(returning: $0) } }
            }
        } onCancel: {
            session.cancel()
        }
    }
}
