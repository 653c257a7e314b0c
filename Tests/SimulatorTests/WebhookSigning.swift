import Crypto
import Foundation

/// The sender's side of Standard Webhooks 1.0.0, straight from its page.
enum WebhookSigning {
    static func secret(key: String) -> String {
        "whsec_" + Data(key.utf8).base64EncodedString()
    }

    /// The three headers; before the right signature stands one of another key, as while a key is rotated.
    static func headers(key: String, id: String, at time: Int, body: String) -> [String: String] {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(id).\(time).\(body)".utf8), using: SymmetricKey(data: Data(key.utf8)))
        return [
            "webhook-id": id, "webhook-timestamp": "\(time)",
            "webhook-signature": "v1,AAAA v1," + Data(code).base64EncodedString(),
        ]
    }
}
