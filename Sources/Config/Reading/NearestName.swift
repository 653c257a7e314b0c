/// Finds what a misspelt word was meant to be.
enum NearestName {
    /// The candidate that is fewest slips away; nil where all are so far away that naming one would mislead.
    ///
    /// - Parameter slips: how many are forgiven at most.
    static func of(_ word: String, among candidates: some Sequence<String>, slips most: Int = 3) -> String? {
        let plain = simplified(word)
        let scored = candidates.map { (name: $0, slips: distance(plain, simplified($0))) }
        guard let best = scored.min(by: { ($0.slips, $0.name) < ($1.slips, $1.name) }) else { return nil }
        return best.slips <= max(1, min(most, plain.count / 3)) ? best.name : nil
    }

    /// `; did you mean "poll"?`, or nothing.
    static func hint(_ word: String, among candidates: some Sequence<String>) -> String {
        of(word, among: candidates).map { "; did you mean \(JSONValueText.quote($0))?" } ?? ""
    }

    /// A word that only stops early, `warn` for `warning`, is one slip away.
    private static func distance(_ word: [Character], _ candidate: [Character]) -> Int {
        word.count >= 3 && candidate.starts(with: word) ? min(1, candidate.count - word.count) : slips(word, candidate)
    }

    /// `callsPerSecond`, `calls-per-second` and `calls_per_second` are the same word, misspelt or not.
    private static func simplified(_ word: String) -> [Character] {
        Array(word.prefix(64).lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " })
    }

    /// Insertions, deletions, replacements and swaps of neighbours (Damerau's distance, optimal string alignment).
    private static func slips(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for (row, character) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                let replaced = last[column] + (character == other ? 0 : 1)
                var best = min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
