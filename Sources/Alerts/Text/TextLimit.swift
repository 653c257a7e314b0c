/// A length in the unit in which a service counts.
enum TextUnit: Sendable {
    /// UTF-8 bytes: three for most Chinese characters, four for most emoji.
    case bytes
    /// UTF-16 code units: two for most emoji.
    case utf16
    /// Unicode code points.
    case scalars

    func count(_ text: some StringProtocol) -> Int {
        switch self {
        case .bytes: text.utf8.count
        case .utf16: text.utf16.count
        case .scalars: text.unicodeScalars.count
        }
    }
}

extension String {
    /// The text where it fits, else as much of its beginning as fits together with `…`; never half a character.
    func cut(to limit: Int, _ unit: TextUnit) -> String {
        guard unit.count(self) > limit else { return self }
        let mark = "…"
        let room = limit - unit.count(mark)
        guard room >= 0 else { return "" }
        var used = 0
        var end = startIndex
        while end < endIndex {
            let next = index(after: end)
            used += unit.count(self[end..<next])
            if used > room { break }
            end = next
        }
        return self[..<end] + mark
    }

    /// What stands before and after the first occurrence of `separator`; nil after where there is none.
    func halves(at separator: String) -> (String, String?) {
        guard let range = firstRange(of: separator) else { return (self, nil) }
        return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
    }
}
