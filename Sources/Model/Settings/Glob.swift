/// A pattern for ids and names: `*` stands for any text, `?` for one character, `[…]` for one of a set or range of
/// characters (`[^…]` and `[!…]` for any other), everything else for itself.
///
/// The pattern's own text matches, too: a task may be named `train [v2]`.
///
/// The one implementation for routes and for filters. It compares Unicode scalars, as SQLite's GLOB does.
package struct Glob: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case any
        case one
        case scalar(Unicode.Scalar)
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .any: false
            case .one: true
            case .scalar(let own): own == scalar
            case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
            }
        }
    }

    private let parts: [Part]
    private let pattern: String

    /// Whether it matches every text.
    package var matchesAll: Bool { parts == [.any] }

    package init(_ pattern: String) {
        self.pattern = pattern
        let scalars = Array(pattern.unicodeScalars)
        var parts: [Part] = []
        var position = 0
        while position < scalars.count {
            switch scalars[position] {
            case "*":
                if parts.last != .any { parts.append(.any) }
                position += 1
            case "?":
                parts.append(.one)
                position += 1
            case "[":
                if let (part, end) = Self.set(scalars, at: position) {
                    parts.append(part)
                    position = end
                } else {
                    // Without its end it is itself, as in fnmatch(3).
                    parts.append(.scalar("["))
                    position += 1
                }
            case let scalar:
                parts.append(.scalar(scalar))
                position += 1
            }
        }
        self.parts = parts
    }

    /// Whether a text means more than itself as a pattern.
    package static func isPattern(_ text: String) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }

    /// Remembers only the last `*`, so that a hostile pattern costs no more than pattern × text steps.
    package func matches(_ text: String) -> Bool {
        if text.utf8.elementsEqual(pattern.utf8) { return true }
        let text = Array(text.unicodeScalars)
        var position = 0
        var place = 0
        var afterStar: (place: Int, position: Int)?
        while position < text.count {
            if place < parts.count, parts[place] == .any {
                afterStar = (place + 1, position)
                place += 1
            } else if place < parts.count, parts[place].matches(text[position]) {
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
        return parts[place...].allSatisfy { $0 == .any }
    }

    /// Reads `[…]`. A `]` that comes first belongs to the set.
    ///
    /// - Returns: nil if it has no end.
    private static func set(_ scalars: [Unicode.Scalar], at start: Int) -> (part: Part, end: Int)? {
        var position = start + 1
        var isNegated = false
        if position < scalars.count, scalars[position] == "^" || scalars[position] == "!" {
            isNegated = true
            position += 1
        }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var isFirst = true
        while position < scalars.count, isFirst || scalars[position] != "]" {
            isFirst = false
            let lower = scalars[position]
            if position + 2 < scalars.count, scalars[position + 1] == "-", scalars[position + 2] != "]" {
                let upper = scalars[position + 2]
                // A range that runs backwards has nothing in it.
                if lower <= upper { ranges.append(lower...upper) }
                position += 3
            } else {
                ranges.append(lower...lower)
                position += 1
            }
        }
        return position < scalars.count ? (.set(ranges, isNegated: isNegated), position + 1) : nil
    }
}
