import Model

/// Characters that nobody sees and that come along when a secret is copied out of a page or saved by an editor.
enum HiddenCharacter {
    /// - Returns: what the first one is called, with its place; nil if there is none.
    static func first(in text: String) -> String? {
        for (position, scalar) in text.unicodeScalars.enumerated() {
            guard let name = name(of: scalar) else { continue }
            let code = String(scalar.value, radix: 16, uppercase: true)
            let place = position == 0 ? "at its start" : "at character \(position + 1)"
            return "\(name) (U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code)) \(place)"
        }
        return nil
    }

    private static func name(of scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0xFEFF: "a byte order mark"
        case 0x200B...0x200D, 0x2060: "a zero-width character"
        case 0xA0, 0x2007, 0x202F: "a no-break space"
        case 0x2028, 0x2029: "a line separator"
        default: scalar.properties.generalCategory == .format ? "an invisible character" : nil
        }
    }
}
