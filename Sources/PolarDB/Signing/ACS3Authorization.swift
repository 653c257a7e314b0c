import Foundation
package import HTTPTransport
import Model

/// A received `Authorization` header, and whether the request fits it: the gateway's side of the signature, for the
/// simulator and the tests.
package struct ACS3Authorization: Hashable, Sendable {
    package let accessKeyID: String
    package let signedHeaders: [String]
    package let signature: String

    /// - Returns: nil if the text is not `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…`.
    package init?(parsing header: String) {
        guard header.hasPrefix(ACS3Signature.algorithm + " ") else { return nil }
        var fields: [String: String] = [:]
        for item in header.dropFirst(ACS3Signature.algorithm.count + 1).split(separator: ",") {
            guard let equals = item.firstIndex(of: "=") else { return nil }
            fields[item[..<equals].trimmingCharacters(in: .whitespaces)] = String(item[item.index(after: equals)...])
        }
        guard let id = fields["Credential"], let names = fields["SignedHeaders"], let signature = fields["Signature"]
        else { return nil }
        accessKeyID = id
        signedHeaders = names.split(separator: ";").map(String.init)
        self.signature = signature
    }

    /// Whether the request was signed with the secret, all that must be signed was, and the body is the one that was hashed.
    ///
    /// - Parameters:
    ///   - query: as it stands in the request line, without the question mark.
    ///   - headers: all of the request, `Host` included.
    package func matches(
        method: String, path: String, query: String, headers: [HTTPHeader], body: [UInt8], secret: String
    ) -> Bool {
        signature
            == expected(method: method, path: path, query: query, headers: headers, body: body, secret: secret)?
            .signature
    }

    /// The signature that the request should carry; nil if a header that must be signed is not, one that is signed is
    /// missing, the body's hash is wrong, or the query cannot be decoded.
    package func expected(
        method: String, path: String, query: String, headers: [HTTPHeader], body: [UInt8], secret: String
    ) -> ACS3Signature? {
        let names = Set(signedHeaders)
        let present = Set(headers.map { $0.name.lowercased() })
        let mustBeSigned = present.filter { $0 == "host" || $0.hasPrefix("x-acs-") }.union(["host"])
        let bodyHash = ACS3Signature.sha256(body)
        guard mustBeSigned.isSubset(of: names), names.isSubset(of: present),
            headers.first(where: { $0.name.lowercased() == "x-acs-content-sha256" })?.value == bodyHash,
            let parameters = [QueryParameter](decoding: query)
        else { return nil }
        return ACS3Signature(
            method: method, path: path, query: parameters.canonicalQuery,
            headers: headers.filter { names.contains($0.name.lowercased()) }, bodyHash: bodyHash,
            key: SigningKey(secret))
    }
}

extension [QueryParameter] {
    /// A query or a form as it came, decoded: `+` is a space, as the gateway reads it.
    package init?(decoding query: String) {
        self = []
        for item in query.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { PercentEncoding.decode($0.replacing("+", with: " ")) }
            guard let name = parts.first ?? nil, let value = parts.count == 2 ? parts[1] : "" else { return nil }
            append(QueryParameter(name, value))
        }
    }
}
