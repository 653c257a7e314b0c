import Foundation
import HTTPTransport
import Model
import PolarDB
import Testing

/// An HTTP client that answers from a script and keeps what it was sent.
final class ScriptedClient: HTTPClient, @unchecked Sendable {
    typealias Answer = Result<HTTPResponse, TransportError>

    private let lock = NSLock()
    private var script: [Answer]
    private var received: [HTTPRequest] = []

    /// - Parameter script: one answer a request; the last one repeats.
    init(_ script: [Answer]) {
        self.script = script
    }

    convenience init(_ responses: HTTPResponse...) {
        self.init(responses.map { .success($0) })
    }

    var requests: [HTTPRequest] { lock.withLock { received } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let answer = lock.withLock {
            received.append(request)
            return script.count > 1 ? script.removeFirst() : script[0]
        }
        return try answer.get()
    }
}

extension HTTPResponse {
    static func json(_ text: String, status: Int = 200, headers: [HTTPHeader] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: HTTPHeaders(headers), body: Array(text.utf8))
    }

    static func refusal(
        _ code: String, status: Int = 400, message: String = "Some words.", headers: [HTTPHeader] = []
    ) -> HTTPResponse {
        json(
            #"{"RequestId":"R-1","HostId":"polardb.aliyuncs.com","Code":"\#(code)","Message":"\#(message)"}"#,
            status: status, headers: headers)
    }
}

/// Credentials that say how often they were asked for and invalidated.
final class CountingProvider: CredentialsProvider, @unchecked Sendable {
    private let lock = NSLock()
    private var generation = 0

    func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials {
        Credentials(
            accessKeyID: "LTAI5tFAKEACCESSKEYID00\(invalidations)", accessKeySecret: "secret\(invalidations)",
            origin: "a test")
    }

    func invalidate(_ credentials: Credentials) async {
        lock.withLock { generation += 1 }
    }

    var invalidations: Int { lock.withLock { generation } }
}

extension PolarDBClient {
    static let testTime = Timestamp(milliseconds: 1_795_500_000_123)

    /// In cn-beijing, by a made-up key, at `testTime`.
    init(_ http: any HTTPClient, credentials: any CredentialsProvider = CountingProvider()) {
        self.init(
            http: http, endpoint: Endpoint(region: "cn-beijing", usesVPC: false), region: "cn-beijing",
            credentials: credentials, now: { Self.testTime })
    }
}

extension PollOutcome {
    var failure: PollFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }

    var observation: Observation? {
        if case .answer(let observation) = self { observation } else { nil }
    }
}

enum Fixture {
    /// The sample answer of the page "DescribeAIDBClusterTaskAttribute", byte for byte.
    static func sampleAnswer() throws -> [UInt8] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/sample-answer.json")
        return Array(try Data(contentsOf: file))
    }
}
