package import Foundation

/// The signing secret of a webhook: `whsec_` and base64 of 24 to 64 bytes (Standard Webhooks 1.0.0, "Symmetric
/// signatures").
///
/// The one rule for the config and for the sender: what the config accepts can sign.
package struct WebhookSecret: Sendable {
    package let key: Data

    package static let sizes = 24...64

    /// - Throws: `Mistake`, which never contains the secret.
    package init(_ text: String) throws(Mistake) {
        let encoded = text.hasPrefix("whsec_") ? String(text.dropFirst(6)) : text
        if encoded.hasPrefix("whsk_") || encoded.hasPrefix("whpk_") {
            throw Mistake("is an Ed25519 key; use a symmetric one, whsec_ and base64")
        }
        guard let key = Data(base64Encoded: encoded), !key.isEmpty else {
            throw Mistake("is not whsec_ followed by base64; \(Self.advice)")
        }
        guard Self.sizes.contains(key.count) else {
            throw Mistake(
                "is a key of \(key.count) bytes, but Standard Webhooks requires \(Self.sizes.lowerBound) to "
                    + "\(Self.sizes.upperBound); \(Self.advice)")
        }
        self.key = key
    }

    private static let advice = #"create one with: echo "whsec_$(openssl rand -base64 32)""#

    /// What is wrong with a secret, to follow its name: `is not whsec_ followed by base64; …`.
    package struct Mistake: Error, Hashable, Sendable {
        package let message: String

        init(_ message: String) {
            self.message = message
        }
    }
}
