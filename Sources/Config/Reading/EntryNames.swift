/// The names of entries in `targets`, `accounts` and `hooks`, for lists in messages.
///
/// Names that are not valid are left out: they are reported at their entries, and may be secrets in the wrong place, for
/// example the URL of a chat robot.
enum EntryNames {
    static func shown(_ names: some Sequence<String>) -> [String] { names.filter(Disclosure.isEntryName).sorted() }

    /// `; did you mean "chat"?`, or a list of all names, or nothing if there are none.
    ///
    /// - Parameter beginning: introduces the list, for example `the targets are`.
    static func hint(_ word: String, of names: some Sequence<String>, _ beginning: String) -> String {
        let shown = shown(names)
        let hint = NearestName.hint(word, among: shown)
        guard hint.isEmpty, !shown.isEmpty else { return hint }
        return "; \(beginning) \(shown.joined(separator: ", "))"
    }
}
