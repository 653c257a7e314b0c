import CTerminal
import Glibc
import Model

/// Text on its way to a terminal: the one place that makes it harmless and measures it.
///
/// Names, statuses and messages come from outside. A control character or a format character in them (Unicode's
/// categories Cc and Cf) could move the cursor, set the window's title or turn the direction of what follows.
enum TerminalText {
    /// A style, as a character that no text has: a noncharacter of Unicode, written as an escape sequence at the exit.
    enum Style: UInt32, CaseIterable {
        case red = 0xFDD0
        case green, yellow, dim
        case end = 0xFDDF

        var mark: Character { Unicode.Scalar(rawValue).map(Character.init) ?? " " }

        fileprivate var sequence: String {
            switch self {
            case .red: "\u{1B}[31m"
            case .green: "\u{1B}[32m"
            case .yellow: "\u{1B}[33m"
            case .dim: "\u{1B}[2m"
            case .end: "\u{1B}[0m"
            }
        }
    }

    /// The bytes to write: lines of text, styles as escape sequences, everything that could steer replaced.
    static func output(_ text: String) -> [UInt8] {
        Array(filtered(text, keepsLayout: true).utf8)
    }

    /// A text from outside, as one cell or line of a larger text: without line breaks and styles.
    static func cell(_ text: String) -> String {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } ? text : filtered(text, keepsLayout: false)
    }

    private static func filtered(_ text: String, keepsLayout: Bool) -> String {
        let scalars = text.unicodeScalars
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let scalar = scalars[index]
            index = scalars.index(after: index)
            switch scalar.value {
            case 0x20..<0x7F: result.append(scalar)
            case 0x0A where keepsLayout: result.append(scalar)
            case 0xFDD0...0xFDEF:
                if keepsLayout, let style = Style(rawValue: scalar.value) {
                    result.append(contentsOf: style.sequence.unicodeScalars)
                } else {
                    result.append(replacement)
                }
            default:
                let next = index < scalars.endIndex ? scalars[index] : nil
                let isHarmless = !steers(scalar) || joins(scalar, between: previous, and: next)
                result.append(isHarmless ? scalar : replacement)
            }
            // What only changes how the character before it looks does not come between a joiner and that character.
            if scalar.value != 0xFE0F, !isEmojiModifier(scalar) { previous = scalar }
        }
        return String(result)
    }

    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    private static func steers(_ scalar: Unicode.Scalar) -> Bool {
        SafeText.isHidden(scalar) || scalar.value == 0x200C || scalar.value == 0x200D
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

    private static func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0xFF && scalar.properties.isEmoji
    }

    private static func isEmojiModifier(_ scalar: Unicode.Scalar) -> Bool {
        (0x1F3FB...0x1F3FF).contains(scalar.value)
    }

    // MARK: Widths

    /// How many cells of a terminal a text takes, by wcwidth(3); an emoji that joiners tie together is one.
    static func width(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
        var width = 0
        var isJoined = false
        var base: (scalar: Unicode.Scalar, width: Int)?
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x200D:
                isJoined = base.map { isEmoji($0.scalar) } ?? false
            case 0xFE0F:
                // Asks for the coloured form, which takes two cells.
                if let plain = base, plain.width == 1, isEmoji(plain.scalar) {
                    width += 1
                    base = (plain.scalar, 2)
                }
            default:
                let own = cells(scalar)
                let isPart = isJoined || (isEmojiModifier(scalar) && base.map { isEmoji($0.scalar) } == true)
                if !isPart { width += own }
                if own > 0 { base = (scalar, isPart ? 2 : own) }
                isJoined = false
            }
        }
        return width
    }

    private static func cells(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x7F { return 1 }
        let cells = hasLocale ? wcwidth(wchar_t(scalar.value)) : -1
        if cells >= 0 { return Int(cells) }
        // A character that is newer than the C library.
        return scalar.properties.isEmojiPresentation ? 2 : 1
    }

    /// wcwidth(3) knows the characters of the program's locale; whatever that is, ours are those of Unicode.
    private static let hasLocale = setlocale(LC_CTYPE, "C.UTF-8") != nil
}
