import Model

/// In which language a page is written.
enum LanguageChoice {
    /// The better of English and Chinese by an `Accept-Language` (RFC 9110, 12.5.4).
    ///
    /// - Parameter standard: for a reader who wants neither, or both alike.
    static func best(_ header: String?, standard: Language) -> Language {
        guard let header, header.utf8.count <= 4096 else { return standard }
        var qualities: [Language: Double] = [:]
        var others: Double?
        for item in header.split(separator: ",").prefix(100) {
            let parts = item.split(separator: ";").map(\.trimmed)
            guard let range = parts.first?.lowercased() else { continue }
            var quality = 1.0
            for part in parts.dropFirst() where part.lowercased().hasPrefix("q=") {
                quality = Numbers.double(String(part.dropFirst(2))) ?? 0
            }
            guard (0...1).contains(quality) else { continue }
            if range == "*" {
                others = quality
            } else if let language = Language(rawValue: String(range.prefix { $0 != "-" })) {
                qualities[language] = max(qualities[language] ?? 0, quality)
            }
        }
        let english = qualities[.english] ?? others ?? 0
        let chinese = qualities[.chinese] ?? others ?? 0
        if english == chinese { return standard }
        return english > chinese ? .english : .chinese
    }
}
