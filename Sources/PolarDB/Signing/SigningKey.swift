import Crypto
import Model

/// An access key's secret, with the part of HMAC-SHA256 that depends on it alone done once (RFC 2104: the two padded keys
/// are hashed before any text is).
package struct SigningKey: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    package let secret: String
    private let started: HMAC<SHA256>

    package init(_ secret: String) {
        self.secret = secret
        started = HMAC(key: SymmetricKey(data: Array(secret.utf8)))
    }

    /// Hexadecimal, lower case.
    func sign(_ text: [UInt8]) -> String {
        var code = started
        code.update(data: text)
        return code.finalize().withUnsafeBytes { Hex.text($0) }
    }

    package static func == (left: SigningKey, right: SigningKey) -> Bool { left.secret == right.secret }

    package func hash(into hasher: inout Hasher) { hasher.combine(secret) }

    // Nothing that is printed shows it.
    package var description: String { "signing key" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
