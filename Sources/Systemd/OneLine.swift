import Wire

/// Makes any text fit to stand on one bounded line.
package enum OneLine {
    /// The text without surrounding white space, every run of line breaks and control characters a space, cut to size.
    package static func text(_ text: String, maximumBytes: Int) -> String {
        SafeText.line(text, maximumBytes: maximumBytes)
    }

    /// The text with control characters written as `\n`, `\t`, `\r`, `\u{1b}`, and `\` as `\\`.
    package static func escaped(_ text: String) -> String { SafeText.terminal(text) }

    /// At most `maximumBytes` of UTF-8, never half a character; what was cut is marked by `…`.
    package static func cut(_ text: String, maximumBytes: Int) -> String { text.cut(bytes: maximumBytes) }
}
