import HTTPTransport
import PolarDB
import Testing

struct ACS3AuthorizationTests {
    private static let secret = "FakeSecretForDocsOnly0123456789"
    private static let vector = ACS3SignatureTests.Vector.all[3]

    private static func authorization() throws -> ACS3Authorization {
        let signed = ACS3Signature(
            method: "POST", query: vector.query, headers: vector.headers, bodyHash: ACS3Signature.emptyBodyHash,
            key: SigningKey(secret))
        return try #require(ACS3Authorization(parsing: signed.authorization(accessKeyID: "LTAI5tFAKEACCESSKEYID001")))
    }

    @Test func `accepts what was signed`() throws {
        let given = try Self.authorization()
        #expect(given.accessKeyID == "LTAI5tFAKEACCESSKEYID001")
        #expect(
            given.matches(
                method: "POST", path: "/", query: Self.vector.query, headers: Self.vector.headers, body: [],
                secret: Self.secret))
    }

    @Test func `reads a query in another encoding as the same`() throws {
        let query = "RegionId=cn%2Dbeijing&DBClusterId=pm-2ze99example&DescribeType=RelatedAITask"
        #expect(
            try Self.authorization().matches(
                method: "POST", path: "/", query: query, headers: Self.vector.headers, body: [], secret: Self.secret))
    }

    @Test(arguments: ["secret", "method", "query", "header", "body", "unsigned header"])
    func `refuses a change of`(what: String) throws {
        var headers = Self.vector.headers
        if what == "header" { headers[1] = HTTPHeader("x-acs-action", "DeleteAIDBClusterTask") }
        if what == "unsigned header" { headers.append(HTTPHeader("x-acs-security-token", "mine")) }
        #expect(
            try !Self.authorization().matches(
                method: what == "method" ? "GET" : "POST", path: "/",
                query: what == "query" ? Self.vector.query + "&OwnerId=1" : Self.vector.query, headers: headers,
                body: what == "body" ? [1] : [], secret: what == "secret" ? "other" : Self.secret))
    }

    @Test(arguments: ["", "Basic Zm9v", "ACS3-HMAC-SHA256 Credential=a", "ACS3-HMAC-SHA256 x"])
    func `reads no other kind of header`(text: String) {
        #expect(ACS3Authorization(parsing: text) == nil)
    }
}
