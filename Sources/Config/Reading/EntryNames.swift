/// Names that the user gave to entries of `targets`, `accounts` and `hooks`, as a message may list them.
///
/// A name that is not valid is reported at its entry, and may be a secret that stands in the wrong place, for example the URL of
/// a chat robot: it is left out.
enum EntryNames {
    static func shown(_ names: some Sequence<String>) -> [String] { names.filter(Disclosure.isEntryName).sorted() }

    /// `; did you mean "chat"?`, or all of them, or nothing if there is none.
    ///
    /// - Parameter beginning: what the list is of, for example `the targets are`.
    static func hint(_ word: String, of names: some Sequence<String>, _ beginning: String) -> String {
        let shown = shown(names)
        let hint = NearestName.hint(word, among: shown)
        guard hint.isEmpty, !shown.isEmpty else { return hint }
        return "; \(beginning) \(shown.joined(separator: ", "))"
    }
}
