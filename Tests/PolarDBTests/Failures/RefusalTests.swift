import HTTPTransport
import Model
import PolarDB
import Testing

struct RefusalTests {
    private let id = ClusterID("pm-1")

    private func failure(_ response: HTTPResponse) async -> PollFailure? {
        await PolarDBClient(ScriptedClient(response)).describeTask(id, known: nil).failure
    }

    /// Codes and statuses as the PolarDB and gateway pages list them.
    @Test(arguments: [
        ("Throttling", 400, FailureReason.throttled), ("Throttling.User", 400, .throttled),
        ("Throttling.Api", 400, .throttled),
        ("Throttling.Whatever", 503, .throttled),
        ("ServiceUnavailable", 503, .server), ("InternalError", 500, .server), ("InternalFailure", 500, .server),
        ("InvalidTimeStamp.Expired", 400, .clock),
        ("InvalidTimeStamp.Format", 400, .configuration), ("IllegalTimestamp", 400, .configuration),
        ("InvalidSecurityToken.Malformed", 400, .credentials),
        ("InvalidSecurityToken.MismatchWithAccessKey", 400, .credentials), ("MissingSecurityToken", 400, .credentials),
        ("InvalidAccessKeyId.NotFound", 404, .credentials), ("InvalidAccessKeyId.NotFound", 400, .credentials),
        ("InvalidAccessKeyId.Inactive", 400, .credentials), ("Forbidden.AccessKeyDisabled", 403, .credentials),
        ("SignatureDoesNotMatch", 400, .credentials), ("SignatureDoesNotMatch", 403, .credentials),
        ("IncompleteSignature", 400, .credentials),
        ("Forbidden.RAM", 403, .permission), ("Forbidden", 403, .permission), ("ActionUnauthorized", 403, .permission),
        ("Forbedden.NotSupportRAM", 403, .permission), ("NoPermission", 403, .permission),
        ("Forbidden.RiskControl", 403, .permission), ("InsufficientBalance", 400, .permission),
        ("InvalidDBClusterId.NotFound", 404, .notFound), ("InvalidDBCluster.NotFound", 404, .notFound),
        ("InvalidDBInstance.NotFound", 404, .notFound), ("Forbidden.ClusterNotFound", 404, .notFound),
        ("Forbidden.InstanceNotFound", 404, .notFound), ("InvalidDBClusterId.NotFound", 200, .notFound),
        ("InvalidDBClusterId.Malformed", 404, .configuration), ("InvalidDBClusterId.Malformed", 400, .configuration),
        ("InvalidRegionId.NotFound", 404, .configuration), ("InvalidApi.NotFound", 404, .configuration),
        ("InvalidProduct.NotFound", 404, .configuration), ("InvalidAction", 403, .configuration),
        ("InvalidProtocol.NeedSsl", 404, .configuration), ("MissingParameter", 400, .configuration),
        ("MissingDBClusterId", 400, .configuration), ("InvalidParameter", 400, .configuration),
        ("UnsupportedParameter", 400, .configuration), ("UnsupportedHTTPMethod", 403, .configuration),
        ("NeverHeardOf", 404, .unknown), ("NeverHeardOf", 200, .unknown), ("NeverHeardOf", 500, .server),
        ("NeverHeardOf", 429, .throttled),
    ])
    func `sorts by code`(code: String, status: Int, reason: FailureReason) async {
        let failure = await failure(.refusal(code, status: status))
        #expect(failure?.reason == reason)
        #expect(failure?.code == code)
        #expect(failure?.httpStatus == status)
        #expect(failure?.requestID == "R-1")
        #expect(failure?.message.contains(code) == true)
    }

