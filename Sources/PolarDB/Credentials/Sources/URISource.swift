import Files
import HTTPTransport
import Model

/// `{"type": "uri"}`: a helper that gives credentials over HTTP.
struct URISource: CredentialsSource {
    let http: any HTTPClient
    let url: Secret
    let read: SecretReader
    let connection: ConnectionOptions

    var place: String { "the credentials URI" }

    func fetch(at now: Timestamp) async throws(PollFailure) -> Credentials {
        let address: String
        do {
            address = try await readAddress()
        } catch {
            throw PollFailure(reason: .credentials, message: "the credentials URI cannot be read: \(error)")
        }
        let place = "the credentials URI (\(URLText.origin(of: address)))"
        let response = try await http.fetch(
            HTTPRequest(
                method: .get, url: address, headers: [HTTPHeader("Accept", "application/json")],
                connection: connection, maximumBodySize: 64 << 10), from: place)
        let members = (try? JSONValue(parsing: response.body))?.objectValue
        let code = members.flatMap { JSONFields($0).text("Code") }
        guard response.status == 200, code == nil || code?.lowercased() == "success" else {
            // What it answered is not repeated: it may be credentials in another form.
            let reason =
                response.status == 200 ? "its \"Code\" is not Success" : "it answered with status \(response.status)"
            throw PollFailure(
                reason: response.status >= 500 ? .server : .credentials, httpStatus: response.status,
                message: "\(place) gives no credentials: \(reason); check the credentials service behind this address")
        }
        return try FetchedCredentials.read(members, origin: place, place: place)
    }

    private func readAddress() async throws -> String {
        guard url.isFile else { return try read(url).trimmed }
        let result = await Self.reads.value(for: url, within: FileReader.limit) { Result { try read(url).trimmed } }
        guard let result else { throw FileFault(path: "its file", .stalled(FileReader.limit)) }
        return try result.get()
    }

    private static let reads = SingleFlight<Secret, Result<String, any Error>>()
}
