/// What a template or a shell would have replaced, and neither the config nor a profile file does.
package enum Placeholder {
    /// The whole text is `${NAME}` or `$NAME`.
    case variable
    /// `${NAME}` or `{{ name }}` within other text.
    case partly

    /// Nil if there is none.
    package init?(in text: String) {
        if Self.isVariable(text) {
            self = .variable
        } else if Self.encloses(text, "${", "}") || Self.encloses(text, "{{", "}}") {
            self = .partly
        } else {
            return nil
        }
    }

    private static func isVariable(_ text: String) -> Bool {
        guard text.hasPrefix("$") else { return false }
        var name = text.dropFirst()
        if name.hasPrefix("{"), name.hasSuffix("}") { name = name.dropFirst().dropLast() }
        guard let first = name.utf8.first, first.isLetter || first == UInt8(ascii: "_") else { return false }
        let hasForm = name.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
        // Without braces it may as well be a password: variables are written in capitals.
        return hasForm && (text.hasPrefix("${") || name.utf8.allSatisfy { !$0.isLowercaseLetter })
    }

    private static func encloses(_ text: String, _ opening: String, _ closing: String) -> Bool {
        guard let start = text.firstRange(of: opening) else { return false }
        return text[start.upperBound...].firstRange(of: closing) != nil
    }
}
