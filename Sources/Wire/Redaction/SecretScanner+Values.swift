/// How far the value of a secret's name reaches, in whatever language it is written.
extension SecretScanner {
    /// - Parameter isEncoded: whether the separator was that of a URL within a URL, which is the value's end, too.
    mutating func maskValue(of kind: Kind, isEncoded: Bool = false) {
        copySeparators()
        if let type = declaredType {
            copy(type)
            copySeparators()
        }
        if isEncoded, hasPrefix("%22", at: place) { copy(3) }
        if let scheme = valueScheme(of: kind) {
            copy(scheme.length)
            if scheme.hasFields {
                mask(through: text.count)
                return
            }
        }
        guard place < text.count else { return }
        if let quote = openingQuote {
            maskQuoted(quote)
        } else if text[place].isOpeningBracket {
            maskBrackets()
        } else if text[place] == UInt8(ascii: "<") {
            // A special token (`eos_token: <|im_end|>`) is not a secret, and helps the reader.
            copy(1)
        } else {
            // So does a count.
            let first = valueEnd(of: kind, isEncoded: isEncoded, isFirstPart: true)
            if Self.isPlain(text[place..<first]) {
                copy(first - place)
            } else {
                mask(through: valueEnd(of: kind, isEncoded: isEncoded, isFirstPart: false))
            }
        }
    }

    private static let plainWords = ["None", "null", "True", "False", "true", "false"]

    private static func isPlain(_ value: ArraySlice<UInt8>) -> Bool {
        let number = value.first == UInt8(ascii: "-") ? value.dropFirst() : value
        if number.first?.isDigit == true || number.first == UInt8(ascii: "."),
            number.allSatisfy({ $0.isDigit || ".e+-".utf8.contains($0) }),
            Double(String(decoding: number, as: UTF8.self)) != nil
        {
            return true
        }
        return plainWords.contains { value.elementsEqual($0.utf8) }
    }

    /// What is left of `:=`, `=>` and `==`, and blanks.
    private mutating func copySeparators() {
        while place < text.count, text[place].isBlank || "=:>".utf8.contains(text[place]) { copy(1) }
    }

    /// How much of `str = "…"` is the type of a variable that is declared here; nil for none.
    private var declaredType: Int? {
        for type in ["str", "string", "bytes", "secretstr", "optional[str]"] {
            guard hasPrefix(type, at: place, ignoringCase: true) else { continue }
            var end = place + type.utf8.count
            while end < text.count, text[end].isBlank { end += 1 }
            if end < text.count, text[end] == UInt8(ascii: "=") { return end - place }
        }
        return nil
    }

    /// Schemes of `Authorization`, and whether fields with names follow, to the end of the line, not one word.
    private static let schemes: [(name: String, hasFields: Bool)] = [
        ("bearer", false), ("basic", false), ("token", false), ("apikey", false), ("key", false), ("bot", false),
        ("negotiate", false), ("ntlm", false), ("acs", false), ("oss", false), ("digest", true), ("oauth", true),
        ("hmac", true), ("signature", true), ("aws4-hmac-sha256", true), ("acs3-hmac-sha256", true),
        ("oss4-hmac-sha256", true),
    ]

    /// The scheme before a secret, with the blanks behind it; nil if none stands here.
    private func valueScheme(of kind: Kind) -> (length: Int, hasFields: Bool)? {
        // `token: Bearer …` is written, too; other words may be the secret itself.
        let known = Self.schemes.prefix(kind == .authorization ? Self.schemes.count : 2)
        for scheme in known {
            guard hasPrefix(scheme.name, at: place, ignoringCase: true) else { continue }
            let word = place + scheme.name.utf8.count
            var end = word
            while end < text.count, text[end].isBlank { end += 1 }
            // Some of the schemes with fields are ordinary words.
            guard
                !scheme.hasFields || text[end...].contains(UInt8(ascii: "="))
                    || text[end...].starts(with: Redaction.mark.utf8)
            else { continue }
            if end > word, end < text.count { return (end - place, scheme.hasFields) }
        }
        return nil
    }

