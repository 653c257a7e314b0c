/// Texts bounded by what they take as JSON, where a control character is six bytes and a quote two.
enum BoundedJSON {
    /// The text if it fits, else as much of its beginning as fits together with `…`.
    ///
    /// - Parameter limit: in bytes, the quotes not counted.
    static func text(_ text: String, upTo limit: Int) -> String {
        let mark = "…"
        var used = 0
        var end = text.unicodeScalars.startIndex
        var cut = end
        while end < text.unicodeScalars.endIndex {
            used += size(text.unicodeScalars[end])
            if used > limit { return String(text.unicodeScalars[..<cut]) + (limit < mark.utf8.count ? "" : mark) }
            end = text.unicodeScalars.index(after: end)
            if used <= limit - mark.utf8.count { cut = end }
        }
        return text
    }

    /// What the text takes as a member of a list, with its quotes and a comma.
    static func size(_ text: String) -> Int {
        text.unicodeScalars.reduce(3) { $0 + size($1) }
    }

    static func size(_ texts: [String]) -> Int {
        texts.reduce(0) { $0 + size($1) }
    }

    /// As many from the beginning as fit; each of them whole, since half a path leads nowhere.
    static func first(of texts: [String], within limit: Int) -> [String] {
        var left = limit
        return Array(
            texts.prefix { text in
                left -= size(text)
                return left >= 0
            })
    }

    /// As many from the end as fit, in their order.
    static func last(of texts: [String], within limit: Int) -> [String] {
        first(of: texts.reversed(), within: limit).reversed()
    }

    private static func size(_ scalar: Unicode.Scalar) -> Int {
        switch scalar {
        case "\"", "\\", "\n", "\r", "\t": 2
        case _ where scalar.value < 0x20: 6
        default: UTF8.width(scalar)
        }
    }
}
