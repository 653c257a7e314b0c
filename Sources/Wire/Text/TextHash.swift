/// FNV-1a of 64 bits: tells texts apart, and is the same in every run, which `Hasher` is not. Whoever wants to can make two
/// texts with the same one.
package enum TextHash {
    /// The hash of a text's UTF-8.
    package static func of(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
