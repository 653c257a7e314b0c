import Crypto
import Foundation
package import HTTPTransport
import Model

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
        self.init(
            method: method, path: path, query: query, canonicalHeaders: Self.canonicalHeaders(headers),
            bodyHash: bodyHash, key: key)
    }

    /// - Parameter canonicalHeaders: With names in lower case and in order, each once, and values without outer white space:
    ///   as our own requests are made.
    init(
        method: String, path: String = "/", query: String, canonicalHeaders canonical: [HTTPHeader], bodyHash: String,
        key: SigningKey
    ) {
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
        signature = key.sign(Self.bytesToSign(request))
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

    /// What is signed: the algorithm and the digest of the request.
    package static func stringToSign(_ canonicalRequest: String) -> String {
        String(decoding: bytesToSign(Array(canonicalRequest.utf8)), as: UTF8.self)
    }

    private static func bytesToSign(_ canonicalBytes: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(96)
        bytes.append(line: algorithm)
        SHA256.hash(data: canonicalBytes).withUnsafeBytes { Hex.append($0, to: &bytes) }
        return bytes
    }

    /// Hexadecimal SHA-256 of a body.
    package static func sha256(_ body: [UInt8]) -> String {
        body.isEmpty ? emptyBodyHash : SHA256.hash(data: body).withUnsafeBytes { Hex.text($0) }
    }

    package static let emptyBodyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// Names in lower case, values without outer white space, sorted by name; values of the same name sorted and joined.
    static func canonicalHeaders(_ headers: [HTTPHeader]) -> [HTTPHeader] {
        var values: [String: [String]] = [:]
        for header in headers {
            values[header.name.lowercased(), default: []].append(
                header.value.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        return values.map { HTTPHeader($0.key, $0.value.sorted().joined(separator: ",")) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

extension [UInt8] {
    fileprivate mutating func append(line: String) {
        append(contentsOf: line.utf8)
        append(UInt8(ascii: "\n"))
    }
}
