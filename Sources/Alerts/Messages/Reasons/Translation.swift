/// A text in both languages; `{name}` stands for what is filled in.
struct Translation: Sendable {
    private enum Part: Sendable {
        case words(String)
        case place(String)
    }

    let english: String
    private let pattern: [Part]
    private let chinese: [Part]

    init(_ pair: (english: String, chinese: String)) {
        english = pair.english
        pattern = Self.parts(of: pair.english)
        chinese = Self.parts(of: pair.chinese)
    }

    private static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        for (index, piece) in text.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
            guard index > 0, let end = piece.firstIndex(of: "}") else {
                parts.append(.words(String(piece)))
                continue
            }
            parts.append(.place(String(piece[..<end])))
            parts.append(.words(String(piece[piece.index(after: end)...])))
        }
        return parts
    }

    /// - Returns: nil unless the text is this one.
    func applied(to text: Substring) -> String? {
        guard let values = values(in: text) else { return nil }
        var result = ""
        for part in chinese {
            switch part {
            case .words(let words): result.appendSpaced(words)
            case .place(let name): result.appendSpaced(values[name].map { FilledIn.chinese($0, as: name) } ?? "")
            }
        }
        return result
    }

    private func values(in text: Substring) -> [String: Substring]? {
        var rest = text
        var open: String?
        var values: [String: Substring] = [:]
        for (index, part) in pattern.enumerated() {
            switch part {
            case .place(let name): open = name
            case .words(let words):
                guard let name = open else {
                    guard rest.hasPrefix(words) else { return nil }
                    rest = rest.dropFirst(words.count)
                    continue
                }
                open = nil
                if index == pattern.count - 1 {
                    guard rest.hasSuffix(words) else { return nil }
                    values[name] = rest.dropLast(words.count)
                    rest = ""
                } else {
                    guard let found = rest.firstRange(of: words) else { return nil }
                    values[name] = rest[..<found.lowerBound]
                    rest = rest[found.upperBound...]
                }
            }
        }
        let isWhole = values.allSatisfy { !$1.isEmpty && (FilledIn.isFree($0) || !$1.contains("; ")) }
        guard rest.isEmpty, isWhole else { return nil }
        // At either end stands a host, an id or a place, and not another text.
        let ends = [
            english.hasPrefix("{") ? pattern.dropFirst().first : nil,
            english.hasSuffix("}") ? pattern.dropLast().last : nil,
        ]
        for case .place(let name)? in ends where !FilledIn.isFree(name) {
            let value = values[name] ?? ""
            if value.contains(": ") || (name == "path" && value.contains(" ")) { return nil }
        }
        return values
    }
}

extension String {
    /// With a space where Chinese characters and Latin letters or digits meet, and without one between Chinese characters.
    fileprivate mutating func appendSpaced(_ piece: String) {
        guard let first = piece.unicodeScalars.first else { return }
        let end = unicodeScalars.suffix(2)
        if let last = end.last {
            if last == " ", Self.isHan(first), end.count == 2, end.first.map(Self.isWide) == true {
                removeLast()
            } else if Self.isHan(last) && Self.isLatin(first) || Self.isLatin(last) && Self.isHan(first) {
                append(" ")
            }
        }
        let dropsSpace =
            first == " " && unicodeScalars.last.map(Self.isWide) == true
            && piece.unicodeScalars.dropFirst().first.map(Self.isHan) == true
        append(contentsOf: dropsSpace ? piece.dropFirst() : piece[...])
    }

    private static func isHan(_ scalar: Unicode.Scalar) -> Bool { ("\u{4E00}"..."\u{9FFF}").contains(scalar) }

    /// A Chinese character or its punctuation.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        isHan(scalar) || ("\u{3000}"..."\u{303F}").contains(scalar) || ("\u{FF00}"..."\u{FFEF}").contains(scalar)
    }

    private static func isLatin(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "/", "_", "`": true
        default: false
        }
    }
}
