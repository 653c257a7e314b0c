/// The words of a command line, as a shell splits it, without everything else that a shell does.
enum CommandWords {
    /// Splits at blanks. Within single quotes all is itself; within double quotes a backslash escapes `"`, `\`, `$` and
    /// `` ` ``; outside of quotes a backslash escapes any character. The official Python library reads `process_command` so.
    ///
    /// - Returns: nil if a quote is not closed or the last character is a backslash.
    static func split(_ command: String) -> [String]? {
        var words: [String] = []
        var word: String.UnicodeScalarView?
        var quote: Unicode.Scalar?
        var rest = command.unicodeScalars.makeIterator()
        while let scalar = rest.next() {
            if quote == "'" {
                if scalar == "'" { quote = nil } else { word?.append(scalar) }
            } else if scalar == "\\" {
                guard let escaped = rest.next() else { return nil }
                if word == nil { word = String.UnicodeScalarView() }
                if quote == "\"", !["\"", "\\", "$", "`"].contains(escaped) { word?.append(scalar) }
                word?.append(escaped)
            } else if let open = quote {
                if scalar == open { quote = nil } else { word?.append(scalar) }
            } else if scalar == "'" || scalar == "\"" {
                quote = scalar
                if word == nil { word = String.UnicodeScalarView() }
            } else if scalar.properties.isWhitespace {
                if let ended = word { words.append(String(ended)) }
                word = nil
            } else {
                if word == nil { word = String.UnicodeScalarView() }
                word?.append(scalar)
            }
        }
        guard quote == nil else { return nil }
        if let ended = word { words.append(String(ended)) }
        return words
    }
}
