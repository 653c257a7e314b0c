import Model

/// `[section]` and `key = value` lines, as `~/.alibabacloud/credentials` has them.
struct IniFile {
    private var sections: [String: [String: String]] = [:]

    /// A value ends at `#`, and `:` will do for `=`, as the official Python library reads it; the rest of the syntax is the
    /// usual one.
    init(_ text: String) {
        var section = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let content = line.prefix { $0 != "#" }.trimmed
            if content.isEmpty || content.hasPrefix(";") { continue }
            if content.hasPrefix("["), let end = content.firstIndex(of: "]") {
                section = content[content.index(after: content.startIndex)..<end].trimmed
                sections[section, default: [:]] = sections[section] ?? [:]
            } else if let separator = content.firstIndex(where: { $0 == "=" || $0 == ":" }) {
                let key = content[..<separator].trimmed.lowercased()
                sections[section, default: [:]][key] = content[content.index(after: separator)...].trimmed
            }
        }
    }

    var names: [String] { sections.keys.sorted() }

    subscript(section: String) -> [String: String]? { sections[section] }
}
