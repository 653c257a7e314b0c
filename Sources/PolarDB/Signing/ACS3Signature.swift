import Crypto
import Foundation
package import HTTPTransport

/// ACS3-HMAC-SHA256, the signature of Alibaba Cloud's API gateway ("V3 request structure and signature").
///
/// Which headers are signed is the caller's choice; the gateway takes any set that holds `host` and all `x-acs-*`.
package struct ACS3Signature: Sendable {
    package static let algorithm = "ACS3-HMAC-SHA256"

    /// What is hashed: method, path, query, headers, their names and the body's hash, a line each.
    private let canonicalBytes: [UInt8]
    package let signedHeaders: String
    /// Hexadecimal, lower case.
    package let signature: String

    package var canonicalRequest: String { String(decoding: canonicalBytes, as: UTF8.self) }

    /// - Parameters:
    ///   - query: Canonical, as `[QueryParameter].canonicalQuery` writes it.
    ///   - headers: Those to sign, in any order and case.
    ///   - bodyHash: Hexadecimal SHA-256 of the body.
    ///   - key: Of the access key's secret as it is; nothing is derived from it.
    package init(
        method: String, path: String = "/", query: String, headers: [HTTPHeader], bodyHash: String, key: SigningKey
    ) {
        let canonical = Self.canonicalHeaders(headers)
        var request: [UInt8] = []
        request.reserveCapacity(768)
        var names = ""
        names.reserveCapacity(128)
        request.append(line: method)
        request.append(line: path)
        request.append(line: query)
        for header in canonical {
            request.append(contentsOf: header.name.utf8)
            request.append(UInt8(ascii: ":"))
            request.append(line: header.value)
            if !names.isEmpty { names += ";" }
            names += header.name
        }
        request.append(line: "")
        request.append(line: names)
        request.append(contentsOf: bodyHash.utf8)

        canonicalBytes = request
        signedHeaders = names
        signature = key.sign(Self.stringToSign(request))
    }

    /// The value of the `Authorization` header.
    package func authorization(accessKeyID: String) -> String {
        var text = ""
        text.reserveCapacity(288)
        text += Self.algorithm
        text += " Credential="
        text += accessKeyID
        text += ",SignedHeaders="
        text += signedHeaders
        text += ",Signature="
        text += signature
        return text
    }

    package static func stringToSign(_ canonicalRequest: String) -> String {
        stringToSign(Array(canonicalRequest.utf8))
    }

    private static func stringToSign(_ canonicalBytes: [UInt8]) -> String {
        "\(algorithm)\n\(sha256(canonicalBytes))"
    }

    /// Hexadecimal SHA-256 of a body.
    package static func sha256(_ body: [UInt8]) -> String {
        body.isEmpty ? emptyBodyHash : Hex.text(SHA256.hash(data: body), count: 32)
    }

    package static let emptyBodyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// Names in lower case, values without outer white space, sorted by name; values of the same name sorted and joined.
    private static func canonicalHeaders(_ headers: [HTTPHeader]) -> [HTTPHeader] {
        if areCanonical(headers) { return headers }
        var values: [String: [String]] = [:]
        for header in headers {
            values[header.name.lowercased(), default: []].append(
                header.value.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        return values.map { HTTPHeader($0.key, $0.value.sorted().joined(separator: ",")) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Whether the headers stand as they are signed already, as our own requests' do.
    private static func areCanonical(_ headers: [HTTPHeader]) -> Bool {
        var previous: HTTPHeader?
        for header in headers {
            guard header.name.utf8.allSatisfy({ $0 < UInt8(ascii: "A") || $0 > UInt8(ascii: "Z") }),
                !startsOrEndsWithSpace(header.value),
                previous.map({ $0.name.utf8.lexicographicallyPrecedes(header.name.utf8) }) ?? true
            else { return false }
            previous = header
        }
        return true
    }

    private static func startsOrEndsWithSpace(_ text: String) -> Bool {
        let bytes = text.utf8
        return (bytes.first.map { $0 <= 32 } ?? false) || (bytes.last.map { $0 <= 32 } ?? false)
    }
}

extension [UInt8] {
    fileprivate mutating func append(line: String) {
        append(contentsOf: line.utf8)
        append(UInt8(ascii: "\n"))
    }
}
