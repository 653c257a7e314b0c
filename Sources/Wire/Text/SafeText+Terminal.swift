/// The one gate to a terminal, for commands and for the text log.
///
/// Names, statuses and messages come from outside. A control character or a format character in them (Unicode's categories
/// Cc and Cf) could move the cursor, set the window's title or turn the direction of what follows.
extension SafeText {
    /// What stands for a character that could steer the terminal.
    package enum Steering: Sendable {
        /// `\n`, `\u{1b}`, `\u{202e}`, and a backslash as `\\`: in a log, where it may be evidence.
        case escaped
        /// U+FFFD: in a table, where it takes one column.
        case replaced
    }

    /// A text that does nothing but be read.
    ///
    /// - Parameter special: characters that have a meaning of their own, and what to write for them; nil for all others.
    package static func terminal(
        _ text: String, _ steering: Steering = .escaped, special: (Unicode.Scalar) -> String? = { _ in nil }
    ) -> String {
        let scalars = text.unicodeScalars
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let scalar = scalars[index]
            index = scalars.index(after: index)
            if (0x20..<0x7F).contains(scalar.value), scalar != "\\" {
                result.append(scalar)
            } else if let words = special(scalar) {
                result.append(contentsOf: words.unicodeScalars)
            } else {
                let next = index < scalars.endIndex ? scalars[index] : nil
                switch steering {
                case .escaped where scalar == "\\": result.append(contentsOf: "\\\\".unicodeScalars)
                case _ where !steers(scalar) || joins(scalar, between: previous, and: next): result.append(scalar)
                case .escaped: result.append(contentsOf: escape(scalar).unicodeScalars)
                case .replaced: result.append("\u{FFFD}")
                }
            }
            // What only changes how the character before it looks does not come between a joiner and that character.
            if scalar.value != 0xFE0F, !isEmojiModifier(scalar) { previous = scalar }
        }
        return String(result)
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(scalar.value, radix: 16))}"
        }
    }

    private static func steers(_ scalar: Unicode.Scalar) -> Bool {
        isHidden(scalar) || scalar.value == 0x200C || scalar.value == 0x200D
    }

    /// Whether a zero-width joiner or non-joiner does what it is for: it ties an emoji together, or shapes a letter of
    /// an Indic script or of Arabic.
    private static func joins(_ scalar: Unicode.Scalar, between left: Unicode.Scalar?, and right: Unicode.Scalar?)
        -> Bool
    {
        guard scalar.value == 0x200D || scalar.value == 0x200C, let left, let right else { return false }
        // 9 is the class of viramas.
        if left.properties.canonicalCombiningClass.rawValue == 9, right.properties.isAlphabetic { return true }
        if scalar.value == 0x200C { return isArabic(left) && isArabic(right) }
        return isEmoji(left) && isEmoji(right)
    }

    private static func isArabic(_ scalar: Unicode.Scalar) -> Bool { (0x0600...0x08FF).contains(scalar.value) }

    package static func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0xFF && scalar.properties.isEmoji
    }

    package static func isEmojiModifier(_ scalar: Unicode.Scalar) -> Bool {
        (0x1F3FB...0x1F3FF).contains(scalar.value)
    }
}
