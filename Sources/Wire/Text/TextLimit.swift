/// A length in the unit in which a service counts.
package enum TextUnit: Sendable {
    /// UTF-8 bytes: three for most Chinese characters, four for most emoji.
    case bytes
    /// UTF-16 code units: two for most emoji.
    case utf16
    /// Unicode code points.
    case scalars

    /// How long a text is in this unit.
    package func count(_ text: some StringProtocol) -> Int {
        switch self {
        case .bytes: text.utf8.count
        case .utf16: text.utf16.count
        case .scalars: text.unicodeScalars.count
        }
    }

    fileprivate func count(_ scalar: Unicode.Scalar) -> Int {
        switch self {
        case .bytes: UTF8.width(scalar)
        case .utf16: UTF16.width(scalar)
        case .scalars: 1
        }
    }
}

extension String {
    /// The text if it fits, else as much of its beginning as fits together with `…`.
    ///
    /// Never half a character, unless that one character, with a pile of combining marks, is longer than any script's.
    package func cut(to limit: Int, _ unit: TextUnit) -> String {
        guard unit.count(self) > limit else { return self }
        let mark = "…"
        let room = limit - unit.count(mark)
        guard room >= 0 else { return "" }
        var used = 0
        var end = startIndex
        while end < endIndex {
            let next = index(after: end)
            let length = unit.count(self[end..<next])
            if used + length > room {
                if length > Self.longestCharacter { end = scalarEnd(from: end, room: room - used, unit) }
                break
            }
            used += length
            end = next
        }
        return self[..<end] + mark
    }

    /// At most so many bytes of UTF-8, `…` included.
    package func cut(bytes limit: Int) -> String { cut(to: limit, .bytes) }

    /// A family of emoji with skin tones has 41 bytes.
    private static let longestCharacter = 64

    private func scalarEnd(from start: Index, room: Int, _ unit: TextUnit) -> Index {
        var rest = room
        var end = start
        while end < endIndex {
            rest -= unit.count(unicodeScalars[end])
            if rest < 0 { break }
            end = unicodeScalars.index(after: end)
        }
        return end
    }

    /// What stands before and after the first occurrence of `separator`; nil after if there is none.
    package func halves(at separator: String) -> (String, String?) {
        let bytes = Array(utf8)
        guard let range = bytes.firstRange(of: Array(separator.utf8)) else { return (self, nil) }
        return (
            String(decoding: bytes[..<range.lowerBound], as: UTF8.self),
            String(decoding: bytes[range.upperBound...], as: UTF8.self)
        )
    }
}

extension [UInt8] {
    /// At most so many bytes of a text in UTF-8, `…` included, and not half of a character's bytes.
    package func cut(bytes limit: Int) -> [UInt8] {
        guard count > limit else { return self }
        let mark = Array("…".utf8)
        guard limit >= mark.count else { return [] }
        var end = limit - mark.count
        // A character has four bytes at most; what is not UTF-8 is cut anywhere.
        while end > 0, limit - mark.count - end < 4, self[end] & 0xC0 == 0x80 { end -= 1 }
        return self[..<end] + mark
    }
}
