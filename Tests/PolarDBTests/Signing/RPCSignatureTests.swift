import PolarDB
import Testing

struct RPCSignatureTests {
    private static let parameters = [
        QueryParameter("Action", "AssumeRole"), QueryParameter("Version", "2015-04-01"),
        QueryParameter("DurationSeconds", "3600"), QueryParameter("RoleArn", "acs:ram::1234567890123456:role/monitor"),
        QueryParameter("RoleSessionName", "aitask-monitor"), QueryParameter("Format", "JSON"),
        QueryParameter("Timestamp", "2026-01-02T03:04:05Z"),
        QueryParameter("SignatureNonce", "0123456789abcdef0123456789abcdef"),
        QueryParameter("SignatureMethod", "HMAC-SHA1"), QueryParameter("SignatureVersion", "1.0"),
        QueryParameter("AccessKeyId", "LTAI5tFAKEACCESSKEYID001"),
    ]
    private static let secret = "FakeSecretForDocsOnly0123456789"

    /// Values of the official Python SDK's own function.
    @Test(arguments: [("GET", "i0HjczOf1Ol4HLJ4ATSTIZf35Wo="), ("POST", "MOCtflCquYwoLC1TpLQcObhzfgs=")])
    func `gives the signature of the official SDK`(method: String, signature: String) {
        #expect(RPCSignature.sign(method: method, parameters: Self.parameters, secret: Self.secret) == signature)
    }

    @Test func `distinguishes a signed call from a changed one`() {
        let signed = Self.parameters + [QueryParameter("Signature", "MOCtflCquYwoLC1TpLQcObhzfgs=")]
        #expect(RPCSignature.matches(method: "POST", parameters: signed, secret: Self.secret))
        #expect(
            !RPCSignature.matches(
                method: "POST", parameters: signed + [QueryParameter("Policy", "{}")], secret: Self.secret))
        #expect(!RPCSignature.matches(method: "POST", parameters: Self.parameters, secret: Self.secret))
    }
}
