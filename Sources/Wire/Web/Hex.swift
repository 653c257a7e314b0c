/// Lower-case hexadecimal text.
package enum Hex {
    package static func text(_ bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { text($0) }
    }

    package static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            for (place, byte) in bytes.enumerated() {
                buffer[place * 2] = digit(byte >> 4)
                buffer[place * 2 + 1] = digit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    package static func append(_ bytes: UnsafeRawBufferPointer, to target: inout [UInt8]) {
        for byte in bytes {
            target.append(digit(byte >> 4))
            target.append(digit(byte & 15))
        }
    }

    /// 128 bits.
    package static func text(_ number: UInt64, _ other: UInt64) -> String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            for place in 0..<16 {
                buffer[place] = digit(UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * place)) & 15)
                buffer[place + 16] = digit(UInt8(truncatingIfNeeded: other >> UInt64(60 - 4 * place)) & 15)
            }
            return 32
        }
    }

    /// The digit of a value from 0 to 15.
    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + (value & 15) - 10
    }

    /// The value of a digit in either case; nil if it is not one.
    package static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
