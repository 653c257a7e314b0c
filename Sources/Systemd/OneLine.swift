/// Makes any text fit to stand on one bounded line.
package enum OneLine {
    /// The text without surrounding white space, every run of line breaks and control characters a space, cut to size.
    package static func text(_ text: String, maximumBytes: Int) -> String {
        var line = ""
        var pendingSpace = false
        for scalar in text.unicodeScalars {
            if isControl(scalar) || scalar == " " {
                pendingSpace = !line.isEmpty
                continue
            }
            if pendingSpace { line.append(" ") }
            pendingSpace = false
            line.unicodeScalars.append(scalar)
        }
        return cut(line, maximumBytes: maximumBytes)
    }

    /// The text with control characters written as `\n`, `\t`, `\r`, `\u{1b}`, and `\` as `\\`.
    package static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isControl($0) || $0 == "\\" }) else { return text }
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where isControl(scalar): line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    /// At most `maximumBytes` of UTF-8, never half a character; what was cut is marked by `…`.
    package static func cut(_ text: String, maximumBytes: Int) -> String {
        guard text.utf8.count > maximumBytes else { return text }
        let mark = "…"
        var used = mark.utf8.count
        var end = text.startIndex
        while end < text.endIndex {
            let next = text.index(after: end)
            used += text.utf8.distance(from: end, to: next)
            guard used <= maximumBytes else { break }
            end = next
        }
        return text[..<end] + mark
    }

    /// C0, DEL and C1, the line and paragraph separators, and what turns the direction of the text round: all that can
    /// make a terminal show something else than was written.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
