/// Lower-case hexadecimal text.
enum Hex {
    static func text(_ bytes: some Sequence<UInt8>, count: Int) -> String {
        String(unsafeUninitializedCapacity: count * 2) { buffer in
            var place = 0
            for byte in bytes {
                buffer[place] = digit(byte >> 4)
                buffer[place + 1] = digit(byte & 15)
                place += 2
            }
            return place
        }
    }

    static func append(_ bytes: some Sequence<UInt8>, to target: inout [UInt8]) {
        for byte in bytes {
            target.append(digit(byte >> 4))
            target.append(digit(byte & 15))
        }
    }

    static func text(_ number: UInt64, _ other: UInt64) -> String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            for place in 0..<16 {
                buffer[place] = digit(UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * place)) & 15)
                buffer[place + 16] = digit(UInt8(truncatingIfNeeded: other >> UInt64(60 - 4 * place)) & 15)
            }
            return 32
        }
    }

    @inline(__always)
    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