    /// The quote that opens a value here, also behind backslashes or as `b"…"`; nil if none does.
    private var openingQuote: Int? {
        var index = place
        while index < text.count, index - place < 2, "bBrRuUfF".utf8.contains(text[index]) { index += 1 }
        while index < text.count, text[index] == UInt8(ascii: "\\") { index += 1 }
        return index < text.count && text[index].isQuote ? index : nil
    }

    private mutating func maskQuoted(_ quote: Int) {
        var opening = quote
        let isTripled = text.count - quote > 2 && text[quote + 1] == text[quote] && text[quote + 2] == text[quote]
        if isTripled { opening += 2 }
        let end = closing(opening).value
        copy(opening + 1 - place)
        mask(through: end)
    }

    /// The quote that closes the one at `opening`, and where the value before it ends; the end of the text without one.
    ///
    /// JSON within JSON has one backslash before its quotes, or three, and one that belongs to the value has more.
    private func closing(_ opening: Int) -> (value: Int, quote: Int) {
        var depth = 0
        while depth < opening, text[opening - 1 - depth] == UInt8(ascii: "\\") { depth += 1 }
        var backslashes = 0
        for index in (opening + 1)..<text.count {
            if text[index] == UInt8(ascii: "\\") {
                backslashes += 1
                continue
            }
            if text[index] == text[opening], backslashes < depth || backslashes % (2 * depth + 2) == depth {
                return (index - min(backslashes, depth), index)
            }
            backslashes = 0
        }
        return (text.count, text.count)
    }

    /// Masks a list or an object whole, but not numbers and special tokens (`[MASK]`).
    private mutating func maskBrackets() {
        var depth = 0
        var end = place
        while end < text.count {
            if text[end].isQuote, case let quote = closing(end).quote, quote < text.count {
                end = quote
            } else if text[end].isOpeningBracket {
                depth += 1
            } else if text[end].isClosingBracket {
                depth -= 1
                if depth == 0 { break }
            }
            end += 1
        }
        end = min(end, text.count)
        let isList = text[place] == UInt8(ascii: "[")
        copy(1)
        let content = text[place..<end]
        let isPlain =
            content.allSatisfy { $0.isDigit || $0.isBlank || ",.-".utf8.contains($0) }
            && (content.isEmpty || content.contains(UInt8(ascii: ",")))
            || isList && content.allSatisfy(\.isCapitalLetter)
        if isPlain { copy(content.count) } else { mask(through: end) }
    }

    /// Where a value without quotes ends.
    ///
    /// - Parameter isFirstPart: whether a comma, semicolon or ampersand ends it in any case.
    private func valueEnd(of kind: Kind, isEncoded: Bool, isFirstPart: Bool) -> Int {
        var end = place
        while end < text.count {
            let byte = text[end]
            if byte.endsValue || isFullWidthStop(at: end) { break }
            if byte.isBlank, kind != .cookie || end == place || text[end - 1] != UInt8(ascii: ";") { break }
            if byte.separatesValues, kind != .cookie, isFirstPart || !goesOn(behind: end) { break }
            if isEncoded, hasPrefix("%26", at: end) || hasPrefix("%22", at: end) { break }
            end += 1
        }
        return end
    }

    /// Whether what follows a comma, a semicolon or an ampersand belongs to the value, and is not the next pair.
    private func goesOn(behind separator: Int) -> Bool {
        var end = separator + 1
        while end < text.count {
            let byte = text[end]
            if byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") { return false }
            if byte.isBlank || byte.endsValue || byte.separatesValues { break }
            end += 1
        }
        return end > separator + 1
    }

    private static let fullWidthStops = ["，", "；", "。", "、", "）", "】", "」"].map { Array($0.utf8) }

    private func isFullWidthStop(at index: Int) -> Bool {
        text[index] >= 0xE3 && Self.fullWidthStops.contains { hasPrefix($0, at: index) }
    }
}
