/// A gzip file (RFC 1952) of 16 MB of zero bytes in about 106 kB: one literal, then matches of the greatest length.
enum GzipBomb {
    private static let matches = 65_027
    private static let unpacked = 1 + matches * 258
    /// CRC-32 of so many zero bytes, as zlib computes it.
    private static let checksum: UInt32 = 0xD768_9FD5

    static let bytes: [UInt8] = {
        // Eight matches fill 13 bytes: those between the first and the last few are the same again and again.
        let few = matches % 8 + 8
        let short = block(matches: few)
        let period = short[2..<15]
        let between = (0..<(matches - few) / 8).flatMap { _ in period }
        let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
        return header + short[..<2] + between + short[2...] + littleEndian(checksum) + littleEndian(UInt32(unpacked))
    }()

    private static func block(matches: Int) -> [UInt8] {
        var bits = BitWriter()
        bits.write(1, count: 1)  // the last block,
        bits.write(1, count: 2)  // with the fixed Huffman codes of RFC 1951, 3.2.6
        bits.writeCode(0b0011_0000, length: 8)  // literal 0
        for _ in 0..<matches {
            bits.writeCode(0b1100_0101, length: 8)  // length 258
            bits.writeCode(0, length: 5)  // distance 1
        }
        bits.writeCode(0, length: 7)  // end of block
        return bits.finished
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

private struct BitWriter {
    private var bytes: [UInt8] = []
    private var current: UInt8 = 0
    private var used = 0

    /// A number, lowest bit first.
    mutating func write(_ value: Int, count: Int) {
        for place in 0..<count { append(UInt8(value >> place & 1)) }
    }

    /// A Huffman code, highest bit first.
    mutating func writeCode(_ value: Int, length: Int) {
        for place in (0..<length).reversed() { append(UInt8(value >> place & 1)) }
    }

    var finished: [UInt8] { used == 0 ? bytes : bytes + [current] }

    private mutating func append(_ bit: UInt8) {
        current |= bit << used
        used += 1
        if used == 8 {
            bytes.append(current)
            current = 0
            used = 0
        }
    }
}
