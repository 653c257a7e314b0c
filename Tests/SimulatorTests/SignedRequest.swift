import Foundation
import HTTPTransport
import Model
import PolarDB
import TestSupport

/// A request of the API that a test can spoil, before or after it is signed.
struct SignedRequest {
    var method = HTTPMethod.post
    var accessKeyID = "testid"
    var secret = "testsecret"
    var body: [UInt8] = []
    var timeout = Duration.seconds(20)
    var query = [
        QueryParameter("DBClusterId", "pm-1"), QueryParameter("RegionId", "cn-beijing"),
        QueryParameter("DescribeType", "RelatedAITask"),
    ]
    /// Signed, but for those in `unsigned`.
    var headers: [String: String]
    var unsigned: Set<String> = []
    /// Laid over the headers after signing; nil takes one away.
    var afterwards: [String: String?] = [:]

    init(action: String = "DescribeAIDBClusterTaskAttribute", cluster: String = "pm-1", at time: Date = Date()) {
        headers = [
            "x-acs-action": action,
            "x-acs-version": "2017-08-01",
            "x-acs-date": ISO8601DateFormatter().string(from: time),
            "x-acs-signature-nonce": UUID().uuidString,
            "x-acs-content-sha256": ACS3Signature.emptyBodyHash,
        ]
        query[0] = QueryParameter("DBClusterId", cluster)
    }

    /// Sends it to `base` (`https://localhost:PORT`).
    func send(to base: String, trusting caFile: String, by client: CurlClient, unpacking: Bool = true) async throws
        -> APIReply
    {
        var signed = headers
        signed["host"] = String(base.split(separator: "/").last ?? "")
        let signature = ACS3Signature(
            method: method.rawValue, query: query.canonicalQuery,
            headers: signed.filter { !unsigned.contains($0.key) }.map { HTTPHeader($0.key, $0.value) },
            bodyHash: headers["x-acs-content-sha256"] ?? "", key: SigningKey(secret))
        signed["authorization"] = signature.authorization(accessKeyID: accessKeyID)
        for (name, value) in afterwards { signed[name] = value }
        let options = ConnectionOptions(timeout: timeout, caFile: caFile)
        let request = HTTPRequest(
            method: method, url: "\(base)/?\(query.canonicalQuery)",
            headers: signed.map { HTTPHeader($0.key, $0.value) }, body: body, connection: options,
            acceptsGzip: unpacking)
        return APIReply(response: try await client.send(request))
    }
}

struct APIReply {
    let response: HTTPResponse

    var status: Int { response.status }
    var text: String { String(decoding: response.body, as: UTF8.self) }
    var json: JSONValue? { try? JSONValue(parsing: response.body) }
    var code: String? { json?["Code"]?.stringValue }
    var clusterStatus: String? { json?["DBClusterStatus"]?.stringValue }
    var taskInfo: JSONValue? { json?["TaskInfo"]?.arrayValue?.first }
}

/// A simulator and a client that trusts it.
struct API {
    let simulator: Simulator
    let client = CurlClient(userAgent: "test")

    init(_ scenario: String) async throws {
        simulator = try await Simulator(scenario: scenario)
    }

    func send(_ request: SignedRequest) async throws -> APIReply {
        try await request.send(to: simulator.https, trusting: simulator.caFile, by: client)
    }

    func describe(_ cluster: String = "pm-1") async throws -> APIReply {
        try await send(SignedRequest(cluster: cluster))
    }
}
