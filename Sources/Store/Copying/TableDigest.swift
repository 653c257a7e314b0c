/// How many rows of a table were read, and a digest of all that is in them, in their order: the same in both engines, since
/// both compare texts byte by byte.
struct TableDigest: Hashable {
    private(set) var count = 0
    private var hash = TableDigest.offset

    // FNV-1a of 128 bits (RFC 9923): it tells what was changed by mistake, which is all that is asked of it.
    private static let offset: UInt128 =
        UInt128(0x6c62_272e_07bb_0142 as UInt64) << 64 | UInt128(0x62b8_2175_6295_c58d as UInt64)
    private static let prime: UInt128 = UInt128(1 as UInt64) << 88 | UInt128(0x13b as UInt64)

    mutating func add(_ row: [SQLValue]) {
        count += 1
        for value in row { add(value) }
    }

    /// Each with its kind and its length, so that no two rows give the same bytes.
    private mutating func add(_ value: SQLValue) {
        switch value {
        case .null:
            add(byte: 0)
        case .integer(let integer):
            add(byte: 1)
            add(word: UInt64(bitPattern: integer))
        case .number(let number):
            add(byte: 2)
            // SQLite keeps no sign of zero.
            add(word: number == 0 ? 0 : number.bitPattern)
        case .text(let text):
            add(byte: 3)
            add(word: UInt64(text.utf8.count))
            for byte in text.utf8 { add(byte: byte) }
        case .blob(let bytes):
            add(byte: 4)
            add(word: UInt64(bytes.count))
            for byte in bytes { add(byte: byte) }
        }
    }

    private mutating func add(word: UInt64) {
        for shift in stride(from: 0, to: UInt64(64), by: 8) { add(byte: UInt8(truncatingIfNeeded: word >> shift)) }
    }

    private mutating func add(byte: UInt8) {
        hash = (hash ^ UInt128(byte)) &* Self.prime
    }
}
