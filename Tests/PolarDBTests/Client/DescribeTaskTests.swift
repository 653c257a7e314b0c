import HTTPTransport
import Model
import PolarDB
import Testing

struct DescribeTaskTests {
    private let id = ClusterID("pm-2ze99example")
    private static let good = #"{"RequestId":"R-1","DBClusterId":"pm-2ze99example\n","DBClusterStatus":"ACTIVATION"}"#

    @Test func `sends one signed request that the gateway would accept`() async throws {
        let http = ScriptedClient(.json(Self.good))
        let outcome = await PolarDBClient(http).describeTask(id, known: nil)
        #expect(outcome.observation?.status == .activation)
        #expect(outcome.observation?.requestID == "R-1")

        let request = try #require(http.requests.first)
        #expect(http.requests.count == 1)
        #expect(request.method == .post)
        #expect(request.body.isEmpty)
        #expect(!request.allowsResend)
        #expect(
            request.url
                == "https://polardb.aliyuncs.com/?DBClusterId=pm-2ze99example&DescribeType=RelatedAITask&RegionId=cn-beijing"
        )
        let names = request.headers.map(\.name)
        #expect(
            names == [
                "host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version",
                "accept", "authorization",
            ])
        #expect(request.headers.first { $0.name == "x-acs-date" }?.value == "2026-11-24T06:00:00Z")
        let authorization = try #require(
            request.headers.last.flatMap { ACS3Authorization(parsing: $0.value) })
        #expect(
            authorization.matches(
                method: "POST", path: "/", query: String(request.url.split(separator: "?")[1]),
                headers: request.headers,
                body: [], secret: "secret0"))
    }

    @Test func `signs with the security token where there is one`() async throws {
        let http = ScriptedClient(.json(Self.good))
        let provider = AccessKeyProvider(
            id: Secret(.literal("LTAI5tFAKE ")), secret: Secret(.literal("s\n")),
            securityToken: Secret(.literal("FAKE/sts+token==")),
            read: { if case .literal(let text) = $0.source { text } else { "" } })
        _ = await PolarDBClient(http, credentials: provider).describeTask(id, known: nil)
        let request = try #require(http.requests.first)
        #expect(request.headers.first { $0.name == "x-acs-security-token" }?.value == "FAKE/sts+token==")
        let authorization = try #require(request.headers.last.flatMap { ACS3Authorization(parsing: $0.value) })
        #expect(authorization.accessKeyID == "LTAI5tFAKE")
        #expect(
            authorization.matches(
                method: "POST", path: "/", query: String(request.url.split(separator: "?")[1]),
                headers: request.headers,
                body: [], secret: "s"))
    }

    @Test func `knows an answer again that differs only in its request id`() async throws {
        let http = ScriptedClient(
            .json(Self.good), .json(Self.good.replacing("R-1", with: "R-2")),
            .json(Self.good.replacing("ACTIVATION", with: "COMPLETED")))
        let client = PolarDBClient(http)
        let first = try #require(await client.describeTask(id, known: nil).observation)
        guard case .unchanged(let requestID) = await client.describeTask(id, known: first.digest) else {
            Issue.record("the second answer says the same")
            return
        }
        #expect(requestID == "R-2")
        #expect(await client.describeTask(id, known: first.digest).observation?.status == .completed)
    }

    @Test func `never repeats a nonce`() async {
        let http = ScriptedClient(.json(Self.good))
        let client = PolarDBClient(http)
        for _ in 0..<1000 { _ = await client.describeTask(id, known: nil) }
        let nonces = http.requests.compactMap { $0.headers.first { $0.name == "x-acs-signature-nonce" }?.value }
        #expect(Set(nonces).count == 1000)
        #expect(nonces.allSatisfy { $0.count == 32 && $0.allSatisfy { $0.isHexDigit && !$0.isUppercase } })
    }

    /// With status 200 all of them.
    @Test(arguments: [
        "", "null", "[]", "42", #""text""#, "{}", "<html><body>hello</body></html>", "\u{FEFF}",
        #"{"DBClusterId":"pm-2ze99example"}"#, #"{"DBClusterStatus":"COMPLETED"}"#,
        #"{"DBClusterId":"pm-other","DBClusterStatus":"COMPLETED"}"#,
        #"{"DBClusterId":"","DBClusterStatus":"COMPLETED"}"#,
        #"{"DBClusterId":"pm-2ze99example","DBClusterStatus":""}"#,
        #"{"DBClusterId":"pm-2ze99example","DBClusterStatus":" \n"}"#,
        #"{"DBClusterId":"pm-2ze99example","DBClusterStatus":null}"#,
        #"{"DBClusterId":"pm-2ze99example","DBClusterStatus":["COMPLETED"]}"#,
        #"{"DBClusterId":["pm-2ze99example"],"DBClusterStatus":"COMPLETED"}"#,
        #"{"DBClusterId":"pm-2ze99example","DBClusterStatus":"COMPLETED""#,
        #"{"DBClusterId":"PM-2ZE99EXAMPLE","DBClusterStatus":"COMPLETED"}"#,
    ])
    func `takes nothing for an answer that is not one`(body: String) async throws {
        let failure = try #require(
            await PolarDBClient(ScriptedClient(.json(body))).describeTask(id, known: nil).failure)
        #expect(failure.reason == .malformed)
        #expect(failure.httpStatus == 200)
        #expect(failure.message.contains("pm-2ze99example"))
    }

    /// Only a text of few visible characters is a status.
    @Test(arguments: [
        "true", "3", "1.5", "{}", #""COMP\u0000LETED""#, #""FAILED\ud83d""#, #""FAI\u001bLED""#, #""FAILED\u202e""#,
        "\"\(String(repeating: "A", count: 65))\"", #""FAILED\nFAILED""#, "NaN", "1e400",
    ])
    func `what is not a word is not a status`(value: String) async throws {
        let body = #"{"DBClusterId":"pm-2ze99example","DBClusterStatus":\#(value),"TaskInfo":[]}"#
        let failure = try #require(
            await PolarDBClient(ScriptedClient(.json(body))).describeTask(id, known: nil).failure)
        #expect(failure.reason == .malformed)
        #expect(failure.message.contains("status"))
    }

    @Test(arguments: [
        (#""COMPLETED\n""#, "COMPLETED"), (#"" 训练中 ""#, "训练中"), (#""NEW STATUS-2""#, "NEW STATUS-2"),
    ])
    func `any word is one`(value: String, status: String) async {
        let body = #"{"DBClusterId":"pm-2ze99example","DBClusterStatus":\#(value),"x":[NaN,1e400,"\ud83d"]}"#
        let outcome = await PolarDBClient(ScriptedClient(.json(body))).describeTask(id, known: nil)
        #expect(outcome.observation?.status.rawValue == status)
    }

    @Test func `a body that is not JSON is named with the byte where it goes wrong, and not quoted`() async throws {
        let body = #"{"DBClusterId":"pm-2ze99example","Token": made-up-secret}"#
        let failure = try #require(
            await PolarDBClient(ScriptedClient(.json(body))).describeTask(id, known: nil).failure)
        #expect(failure.message.contains("(byte 42)"))
        #expect(!failure.message.contains("made-up"))
    }

    @Test func `takes no part of the sample answer for an answer`() async throws {
        let sample = try Fixture.sampleAnswer()
        let id = ClusterID("pm-2ze99***")
        let end = try #require(sample.lastIndex(of: UInt8(ascii: "}")))
        for length in 0..<end {
            let response = HTTPResponse(status: 200, body: Array(sample[..<length]))
            let outcome = await PolarDBClient(ScriptedClient(response)).describeTask(id, known: nil)
            #expect(outcome.failure?.reason == .malformed, "cut after \(length) bytes")
        }
        let whole = HTTPResponse(status: 200, body: sample)
        #expect(
            await PolarDBClient(ScriptedClient(whole)).describeTask(id, known: nil).observation?.status == .completed)
    }

    @Test(arguments: ["[", #"{"a":"#]) func `survives any depth of nesting`(opening: String) async {
        let body = String(repeating: opening, count: 100_000)
        let outcome = await PolarDBClient(ScriptedClient(.json(body))).describeTask(id, known: nil)
        #expect(outcome.failure?.reason == .malformed)
    }

    @Test(arguments: [
        (TransportError.Kind.resolve, FailureReason.network), (.connect, .network), (.reset, .network),
        (.timeout, .timeout),
        (.tls, .tls), (.tooLarge, .malformed), (.malformed, .malformed), (.cancelled, .network),
        (.invalidRequest, .configuration), (.other, .network),
    ])
    func `says why no answer came`(kind: TransportError.Kind, reason: FailureReason) async {
        let http = ScriptedClient([.failure(TransportError(kind, "the words"))])
        let failure = await PolarDBClient(http).describeTask(id, known: nil).failure
        #expect(failure?.reason == reason)
        #expect(failure?.message == "the words")
        #expect(http.requests.count == 1)
    }
}
