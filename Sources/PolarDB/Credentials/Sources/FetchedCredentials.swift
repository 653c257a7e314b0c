import HTTPTransport
import Model

/// Credentials in an answer of STS, of the metadata service or of a credentials URI.
enum FetchedCredentials {
    /// - Parameters:
    ///   - members: the object that holds `AccessKeyId`, `AccessKeySecret`, `SecurityToken` and `Expiration`.
    ///   - place: where it came from, for the failure.
    static func read(
        _ members: [String: JSONValue]?, origin: String, place: String
    ) throws(PollFailure) -> Credentials {
        let fields = JSONFields(members ?? [:])
        guard let id = fields.text("AccessKeyId"), let secret = fields.text("AccessKeySecret"),
            let token = fields.text("SecurityToken")
        else {
            throw PollFailure(
                reason: .malformed,
                message:
                    "\(place) answered without AccessKeyId, AccessKeySecret and SecurityToken; check that this address "
                    + "really is the credentials service"
            )
        }
        for (name, value) in [("AccessKeyId", id), ("AccessKeySecret", secret), ("SecurityToken", token)] {
            guard let mistake = CredentialText.mistake(in: value) else { continue }
            throw PollFailure(
                reason: .malformed,
                message: "\(place) answered with credentials whose \(name) \(mistake); check that this address really "
                    + "is the credentials service")
        }
        return Credentials(
            accessKeyID: id, accessKeySecret: secret, securityToken: token, origin: origin,
            expiration: fields.expiration("Expiration"))
    }
}

extension HTTPClient {
    /// Sends a request for credentials.
    ///
    /// - Parameter place: who is asked, for the failure.
    func fetch(_ request: HTTPRequest, from place: String) async throws(PollFailure) -> HTTPResponse {
        do {
            return try await send(request)
        } catch {
            let failure = PollFailure(error)
            throw PollFailure(reason: failure.reason, message: "no credentials from \(place): \(failure.message)")
        }
    }
}
