import Foundation
import HTTPTransport
import Model
import PolarDB
import TestSupport
import Testing

/// What the gateway refuses, and by which code.
struct GatewayTests {
    private static let scenario = """
        {"accounts": [
           {"access_key_id": "testid", "access_key_secret": "testsecret"},
           {"name": "off", "access_key_id": "offid", "access_key_secret": "testsecret", "inactive": true},
           {"name": "sts", "access_key_id": "stsid", "access_key_secret": "testsecret", "security_tokens": ["tok/1=="]},
           {"name": "old", "access_key_id": "oldid", "access_key_secret": "testsecret", "security_tokens": ["tok/2=="],
            "expires": "-1s"},
           {"name": "poor", "access_key_id": "poorid", "access_key_secret": "testsecret",
            "denied": ["DescribeAIDBClusterTaskAttribute"]}],
         "regions": ["cn-beijing", "cn-shenzhen"],
         "tasks": [{"id": "pm-1", "region": "cn-beijing"}]}
        """

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let status: Int
        let code: String
        let spoil: @Sendable (inout SignedRequest) -> Void

        init(_ name: String, _ status: Int, _ code: String, _ spoil: @escaping @Sendable (inout SignedRequest) -> Void)
        {
            testDescription = name
            self.status = status
            self.code = code
            self.spoil = spoil
        }
    }

    static let cases = [
        Case("another secret", 400, "SignatureDoesNotMatch") { $0.secret = "wrong" },
        Case("a header changed after signing", 400, "SignatureDoesNotMatch") {
            $0.afterwards = ["x-acs-signature-nonce": "another"]
        },
        Case("a hash that is not the body's", 400, "SignatureDoesNotMatch") { $0.body = Array("x".utf8) },
        Case("an unknown key", 404, "InvalidAccessKeyId.NotFound") { $0.accessKeyID = "nobody" },
        Case("a key that is off", 400, "InvalidAccessKeyId.Inactive") { $0.accessKeyID = "offid" },
        Case("no Authorization", 400, "MissingParameter") { $0.afterwards = ["authorization": nil] },
        Case("an Authorization of another kind", 400, "IncompleteSignature") {
            $0.afterwards = ["authorization": "Basic dGVzdA=="]
        },
        Case("no action", 400, "MissingParameter") { $0.headers["x-acs-action"] = nil },
        Case("no version", 400, "MissingParameter") { $0.headers["x-acs-version"] = nil },
        Case("no date", 400, "MissingParameter") { $0.headers["x-acs-date"] = nil },
        Case("no nonce", 400, "MissingParameter") { $0.headers["x-acs-signature-nonce"] = nil },
        Case("no hash", 400, "MissingParameter") { $0.headers["x-acs-content-sha256"] = nil },
        Case("a date without zone", 400, "InvalidTimeStamp.Format") {
            $0.headers["x-acs-date"] = "2026-11-24T08:00:00"
        },
        Case("a date 16 minutes ago", 400, "InvalidTimeStamp.Expired") {
            $0.headers["x-acs-date"] = ISO8601DateFormatter().string(from: Date().addingTimeInterval(-960))
        },
        Case("a date 16 minutes ahead", 400, "InvalidTimeStamp.Expired") {
            $0.headers["x-acs-date"] = ISO8601DateFormatter().string(from: Date().addingTimeInterval(960))
        },
        Case("an unknown action", 404, "InvalidApi.NotFound") { $0.headers["x-acs-action"] = "DescribeNothing" },
        Case("another version", 404, "InvalidApi.NotFound") { $0.headers["x-acs-version"] = "2016-01-01" },
        Case("a header that is sent and not signed", 400, "IncompleteSignature") { $0.unsigned = ["x-acs-date"] },
        Case("no host signed", 400, "IncompleteSignature") { $0.unsigned = ["host"] },
        Case("a method that is neither GET nor POST", 403, "UnsupportedHTTPMethod") { $0.method = .put },
        Case("no token with a temporary key", 400, "MissingSecurityToken") { $0.accessKeyID = "stsid" },
        Case("a token that nobody gave", 400, "InvalidSecurityToken.Malformed") {
            $0.accessKeyID = "stsid"
            $0.headers["x-acs-security-token"] = "made-up"
        },
        Case("another key's token", 400, "InvalidSecurityToken.MismatchWithAccessKey") {
            $0.accessKeyID = "stsid"
            $0.headers["x-acs-security-token"] = "tok/2=="
        },
        Case("a token that has ended", 400, "InvalidSecurityToken.Expired") {
            $0.accessKeyID = "oldid"
            $0.headers["x-acs-security-token"] = "tok/2=="
        },
        Case("an action that is not allowed", 403, "Forbidden.RAM") { $0.accessKeyID = "poorid" },
        Case("no region", 400, "MissingParameter") { $0.query.remove(at: 1) },
        Case("an unknown region", 404, "InvalidRegionId.NotFound") {
            $0.query[1] = QueryParameter("RegionId", "mars-1")
        },
        Case("no cluster", 400, "MissingParameter") { $0.query.remove(at: 0) },
        Case("an unknown cluster", 404, "InvalidDBClusterId.NotFound") {
            $0.query[0] = QueryParameter("DBClusterId", "pm-2")
        },
        Case("a cluster of another region", 404, "InvalidDBClusterId.NotFound") {
            $0.query[1] = QueryParameter("RegionId", "cn-shenzhen")
        },
        Case("a newline in the id", 404, "InvalidDBClusterId.Malformed") {
            $0.query[0] = QueryParameter("DBClusterId", "pm-1\n")
        },
        Case("an unknown DescribeType", 400, "InvalidParameter") {
            $0.query[2] = QueryParameter("DescribeType", "Everything")
        },
    ]

    @Test func `each fault has the gateway's code and status`() async throws {
        let api = try await API(Self.scenario)
        for expected in Self.cases {
            var request = SignedRequest()
            expected.spoil(&request)
            let reply = try await api.send(request)
            #expect(reply.status == expected.status, "\(expected.testDescription): \(reply.text)")
            #expect(reply.code == expected.code, "\(expected.testDescription): \(reply.text)")
            for field in ["RequestId", "HostId", "Message", "Recommend"] {
                #expect(reply.json?[field]?.stringValue?.isEmpty == false, "\(expected.testDescription): no \(field)")
            }
        }
    }

    @Test(arguments: [HTTPMethod.post, .get])
    func `a right request is answered`(method: HTTPMethod) async throws {
        let api = try await API(Self.scenario)
        var request = SignedRequest()
        request.method = method
        let reply = try await api.send(request)
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply.clusterStatus == "ACTIVATION")
    }

    @Test func `a right request with a token is answered`() async throws {
        let api = try await API(Self.scenario)
        var request = SignedRequest()
        request.accessKeyID = "stsid"
        request.headers["x-acs-security-token"] = "tok/1=="
        #expect(try await api.send(request).status == 200)
    }

    @Test func `signed parameters of any characters are read as they were signed`() async throws {
        let api = try await API(Self.scenario)
        var request = SignedRequest()
        request.query.append(QueryParameter("OwnerAccount", "pm 2ze*~99+测试/="))
        #expect(try await api.send(request).status == 200)
    }

    @Test func `a nonce is good for once`() async throws {
        let api = try await API(Self.scenario)
        let request = SignedRequest()
        #expect(try await api.send(request).status == 200)
        let again = try await api.send(request)
        #expect(again.status == 400)
        #expect(again.code == "SignatureNonceUsed")
    }

    @Test func `a wrong signature does not use up a nonce`() async throws {
        let api = try await API(Self.scenario)
        var request = SignedRequest()
        request.secret = "wrong"
        #expect(try await api.send(request).code == "SignatureDoesNotMatch")
        request.secret = "testsecret"
        #expect(try await api.send(request).status == 200)
    }

    @Test func `plain HTTP is refused where the scenario says so`() async throws {
        let api = try await API(#"{"https_only": true, "tasks": [{"id": "pm-1"}]}"#)
        let reply = try await SignedRequest().send(
            to: api.simulator.http, trusting: api.simulator.caFile, by: api.client)
        #expect(reply.status == 404)
        #expect(reply.code == "InvalidProtocol.NeedSsl")
        #expect(try await api.describe().status == 200)
    }

    @Test func `a skewed clock shows in the Date header and in what is expired`() async throws {
        let api = try await API(#"{"clock": {"skew": "20m"}, "tasks": [{"id": "pm-1"}]}"#)
        let reply = try await api.describe()
        #expect(reply.code == "InvalidTimeStamp.Expired")
        let date = try #require(reply.response.headers.date)
        let offset = Double(date.milliseconds) / 1000 - Date().timeIntervalSince1970
        #expect((1190...1210).contains(offset))
        #expect(try await api.send(SignedRequest(at: Date().addingTimeInterval(1200))).status == 200)
    }
}
