import Crypto
import Foundation

/// The `Authorization` header of a request signed by ACS3-HMAC-SHA256, and the check of it.
///
/// Written from Alibaba Cloud's "V3 request structure and signature", apart from the client's signer on purpose:
/// two readings of one page find each other's mistakes.
struct ACS3Authorization: Sendable {
    static let algorithm = "ACS3-HMAC-SHA256"

    let accessKeyID: String
    let signedHeaders: [String]
    let signature: String

    /// - Returns: nil where the text is not `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…`.
    init?(_ text: String) {
        guard text.hasPrefix(Self.algorithm + " ") else { return nil }
        var fields: [Substring: String] = [:]
        for part in text.dropFirst(Self.algorithm.count + 1).split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, fields.updateValue(String(pair[1]), forKey: pair[0]) == nil else { return nil }
        }
        guard fields.count == 3, let key = fields["Credential"], let headers = fields["SignedHeaders"],
            let signature = fields["Signature"],
            signature.count == 64, signature.allSatisfy({ $0.isHexDigit && !$0.isUppercase })
        else { return nil }
        accessKeyID = key
        signedHeaders = headers.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        self.signature = signature
    }

    /// What the server signs for this call: the canonical request's hash after the algorithm's name.
    func stringToSign(_ call: Call) -> String {
        let query = call.query
            .map { (PercentCoding.encode($0.name), PercentCoding.encode($0.value)) }
            .sorted { $0 < $1 }
            .map { "\($0)=\($1)" }
            .joined(separator: "&")
        let headers = signedHeaders.map { name in
            let values = call.headers.fields.filter { $0.name == name }
                .map { $0.value.trimmingCharacters(in: .whitespaces) }
                .sorted()
            return "\(name):\(values.joined(separator: ","))\n"
        }
        let canonical = [
            call.method, call.path, query, headers.joined(), signedHeaders.joined(separator: ";"),
            call.headers["x-acs-content-sha256"] ?? "",
        ].joined(separator: "\n")
        return Self.algorithm + "\n" + Self.hash(Array(canonical.utf8))
    }

    func isRight(for call: Call, secret: String) -> Bool {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(stringToSign(call).utf8), using: SymmetricKey(data: Array(secret.utf8)))
        return Hex.text(code) == signature
    }

    static func hash(_ bytes: [UInt8]) -> String {
        Hex.text(SHA256.hash(data: bytes))
    }
}

/// Bytes as lower-case hexadecimal digits.
enum Hex {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var result = ""
        for byte in bytes {
            result += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return result
    }
}
