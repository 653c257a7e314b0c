import Crypto
import Foundation
import Model

/// The receiver's side of Standard Webhooks 1.0.0, symmetric signatures (`v1`).
enum StandardWebhooks {
    /// How far the attempt's time may be off.
    static let tolerance = Duration.seconds(300)

    /// The key in `whsec_…`; nil if that is not base64 of 24 to 64 bytes.
    static func key(of secret: String) -> SymmetricKey? {
        let text = secret.hasPrefix("whsec_") ? String(secret.dropFirst(6)) : secret
        guard let bytes = Data(base64Encoded: text), (24...64).contains(bytes.count) else { return nil }
        return SymmetricKey(data: bytes)
    }

    /// What is wrong with a delivery; nil if one of the signatures is right for one of the secrets.
    static func fault(of call: Call, secrets: [String], now: Timestamp) -> String? {
        guard let id = call.headers["webhook-id"], !id.isEmpty else { return "no webhook-id" }
        guard !id.contains(".") else { return "webhook-id contains a point" }
        guard let text = call.headers["webhook-timestamp"], let seconds = Int64(text) else {
            return "no webhook-timestamp in Unix seconds"
        }
        let distance = now.since(Timestamp(milliseconds: seconds * 1000))
        guard distance <= tolerance, distance >= .zero - tolerance else { return "webhook-timestamp is too far off" }
        guard let header = call.headers["webhook-signature"] else { return "no webhook-signature" }
        let signed = Array("\(id).\(text).".utf8) + call.body
        let given = header.split(separator: " ").filter { $0.hasPrefix("v1,") }.map {
            Data(base64Encoded: String($0.dropFirst(3)))
        }
        for key in secrets.compactMap(key(of:)) {
            let right = Data(HMAC<SHA256>.authenticationCode(for: signed, using: key))
            if given.contains(right) { return nil }
        }
        return "no signature fits a secret"
    }
}
