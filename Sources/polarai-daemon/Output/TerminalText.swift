import CTerminal
import Glibc
import Model

/// Text on its way to a terminal: with styles, made harmless by `SafeText.terminal`, and measured.
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
        SafeText.terminal(text, .replaced) { scalar in
            switch scalar.value {
            case 0x0A where keepsLayout: "\n"
            // A style that a text from outside brings along is not one of ours.
            case 0xFDD0...0xFDEF: keepsLayout ? Style(rawValue: scalar.value)?.sequence ?? "\u{FFFD}" : "\u{FFFD}"
            default: nil
            }
        }
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
                isJoined = base.map { SafeText.isEmoji($0.scalar) } ?? false
            case 0xFE0F:
                // Asks for the coloured form, which takes two cells.
                if let plain = base, plain.width == 1, SafeText.isEmoji(plain.scalar) {
                    width += 1
                    base = (plain.scalar, 2)
                }
            default:
                let own = cells(scalar)
                let isPart =
                    isJoined || (SafeText.isEmojiModifier(scalar) && base.map { SafeText.isEmoji($0.scalar) } == true)
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
