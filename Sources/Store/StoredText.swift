import Model

extension String {
    /// The text as it is stored: without U+0000. SQLite would take it for the end of the text, so that the key
    /// `pm-a␀x` would be the key `pm-a`.
    var stored: String { SafeText.stored(self) }
}

extension Optional<String> {
    var stored: String? { self?.stored }
}
