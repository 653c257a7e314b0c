import HTTPTransport
import Model
import PolarDB
import Testing

/// What is tried again at once, and only once.
struct SecondTryTests {
    private let id = ClusterID("pm-1")
    private static let good = HTTPResponse.json(#"{"RequestId":"R","DBClusterId":"pm-1","DBClusterStatus":"FAILED"}"#)

    private func nonces(_ http: ScriptedClient) -> Set<String> {
        Set(http.requests.compactMap { $0.headers.first { $0.name == "x-acs-signature-nonce" }?.value })
    }

    @Test func `a nonce that was used`() async {
        let http = ScriptedClient(.refusal("SignatureNonceUsed"), Self.good)
        #expect(await PolarDBClient(http).describeTask(id, known: nil).observation?.status == .failed)
        #expect(http.requests.count == 2)
        #expect(nonces(http).count == 2)
    }

    @Test func `but not for ever`() async {
        let http = ScriptedClient(.refusal("SignatureNonceUsed"))
        let failure = await PolarDBClient(http).describeTask(id, known: nil).failure
        #expect(failure?.code == "SignatureNonceUsed")
        #expect(http.requests.count == 2)
    }

    @Test func `a kept connection that the server had closed, with a new signature`() async {
        let http = ScriptedClient([
            .failure(TransportError(.reset, "closed", isStaleConnection: true)), .success(Self.good),
        ])
        #expect(await PolarDBClient(http).describeTask(id, known: nil).observation != nil)
        #expect(nonces(http).count == 2)
    }

    @Test func `an expired token, with new credentials`() async {
        let provider = CountingProvider()
        let http = ScriptedClient(.refusal("InvalidSecurityToken.Expired"), Self.good)
        #expect(await PolarDBClient(http, credentials: provider).describeTask(id, known: nil).observation != nil)
        #expect(provider.invalidations == 1)
        #expect(http.requests.last?.headers.last?.value.contains("LTAI5tFAKEACCESSKEYID001") == true)
    }

    @Test func `an expired token that stays expired is a failure of the credentials`() async {
        let provider = CountingProvider()
        let http = ScriptedClient(.refusal("InvalidSecurityToken.Expired"))
        let failure = await PolarDBClient(http, credentials: provider).describeTask(id, known: nil).failure
        #expect(failure?.reason == .credentials)
        #expect(provider.invalidations == 1)
        #expect(http.requests.count == 2)
    }

    @Test func `an expired token that nobody renews is not sent again`() async {
        let http = ScriptedClient(.refusal("InvalidSecurityToken.Expired"))
        let client = PolarDBClient(http, credentials: FixedToken())
        for calls in 1...3 {
            #expect(await client.describeTask(id, known: nil).failure?.reason == .credentials)
            #expect(http.requests.count == calls)
        }
    }

    @Test func `an expired token in whose place another one was put meanwhile`() async {
        let http = ScriptedClient(.refusal("InvalidSecurityToken.Expired"), Self.good)
        let client = PolarDBClient(http, credentials: RotatedProvider())
        #expect(await client.describeTask(id, known: nil).observation != nil)
        #expect(http.requests.last?.headers.last?.value.contains("LTAI5tNEW") == true)
        #expect(http.requests.count == 2)
    }

    @Test func `an expired token whose source gives it once more before its end is judged by the API again`() async {
        let http = ScriptedClient(.refusal("InvalidSecurityToken.Expired"), Self.good)
        let end = PolarDBClient.testTime.advanced(by: .seconds(3600))
        let client = PolarDBClient(http, credentials: FixedToken(expiration: end))
        #expect(await client.describeTask(id, known: nil).observation != nil)
        #expect(http.requests.count == 2)
    }

    @Test func `a key that was replaced while the call was under way`() async {
        let provider = RotatedProvider()
        let http = ScriptedClient(.refusal("InvalidAccessKeyId.NotFound", status: 404), Self.good)
        #expect(await PolarDBClient(http, credentials: provider).describeTask(id, known: nil).observation != nil)
        #expect(http.requests.last?.headers.last?.value.contains("LTAI5tNEW") == true)
    }

    @Test func `a temporary key that was revoked, with one that its source gives now`() async {
        let source = NumberedSource()
        let http = ScriptedClient(.refusal("InvalidAccessKeyId.NotFound", status: 404), Self.good)
        let client = PolarDBClient(http, credentials: RefreshingProvider(source))
        #expect(await client.describeTask(id, known: nil).observation != nil)
        #expect(http.requests.last?.headers.last?.value.contains("STS.number2") == true)
        #expect(http.requests.count == 2)
    }

    @Test(arguments: ["InvalidAccessKeyId.NotFound", "SignatureDoesNotMatch", "InvalidSecurityToken.Malformed"])
    func `a key that is still the one refused is not tried again`(code: String) async {
        let http = ScriptedClient(.refusal(code))
        #expect(await PolarDBClient(http).describeTask(id, known: nil).failure?.reason == .credentials)
        #expect(http.requests.count == 1)
    }

    @Test func `a clock that is off, dated by the server's`() async throws {
        let http = ScriptedClient(
            .refusal("InvalidTimeStamp.Expired", headers: [HTTPHeader("Date", "Tue, 24 Nov 2026 08:30:00 GMT")]),
            Self.good)
        let client = PolarDBClient(http)
        #expect(await client.describeTask(id, known: nil).observation != nil)
        let dates = http.requests.map { $0.headers.first { $0.name == "x-acs-date" }?.value }
        #expect(dates == ["2026-11-24T06:00:00Z", "2026-11-24T08:30:00Z"])
        let notice = try #require(client.clock.takeNotice()?.words)
        #expect(notice.contains("2h29m59s"))
        #expect(notice.contains("behind"))
        #expect(client.clock.takeNotice() == nil)

        // The next call starts from there.
        _ = await client.describeTask(id, known: nil)
        #expect(http.requests.last?.headers.first { $0.name == "x-acs-date" }?.value == "2026-11-24T08:30:00Z")
        #expect(client.clock.takeNotice() == nil)
    }

    @Test(arguments: [nil, "Tue, 24 Nov 2026 06:00:05 GMT", "Mon, 24 Nov 2036 06:00:00 GMT", "rubbish"])
    func `a clock that the server's does not explain is a failure`(date: String?) async {
        let http = ScriptedClient(
            .refusal("InvalidTimeStamp.Expired", headers: date.map { [HTTPHeader("Date", $0)] } ?? []))
        let client = PolarDBClient(http)
        #expect(await client.describeTask(id, known: nil).failure?.reason == .clock)
        #expect(http.requests.count == 1)
        #expect(client.clock.takeNotice() == nil)
    }

    @Test(arguments: [
        "Throttling.User", "ServiceUnavailable", "InternalError", "Forbidden.RAM", "InvalidDBClusterId.NotFound",
    ])
    func `nothing else`(code: String) async {
        let http = ScriptedClient(.refusal(code))
        #expect(await PolarDBClient(http).describeTask(id, known: nil).failure?.code == code)
        #expect(http.requests.count == 1)
    }

    /// Gives another key each time.
    private actor NumberedSource: CredentialsSource {
        nonisolated var place: String { "a test" }

        private var number = 0

        func fetch(at now: Timestamp) async throws(PollFailure) -> Credentials {
            number += 1
            return Credentials(
                accessKeyID: "STS.number\(number)", accessKeySecret: "s", securityToken: "t", origin: "a test",
                expiration: now.advanced(by: .seconds(3600)))
        }
    }

    /// Gives the same token for ever.
    private struct FixedToken: CredentialsProvider {
        var expiration: Timestamp?

        func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials {
            Credentials(
                accessKeyID: "STS.fixed", accessKeySecret: "s", securityToken: "t", origin: "a test",
                expiration: expiration)
        }
    }

    /// Gives another key from the second time on.
    private actor RotatedProvider: CredentialsProvider {
        private var asked = 0

        func credentials(at now: Timestamp) async throws(PollFailure) -> Credentials {
            asked += 1
            return Credentials(
                accessKeyID: asked == 1 ? "LTAI5tOLD" : "LTAI5tNEW", accessKeySecret: "s", origin: "a test")
        }
    }
}
