import HTTPTransport
import Model

/// `{"type": "uri"}`: a helper that gives credentials over HTTP.
struct URISource: CredentialsSource {
    let http: any HTTPClient
    let url: Secret
    let read: SecretReader
    let connection: ConnectionOptions

    func fetch(at now: Timestamp) async throws(PollFailure) -> Credentials {
        let address: String
        do {
            address = try read(url).trimmed
        } catch {
            throw PollFailure(reason: .credentials, message: "the credentials URI cannot be read: \(error)")
        }
        let place = "the credentials URI (\(URLText.origin(of: address)))"
        let response = try await http.fetch(
            HTTPRequest(
                method: .get, url: address, headers: [HTTPHeader("Accept", "application/json")],
                connection: Self.isOnThisHost(address) ? direct : connection,
                maximumBodySize: 64 << 10), from: place)
        let members = (try? JSONValue(parsing: response.body))?.objectValue
        let code = members.flatMap { JSONFields($0).text("Code") }
        guard response.status == 200, code == nil || code?.lowercased() == "success" else {
            throw PollFailure(
                reason: response.status >= 500 ? .server : .credentials, httpStatus: response.status,
                message:
                    "\(place) gives no credentials (\(code.map { Redaction.text($0) } ?? "status \(response.status)"))")
        }
        return try FetchedCredentials.read(members, origin: place, place: place)
    }

    /// Past every proxy: a helper on this host is reached from nowhere else.
    private var direct: ConnectionOptions {
        var options = connection
        options.proxy = .none
        return options
    }

    private static func isOnThisHost(_ url: String) -> Bool {
        WebAddress(url)?.isLoopback ?? false
    }
}
