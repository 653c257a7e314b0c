extension String {
    /// The text with the keyword that a robot lets messages through for, added at the end where it lacks it.
    func containing(_ keyword: String?, separator: String = "\n") -> String {
        guard let keyword, !keyword.isEmpty, !contains(keyword) else { return self }
        return self + separator + keyword
    }
}
