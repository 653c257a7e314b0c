import Model

/// Words of a file or a service that may hold secrets in the wrong places: shown only if they look like what they should be.
enum ShownWord {
    /// The name of a profile, a section or a mode, or nil if it must not be shown.
    static func name(_ text: String) -> String? {
        let scalars = text.unicodeScalars
        guard (1...64).contains(scalars.count), !looksLikeSecret(text),
            scalars.allSatisfy({
                $0.properties.isAlphabetic || ("0"..."9").contains($0) || "_.@+- ".unicodeScalars.contains($0)
            })
        else { return nil }
        return text
    }

    /// Those of the names that may be shown, at most ten, to choose from.
    static func list(_ names: some Sequence<String>) -> String {
        let all = Array(names)
        let shown = all.compactMap(name).sorted()
        guard !shown.isEmpty else {
            return all.isEmpty ? "none" : "\(all.count) (names hidden, in case they are secrets)"
        }
        let more = all.count - min(shown.count, most)
        return shown.prefix(most).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }

    /// A service's error code: words that begin with a capital, `EntityNotExist.Role` for example. No code has a digit, and
    /// nearly every secret has one.
    static func code(_ text: String) -> String? {
        let words = text.split(separator: ".", omittingEmptySubsequences: false)
        let hasForm = words.allSatisfy { word in
            word.utf8.first.map { $0.isLetter && !$0.isLowercaseLetter } == true && word.utf8.allSatisfy(\.isLetter)
        }
        return hasForm && text.utf8.count <= 64 ? text : nil
    }

    /// `acs:ram::1234:role/name`.
    static func roleARN(_ text: String) -> String? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "acs", parts[1] == "ram", parts[2].isEmpty,
            parts[3].utf8.allSatisfy(\.isDigit), parts[3].utf8.count <= 32,
            parts[4].hasPrefix("role/"), RoleName.isValid(parts[4].dropFirst(5))
        else { return nil }
        return text
    }

    private static let most = 10

    /// Access keys, and what mixes letters of both cases and digits at a length that no name needs.
    private static func looksLikeSecret(_ text: String) -> Bool {
        if ["LTAI", "STS.", "TMP."].contains(where: text.hasPrefix) { return true }
        let words = text.split { "_.@+- ".contains($0) }
        return words.contains { word in
            word.utf8.count >= 20 && word.contains(where: \.isNumber) && word.contains(where: \.isUppercase)
                && word.contains(where: \.isLowercase)
        }
    }
}

/// The name of a RAM role.
package enum RoleName {
    /// What RAM allows ("Limits" of the RAM documentation), which needs no escaping in a path.
    static func isValid(_ text: some StringProtocol) -> Bool {
        // A path would lose the dots.
        PlainName.isValid(text) && text != "." && text != ".."
    }

    /// What is wrong with a name, without a word of it; nil if nothing is.
    package static func mistake(in text: String) -> String? {
        isValid(text) ? nil : "is not the name of a RAM role: \(form)"
    }

    /// In words.
    static let form = "up to 64 letters, digits, '.', '_' and '-'"
}
