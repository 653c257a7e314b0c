package import Model

/// Why a poll or a delivery failed, in Chinese. The reason is stored in English, with what it is about filled in; here it
/// is found again among the texts that the programs write, and put into the other language. What a service said itself
/// stays as it is, as a quotation: behind what happened and before what to do, so that nobody takes it for advice.
enum ReasonInChinese {
    /// A text of ours in Chinese.
    private struct Own {
        let chinese: String
        /// The English that it begins with.
        let english: String
    }

    /// - Parameter longestQuotation: as much of what the service said is quoted, in code points.
    /// - Returns: nil if the reason is not, from beginning to end, one of the texts with a translation.
    static func text(_ reason: String, longestQuotation: Int = .max) -> String? {
        guard reason.utf8.count <= longest else { return nil }
        if let whole = composed(reason[...]) { return whole.chinese }
        // What the service said comes last: in parentheses, or after a colon.
        if reason.hasSuffix(")") {
            // The API's words say so themselves.
            let said = places(of: " (\(apiSays)", in: reason[...])
            for place in said + places(of: " (", in: reason[...]) {
                guard let own = composed(reason[..<place]) else { continue }
                let rest = String(reason[place...].dropFirst(2).dropLast())
                return inserting(text(rest) ?? quotation(rest, behind: own, upTo: longestQuotation), into: own.chinese)
            }
        }
        for place in places(of: ": ", in: reason[...]) {
            guard let own = composed(reason[..<place]) else { continue }
            let rest = String(reason[place...].dropFirst(2))
            return text(rest).map { "\(own.chinese)：\($0)" }
                ?? inserting(quotation(rest, behind: own, upTo: longestQuotation), into: own.chinese)
        }
        return nil
    }

    /// With words in parentheses behind what happened: before the first semicolon or request.
    private static func inserting(_ words: String, into own: String) -> String {
        let end = ["；", "，请", "，如"].compactMap { own.firstRange(of: $0)?.lowerBound }.min() ?? own.endIndex
        let (happened, rest) = (own[..<end], own[end...])
        return happened.hasSuffix("）") ? "\(happened.dropLast())；\(words)）\(rest)" : "\(happened)（\(words)）\(rest)"
    }

    private static func quotation(_ words: String, behind own: Own, upTo limit: Int) -> String {
        let speaker: String =
            if ofReceivers.contains(own.english) {
                "接收方返回"
            } else if ofTheAPI.contains(own.english) {
                "API 返回"
            } else {
                "错误信息："
            }
        let said = words.hasPrefix(apiSays) ? String(words.dropFirst(apiSays.count)) : words
        return "\(speaker)“\(said.cut(to: limit, .scalars))”"
    }

    /// What stands before the API's own words in English (`PolarDB/Failures/Refusal`).
    private static let apiSays = "the API says: "

    /// The texts behind which a receiver of alerts is quoted, and those behind which the API is.
    private static let ofReceivers = Set((targetReasons + serviceReasons + mailReasons).map { $0.english })
    private static let ofTheAPI = Set(apiReasons.map { $0.english })

    /// Of one text, or of two or three that semicolons join.
    private static func composed(_ text: Substring, parts: Int = 3) -> Own? {
        for translation in translations {
            if let found = translation.applied(to: text) { return Own(chinese: found, english: translation.english) }
        }
        guard parts > 1 else { return nil }
        for place in places(of: "; ", in: text) {
            guard let first = composed(text[..<place], parts: 1),
                let rest = composed(text[place...].dropFirst(2), parts: parts - 1)
            else { continue }
            return Own(chinese: "\(first.chinese)；\(rest.chinese)", english: first.english)
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
