import Model

/// What an `Authorization` header carries.
enum Authorization: Hashable {
    case basic(user: String, password: [UInt8])
    case bearer([UInt8])

    /// - Returns: nil if there is none, more than one, or one of another kind.
    init?(_ values: [String]) {
        guard values.count == 1, let value = values.first, value.utf8.count <= 8192,
            let space = value.firstIndex(of: " ")
        else { return nil }
        let scheme = value[..<space].lowercased()
        let rest = value[space...].trimmed
        switch scheme {
        case "bearer":
            guard !rest.isEmpty else { return nil }
            self = .bearer(Array(rest.utf8))
        case "basic":
            guard let bytes = Base64.decode(rest), let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
                let user = String(validating: bytes[..<colon], as: UTF8.self)
            else { return nil }
            self = .basic(user: user, password: Array(bytes[(colon + 1)...]))
        default: return nil
        }
    }
}

/// Base64 (RFC 4648, 4), with padding or without.
enum Base64 {
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        let body = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed()
        guard text.utf8.count - body.count <= 2 else { return nil }
        for byte in body {
            guard let value = value(byte) else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= (1 << UInt32(count)) - 1
            }
        }
        return count < 6 && bits == 0 ? bytes : nil
    }

    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) + 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
