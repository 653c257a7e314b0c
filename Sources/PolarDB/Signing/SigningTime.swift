package import Model
import Synchronization

extension Timestamp {
    /// `x-acs-date`, to the second: `2026-01-02T03:04:05Z`.
    package var acsDate: String {
        String(unsafeUninitializedCapacity: 24) { buffer in
            writeRFC3339(into: buffer)
            buffer[19] = UInt8(ascii: "Z")
            return 20
        }
    }
}

/// A number used once: 128 random bits in hexadecimal. The gateway refuses one that it saw within 15 minutes.
package enum SignatureNonce {
    private static let generator = Mutex(BufferedRandomGenerator())

    /// One that nobody has used.
    package static func make() -> String {
        let (high, low) = generator.withLock { ($0.next(), $0.next()) }
        return Hex.text(high, low)
    }
}
