extension String {
    /// The text with the keyword that a robot looks for, added at the end if it lacks it. Compared by bytes, as the
    /// robot does: an accent behind the keyword makes it another text for `String.contains` only.
    func containing(_ keyword: String?, separator: String = "\n") -> String {
        guard let keyword, !keyword.isEmpty, !holds(keyword) else { return self }
        return self + separator + keyword
    }

    /// Whether these very bytes are in the text.
    func holds(_ part: String) -> Bool {
        utf8.contains(part.utf8)
    }
}
