/// What a byte is in ASCII; checks of 10,000 ids go by bytes.
extension UInt8 {
    package var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    package var isLowercaseLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }

    package var isLetter: Bool { (self | 0x20).isLowercaseLetter }

    package var isLetterOrDigit: Bool { isLetter || isDigit }

    /// A letter, a digit or `_`.
    package var isWordCharacter: Bool { isLetterOrDigit || self == UInt8(ascii: "_") }
}
