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

    /// In bytes; those that the programs write are shorter.
    private static let longest = 1500

    static let translations = all.map(Translation.init)

    /// The texts that are looked up, in this order.
    static let all =
        targetReasons + outboxReasons + serviceReasons + mailReasons + apiReasons + credentialReasons + profileReasons
        + connectionReasons
}

extension Language {
    /// Why a poll or a delivery failed, as far as it can be translated; it is stored in English.
    package func reason(_ stored: String) -> String {
        self == .chinese ? ReasonInChinese.keptText(stored) ?? stored : stored
    }
}
