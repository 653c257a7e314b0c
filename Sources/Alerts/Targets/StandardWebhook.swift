import Crypto
import Foundation
import Model

/// Signatures of Standard Webhooks 1.0.0 (specification, "Webhook scheme"): HMAC-SHA256 over `id.timestamp.body`.
package enum StandardWebhook {
    /// - Returns: one signature for each key, separated by spaces: a receiver takes any, so that keys can be rotated.
    static func signature(id: String, seconds: Int64, body: [UInt8], keys: [SymmetricKey]) -> String {
        let signed = Array("\(id).\(seconds).".utf8) + body
        return keys.map { key in
            "v1," + Data(HMAC<SHA256>.authenticationCode(for: signed, using: key)).base64EncodedString()
        }.joined(separator: " ")
    }

    /// The key in a secret.
    ///
    /// - Throws: `TargetProblem` with what is wrong, never the secret.
    static func key(_ secret: String) throws(TargetProblem) -> SymmetricKey {
        do throws(WebhookSecret.Mistake) {
            return SymmetricKey(data: try WebhookSecret(secret).key)
        } catch {
            throw TargetProblem("its secret \(error.message)")
        }
    }
}
