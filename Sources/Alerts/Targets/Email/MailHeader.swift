/// Header fields of a mail (RFC 5322), with text outside of ASCII as encoded words (RFC 2047).
enum MailHeader {
    /// A field without line breaks of its own, folded so that no line is longer than 76 characters where that is possible.
    ///
    /// - Parameter text: any text; control characters, line breaks included, become blanks.
    static func unstructured(_ name: String, _ text: String) -> String {
        let clean = String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
        if clean.utf8.allSatisfy({ $0 < 0x80 }), !clean.contains("=?") {
            return fold(name, clean.split(separator: " ").map(String.init))
        }
        return fold(name, encodedWords(clean, behind: name))
    }

    /// A field of tokens that must stay as they are: addresses, message ids. Tokens with line breaks are left out.
    static func structured(_ name: String, _ tokens: [String]) -> String {
        fold(name, tokens.filter { $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } })
    }

    /// Encoded words of at most 75 characters, each of whole characters: base64 of UTF-8.
    ///
    /// - Parameter name: of the field, whose line the first word shares: it is shorter by that.
    private static func encodedWords(_ text: String, behind name: String) -> [String] {
        // "=?UTF-8?B?" and "?=" leave 63 characters: 15 groups of four, 45 bytes.
        let longest = 45
        var limit = max(4, (76 - name.utf8.count - 2 - 12) / 4 * 3)
        limit = min(limit, longest)
        var words: [String] = []
        var bytes: [UInt8] = []
        func finish() {
            guard !bytes.isEmpty else { return }
            words.append("=?UTF-8?B?\(MailEncoding.base64(bytes))?=")
            bytes.removeAll()
            limit = longest
        }
        for scalar in text.unicodeScalars {
            let next = Array(String(scalar).utf8)
            if bytes.count + next.count > limit { finish() }
            bytes += next
        }
        finish()
        return words
    }

    private static func fold(_ name: String, _ words: [String]) -> String {
        var lines = [name + ":"]
        for word in words {
            let last = lines[lines.count - 1]
            if last.utf8.count + 1 + word.utf8.count > 76, last.utf8.count > name.utf8.count + 1 || lines.count > 1 {
                lines.append(" " + word)
            } else {
                lines[lines.count - 1] = last + " " + word
            }
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }
}
