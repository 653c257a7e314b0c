import Crypto
import Foundation

/// Signatures of Standard Webhooks 1.0.0 (specification, "Webhook scheme"): HMAC-SHA256 over `id.timestamp.body`.
package enum StandardWebhook {
    /// - Returns: one signature for each key, separated by spaces: a receiver takes any, so that keys can be rotated.
    static func signature(id: String, seconds: Int64, body: [UInt8], keys: [SymmetricKey]) -> String {
        let signed = Array("\(id).\(seconds).".utf8) + body
        return keys.map { key in
            "v1," + Data(HMAC<SHA256>.authenticationCode(for: signed, using: key)).base64EncodedString()
        }.joined(separator: " ")
    }

    /// The key in a secret: base64 of 24 to 64 bytes, `whsec_` in front.
    ///
    /// - Throws: `TargetProblem` with what is wrong, never the secret.
    static func key(_ secret: String) throws(TargetProblem) -> SymmetricKey {
        let text = secret.hasPrefix("whsec_") ? String(secret.dropFirst(6)) : secret
        if text.hasPrefix("whsk_") || text.hasPrefix("whpk_") {
            throw TargetProblem("its secret is an Ed25519 key; use a symmetric one, `whsec_` and base64")
        }
        guard let data = Data(base64Encoded: text) else {
            throw TargetProblem(
                "its secret is not `whsec_` followed by base64; make one with: "
                    + "echo \"whsec_$(head -c 32 /dev/urandom | base64)\"")
        }
        guard (24...64).contains(data.count) else {
            throw TargetProblem(
                "its secret holds \(data.count) bytes; Standard Webhooks wants 24 to 64; make one with: "
                    + "echo \"whsec_$(head -c 32 /dev/urandom | base64)\"")
        }
        return SymmetricKey(data: data)
    }

    /// What is wrong with a webhook's secret, in words for `check-config`; nil where nothing is.
    package static func mistake(inSecret secret: String) -> String? {
        do throws(TargetProblem) {
            _ = try key(secret)
            return nil
        } catch {
            return error.reason
        }
    }
}
