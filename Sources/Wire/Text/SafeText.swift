/// Makes a text from outside fit for where it goes. One function for each exit, all of them by scalar: a combining
/// character behind a quote, a bracket or an `@` hides it from whatever works by character.
///
/// JSON is written by `JSONBytes`, queries and forms by `PercentEncoding`.
package enum SafeText {
    /// For a line of a log or of `STATUS=`: no white space at the ends, every run of blanks, line ends and hidden
    /// characters one blank, cut to size.
    package static func line(_ text: String, maximumBytes: Int) -> String {
        var line = String.UnicodeScalarView()
        var pendingBlank = false
        var length = 0
        for scalar in text.unicodeScalars {
            if scalar == " " || isHidden(scalar) {
                pendingBlank = !line.isEmpty
                continue
            }
            if pendingBlank { line.append(" ") }
            pendingBlank = false
            line.append(scalar)
            // The rest is cut off anyway, and may be long.
            length += 1
            if length > maximumBytes { break }
        }
        return String(line).cut(bytes: maximumBytes)
    }

    /// For XML and HTML, inside an element or a quoted attribute: visible, and with entities for `& < > " '`.
    package static func xml(_ text: String) -> String {
        replacing(text) { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&#39;"
            case "\n", "\t": nil
            // XML 1.0, production 2, has no place for these.
            case "\u{FFFE}", "\u{FFFF}": "\u{FFFD}"
            case _ where isHidden(scalar): "\u{FFFD}"
            default: nil
            }
        }
    }

    /// For a database: U+0000 becomes U+FFFD. SQLite's own functions end a text there, and PostgreSQL takes none.
    package static func stored(_ text: String) -> String {
        guard text.utf8.contains(0) else { return text }
        return replacing(text) { $0 == "\0" ? "\u{FFFD}" : nil }
    }

    /// For any markup: every scalar that `escape` names is written as it says.
    package static func replacing(_ text: String, _ escape: (Unicode.Scalar) -> String?) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let replacement = escape(scalar) {
                escaped.append(contentsOf: replacement.unicodeScalars)
            } else {
                escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// C0, DEL and C1, line and paragraph separators, and format characters (U+202E, U+2066 among them): whatever makes a
    /// reader see something else than was written. The two joiners stay; Persian, Hindi and many emoji need them.
    package static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7F: false
        case 0..<0xA0: true
        case 0x200C, 0x200D: false
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
    }
}

extension String {
    /// Replaces every occurrence of a text, compared byte by byte: nothing that follows it hides it.
    package func replacingBytes(of text: String, with replacement: String) -> String {
        let needle = Array(text.utf8)
        guard let first = needle.first, utf8.count >= needle.count else { return self }
        let bytes = Array(utf8)
        let substitute = Array(replacement.utf8)
        var output: [UInt8] = []
        var start = 0
        var place = 0
        while place + needle.count <= bytes.count {
            guard bytes[place] == first, bytes[place..<place + needle.count].elementsEqual(needle) else {
                place += 1
                continue
            }
            output += bytes[start..<place]
            output += substitute
            place += needle.count
            start = place
        }
        guard start > 0 else { return self }
        output += bytes[start...]
        return String(decoding: output, as: UTF8.self)
    }
}
