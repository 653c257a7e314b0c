import HTTPTransport
import Model
import PolarDB

/// A network in which everything has one answer.
struct AnsweringClient: HTTPClient {
    let answer: @Sendable (HTTPRequest) -> HTTPResponse

    init(_ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse) {
        self.answer = answer
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        answer(request)
    }
}

/// A key that never changes.
struct FixedKey: CredentialsProvider {
    func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials {
        Credentials(accessKeyID: "LTAI5tFAKEACCESSKEYID00", accessKeySecret: "made-up-secret", origin: "a test")
    }

    func invalidate(_ credentials: Credentials) async {}
}
