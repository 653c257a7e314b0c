/// A pattern for ids and names: `*` stands for any text, `?` for one character, everything else for itself.
struct Glob: Hashable, Sendable {
    private let pattern: [Character]

    init(_ pattern: String) {
        self.pattern = Array(pattern)
    }

    /// Remembers only the last `*`, so that a hostile pattern costs no more than pattern × text steps.
    func matches(_ text: String) -> Bool {
        let text = Array(text)
        var position = 0
        var place = 0
        var afterStar: (place: Int, position: Int)?
        while position < text.count {
            if place < pattern.count, pattern[place] == "*" {
                afterStar = (place + 1, position)
                place += 1
            } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[position] {
                place += 1
                position += 1
            } else if let star = afterStar {
                afterStar = (star.place, star.position + 1)
                place = star.place
                position = star.position + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }
}
