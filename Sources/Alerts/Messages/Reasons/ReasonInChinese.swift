package import Model

/// Why a poll or a delivery failed, in Chinese. The reason is stored in English, with what it is about filled in; here it
/// is found again among the texts that the programs write, and put into the other language. What a service said itself
/// stays as it is, as a quotation.
enum ReasonInChinese {
    /// - Returns: nil if the reason is not, from beginning to end, one of the texts with a translation.
    static func text(_ reason: String) -> String? {
        guard reason.utf8.count <= longest else { return nil }
        if let whole = composed(reason[...]) { return whole }
        // What the service said comes last: in parentheses, or after a colon.
        if reason.hasSuffix(")") {
            for place in places(of: " (", in: reason[...]) {
                guard let own = composed(reason[..<place]) else { continue }
                let rest = reason[place...].dropFirst(2).dropLast()
                return text(String(rest)).map { "\(own)（\($0)）" } ?? quoting(rest, after: own)
            }
        }
        for place in places(of: ": ", in: reason[...]) {
            guard let own = composed(reason[..<place]) else { continue }
            let rest = reason[place...].dropFirst(2)
            return text(String(rest)).map { "\(own)：\($0)" } ?? quoting(rest, after: own)
        }
        return nil
    }

    private static func quoting(_ words: Substring, after own: String) -> String { "\(own)（返回：“\(words)”）" }

    /// Of one text, or of two or three that semicolons join.
    private static func composed(_ text: Substring, parts: Int = 3) -> String? {
        for translation in translations {
            if let found = translation.applied(to: text) { return found }
        }
        guard parts > 1 else { return nil }
        for place in places(of: "; ", in: text) {
            guard let first = translations.lazy.compactMap({ $0.applied(to: text[..<place]) }).first,
                let rest = composed(text[place...].dropFirst(2), parts: parts - 1)
            else { continue }
            return "\(first)；\(rest)"
        }
        return nil
    }

    /// The first of them: a text of ours has few.
    private static func places(of separator: String, in text: Substring) -> [Substring.Index] {
        Array(text.ranges(of: separator).map(\.lowerBound).prefix(mostPlaces))
    }

    private static let mostPlaces = 20

    /// What is filled in: a duration, or a text of ours that has a translation, else as it is.
    static func part(_ value: Substring, _ name: String) -> String {
        if name == "time", let time = DurationText.parse(String(value)), time >= .seconds(1) {
            return " \(Chinese().duration(time))"
        }
        guard name != "words" else { return String(value) }
        if let translated = parts.lazy.compactMap({ $0.applied(to: value) }).first { return translated }
        return name == "origin" ? " \(value)" : String(value)
    }

    private static let parts = partsOfReasons.map(Translation.init)
    /// Messages have shorter ones.
    private static let longest = 4000

    static let translations =
        (targetReasons + serviceReasons + mailReasons + apiReasons + credentialReasons + connectionReasons
        + alertReasons).map(
            Translation.init)
}

extension Language {
    /// Why a poll or a delivery failed, as far as it can be translated; it is stored in English.
    package func reason(_ stored: String) -> String {
        self == .chinese ? ReasonInChinese.text(stored) ?? stored : stored
    }
}

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
        guard rest.isEmpty, values.allSatisfy({ !$1.isEmpty && ($0 == "words" || !$1.contains("; ")) }) else {
            return nil
        }
        // At either end stands a host, an id or a place, and not another text; only `words` are quoted.
        let ends = [
            english.hasPrefix("{") ? pattern.dropFirst().first : nil,
            english.hasSuffix("}") ? pattern.dropLast().last : nil,
        ]
        for case .place(let name)? in ends where name != "words" {
            if values[name]?.contains(": ") == true { return nil }
        }
        return chinese.map { part in
            switch part {
            case .words(let words): words
            case .place(let name): ReasonInChinese.part(values[name] ?? "", name)
            }
        }.joined().trimmed
    }
}