    @Test func `reads the other spelling of the keys`() async {
        let failure = await failure(.json(#"{"code":"Forbidden.RAM","message":"no","requestId":"R-2"}"#, status: 403))
        #expect(failure?.reason == .permission)
        #expect(failure?.requestID == "R-2")
    }

    @Test func `reads XML`() async {
        let body = """
            <?xml version='1.0' encoding='UTF-8'?><Error><RequestId>R-3</RequestId><HostId>h</HostId>\
            <Code>Throttling.User</Code><Message>Request was denied due to user flow control &amp; more.</Message></Error>
            """
        for status in [400, 200] {
            let failure = await failure(
                .json(body, status: status, headers: [HTTPHeader("content-type", "text/xml;charset=utf-8")]))
            #expect(failure?.reason == .throttled)
            #expect(failure?.requestID == "R-3")
        }
    }

    @Test(arguments: [
        (502, "<html><head><title>502 Bad Gateway</title></head></html>", FailureReason.server), (503, "", .server),
        (504, "{", .server), (429, "", .throttled), (403, "<html>blocked</html>", .malformed), (404, "", .malformed),
        (302, "", .malformed), (204, "", .malformed), (407, "", .malformed),
        (404, #"{"Message":"no code"}"#, .malformed),
    ])
    func `goes by the status if there is no code`(status: Int, body: String, reason: FailureReason) async {
        let failure = await failure(.json(body, status: status))
        #expect(failure?.reason == reason)
        #expect(failure?.code == nil)
        #expect(failure?.httpStatus == status)
    }

    @Test func `takes a good answer that says Success for one`() async {
        let body = #"{"Code":"Success","DBClusterId":"pm-1","DBClusterStatus":"FAILED"}"#
        #expect(
            await PolarDBClient(ScriptedClient(.json(body))).describeTask(id, known: nil).observation?.status == .failed
        )
    }

    @Test func `takes no status beside an error's code`() async {
        let body = #"{"Code":"ServiceUnavailable","DBClusterId":"pm-1","DBClusterStatus":"FAILED"}"#
        #expect(await failure(.json(body))?.reason == .server)
    }

    @Test(arguments: [
        ("x-acs-retry-after", "1500", 1500), ("X-Acs-Retry-After", "99999999", 3_600_000), ("Retry-After", "7", 7000),
        ("x-ratelimit-user-api", "Limit:1,Remain:0,TimeLeft:2000,Reset:1234", 2000),
        ("x-ratelimit-user", "Limit:1, Remain:0, TimeLeft:31000, Reset:1234", 31_000), ("x-acs-retry-after", "0", nil),
        ("x-acs-retry-after", "-1", nil), ("x-acs-retry-after", "soon", nil), ("x-ratelimit-user", "TimeLeft", nil),
    ])
    func `reads how long to wait`(name: String, value: String, milliseconds: Int?) async {
        let failure = await failure(.refusal("Throttling", headers: [HTTPHeader(name, value)]))
        #expect(failure?.reason == .throttled)
        #expect(failure?.retryAfter == milliseconds.map { .milliseconds($0) })
    }

    @Test func `takes the longer of two quotas`() async {
        let failure = await failure(
            .refusal(
                "Throttling.User",
                headers: [
                    HTTPHeader("x-ratelimit-user-api", "TimeLeft:10"), HTTPHeader("x-ratelimit-user", "TimeLeft:20"),
                ]))
        #expect(failure?.retryAfter == .milliseconds(20))
    }

    @Test func `counts a refusal that names a time to wait as throttling`() async {
        let headers = [HTTPHeader("Retry-After", "3")]
        #expect(await failure(.refusal("ServiceUnavailable", status: 503, headers: headers))?.reason == .throttled)
        #expect(await failure(.json("", status: 503, headers: headers))?.reason == .throttled)
        #expect(await failure(.refusal("NeverHeardOf", headers: headers))?.reason == .throttled)
        // What is wrong with the key or the id stays wrong, however long one waits.
        for code in ["Forbidden.RAM", "InvalidDBClusterId.NotFound", "SignatureDoesNotMatch"] {
            let failure = await failure(.refusal(code, headers: headers))
            #expect(failure?.reason != .throttled)
            #expect(failure?.retryAfter == .seconds(3))
        }
    }

    @Test(arguments: [true, false]) func `says who may not do what`(isText: Bool) async {
        let detail =
            #"{"AuthAction":"polardb:DescribeAIDBClusterTaskAttribute","AuthPrincipalType":"SubUser","AuthPrincipalDisplayName":"2088","NoPermissionType":"ImplicitDeny","PolicyType":"AccountLevelIdentityBasedPolicy"}"#
        let value = isText ? JSONValue.string(detail).text() : detail
        let failure = await failure(
            .json(
                #"{"Code":"Forbidden.RAM","RequestId":"R","Message":"m","AccessDeniedDetail":\#(value)}"#, status: 403))
        #expect(failure?.message.contains("SubUser 2088 may not call polardb:DescribeAIDBClusterTaskAttribute") == true)
        #expect(failure?.message.contains("grant it") == true)
    }

    @Test func `names the cluster, the region and where the key came from`() async {
        #expect(
            await failure(.refusal("InvalidDBClusterId.NotFound", status: 404))?.message
                == "the API does not know pm-1 in cn-beijing (InvalidDBClusterId.NotFound); check the id, its region and its account"
        )
        #expect(
            await failure(.refusal("InvalidAccessKeyId.NotFound", status: 404))?.message.contains("from a test") == true
        )
    }

    @Test func `repeats no access key and no string to sign`() async {
        let message =
            "Specified signature is not matched with our calculation. server string to sign is:POST&%2F&AccessKeyId%3DLTAI5tFAKEACCESSKEYID000%26Action"
        for code in ["SignatureDoesNotMatch", "NeverHeardOf", "InvalidParameter"] {
            let text = await failure(.refusal(code, message: message))?.message ?? ""
            #expect(!text.contains("LTAI5tFAKE"))
            #expect(!text.contains("%2F"))
        }
        let other = await failure(
            .refusal("NeverHeardOf", message: "The key STS.NUxyzABCDEFGH123 or LTAI4G8abcdefghijk is bad."))?.message
        #expect(other?.contains("STS.***") == true)
        #expect(other?.contains("LTAI***") == true)
        #expect(other?.contains("ABCDEFGH") == false)
    }

    @Test(arguments: [
        #"{"Code": "Signature.secret0", "RequestId": "R"}"#, #"{"Code": "Forbidden.RAM", "RequestId": "of secret0"}"#,
        #"{"Code": "NoPermission", "AccessDeniedDetail": {"AuthAction": "secret0", "AuthPrincipalDisplayName": "x secret0"}}"#,
        #"{"Code": "NoPermission", "AccessDeniedDetail": {"PolicyType": "secret0"}}"#,
    ])
    func `masks a secret where a code, an id or a name belongs`(body: String) async throws {
        let failure = try #require(await failure(.json(body, status: 403)))
        #expect(!failure.message.contains("secret0"), "\(failure.message)")
        #expect(failure.code?.contains("secret0") == false && failure.requestID?.contains("secret0") != true)
    }

    @Test(arguments: ["InvalidParameter", "InternalError", "NeverHeardOf"])
    func `repeats no secret that a server says back`(code: String) async {
        let refusal = HTTPResponse.refusal(code, message: "signed with secret0, was it?")
        let text = await failure(refusal)?.message ?? ""
        #expect(text.contains("signed with ***, was it?"))
        let page = HTTPResponse.json("<p>signed with secret0</p>", status: 502)
        #expect(await failure(page)?.message.contains("secret0") == false)
    }

    @Test(arguments: [
        ("signed with secret0\u{301}.", "secret0"), ("signed with c2VjcmV0MA==", "c2VjcmV0MA"),
        ("key LTAI5tFAKEACCESSKEYID000\u{200D}", "FAKEACCESS"), ("?Signature=ab%2Fcdefgh&x=1", "cdefgh"),
    ])
    func `masks a secret however it is spelled and whatever stands behind it`(words: String, secret: String) async {
        let text = await failure(.refusal("NeverHeardOf", message: words))?.message ?? ""
        #expect(text.utf8.contains("***".utf8))
        #expect(!text.utf8.contains(secret.utf8), "\(text)")
    }

    @Test func `keeps what it repeats short and on one line`() async {
        let failure = await failure(.refusal("NeverHeardOf", message: String(repeating: #"a\nb\t"#, count: 1000)))
        #expect(failure?.message.count ?? 0 < 500)
        #expect(failure?.message.contains("\n") == false)
    }
}
