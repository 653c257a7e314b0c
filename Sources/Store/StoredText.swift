extension String {
    /// The text as it is stored: without U+0000. SQLite would take it for the end of the text, so that the key
    /// `pm-a␀x` would be the key `pm-a`.
    var stored: String {
        utf8.contains(0) ? String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 })) : self
    }
}

extension Optional<String> {
    var stored: String? { self?.stored }
}
