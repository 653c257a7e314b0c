/// What a byte means in a text in which secrets are looked for.
extension UInt8 {
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
    var isQuote: Bool {
        self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") || self == UInt8(ascii: "`")
    }
    var isCapitalLetter: Bool { isLetter && !isLowercaseLetter }
    var isBase64Digit: Bool { isLetterOrDigit || "+/".utf8.contains(self) }
    var isBase64: Bool { isBase64Digit || self == UInt8(ascii: "=") }
    var isNameCharacter: Bool { isLetterOrDigit || "_-.".utf8.contains(self) }
    var isTokenCharacter: Bool { isLetterOrDigit || "_-.+/=%~".utf8.contains(self) }
    var isOpeningBracket: Bool { "([{".utf8.contains(self) }
    var isClosingBracket: Bool { ")]}".utf8.contains(self) }
    var endsValue: Bool { isQuote || isClosingBracket || self == UInt8(ascii: ">") }
    var separatesValues: Bool { ",;&".utf8.contains(self) }

    /// Of two letters or digits: whether both are small, both are capitals or both are digits.
    func isOfSameKind(as other: UInt8) -> Bool {
        isDigit == other.isDigit && isLowercaseLetter == other.isLowercaseLetter
    }
}
