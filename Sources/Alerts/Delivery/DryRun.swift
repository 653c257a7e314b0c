import HTTPTransport
import Model

/// Prints what would be sent.
enum DryRun {
    /// Header lines and body of every request, secrets masked; a JSON body as it is sent, on one line.
    static func text(_ prepared: PreparedMessage) -> String {
        guard !prepared.requests.isEmpty else {
            return prepared.settings.kind == .systemd
                ? "no request: this target writes the event to the journal and shows it in the service's STATUS\n"
                : "nothing would be sent: this target does not use this event\n"
        }
        return prepared.requests.map { request in
            let headers = request.headers.map { "\($0.name): \($0.value)\n" }.joined()
            let signing =
                request.cloudCall.map { "authorization: signed with the credentials of \($0.account)\n" } ?? ""
            return "POST \(address(of: request))\n" + signing + prepared.redaction.redact(headers) + "\n"
                + prepared.redaction.redact(String(decoding: request.body, as: UTF8.self)) + "\n"
        }.joined(separator: "\n")
    }

    /// Of a call that is signed, the query is the message; of others it may be the credential.
    private static func address(of request: TargetRequest) -> String {
        request.cloudCall == nil ? Redaction.url(request.url) : request.url
    }
}
