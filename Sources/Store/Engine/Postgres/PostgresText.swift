/// A statement of the store as PostgreSQL takes it. Its text stands once, in SQLite's words; these few are other ones:
///
/// - `?` and `?1` are `$1`;
/// - hints (`INDEXED BY name`, `NOT INDEXED`) are left out: PostgreSQL takes the partial indexes by itself;
/// - `a IS b` is `a IS NOT DISTINCT FROM b`;
/// - `max` and `min` of several values are `GREATEST` and `LEAST`, which pass over NULL;
/// - `x COLLATE NOCASE` is `lower(x)`: what it is compared with is in small letters;
/// - the functions of JSON have other names, and a list of JSON is an array.
struct PostgresText {
    private let tokens: [SQLToken]
    private var position = 0
    private var places = 0

    static func translated(_ sql: String) -> String {
        var text = PostgresText(tokens: SQLToken.all(of: sql))
        return text.rest(until: []).text
    }

    private init(tokens: [SQLToken]) {
        self.tokens = tokens
    }

    /// What was translated up to a sign, and that sign.
    private mutating func rest(until ends: Set<Character>) -> (text: String, end: Character?) {
        var text = ""
        while position < tokens.count {
            let token = tokens[position]
            position += 1
            switch token {
            case .place(let number):
                places = max(places, number ?? places + 1)
                text += "$\(number ?? places)"
            case .quoted(let quoted):
                text += quoted
            case .other("("):
                text += "(" + rest(until: [")"]).text + ")"
            case .other(let sign):
                if let end = sign.first, ends.contains(end) { return (text, end) }
                text += sign
            case .word(let word):
                append(word, to: &text)
            }
        }
        return (text, nil)
    }

    private mutating func append(_ word: Substring, to text: inout String) {
        switch word {
        case "INDEXED" where next(is: "BY"):
            skip(2)
        case "NOT" where next(is: "INDEXED"):
            skip(1)
        case "IS":
            appendComparison(to: &text)
        case "IN" where isBeforeParenthesis:
            appendList(to: &text)
        case "COLLATE" where next(is: "NOCASE"):
            skip(1)
            wrapLastName(of: &text)
        case "max", "min", "json_each", "json_extract", "json_type", "json_object":
            guard peek() == .other("(") else {
                text += word
                return
            }
            position += 1
            var arguments: [String] = []
            var end: Character? = ","
            while end == "," {
                let part = rest(until: [",", ")"])
                arguments.append(part.text)
                end = part.end
            }
            text += call(String(word), arguments)
        default:
            text += word
        }
    }

    private mutating func appendComparison(to text: inout String) {
        let isNegative = next(is: "NOT")
        let operand = nextWord(after: isNegative ? 1 : 0)
        if let operand, ["NULL", "TRUE", "FALSE", "DISTINCT"].contains(operand) {
            text += "IS"
            return
        }
        if isNegative { skip(1) }
        text += isNegative ? "IS DISTINCT FROM" : "IS NOT DISTINCT FROM"
    }

    /// Whether the value is one of a list. As an array it is looked up in an index, whatever is known of the table; as a
    /// sub-query it may be read for each row.
    private mutating func appendList(to text: inout String) {
        while peek()?.isSpace == true { position += 1 }
        position += 1
        let list = rest(until: [")"]).text
        text += list.contains("json_array_elements_text(") ? "= ANY (ARRAY(\(list)))" : "IN (\(list))"
    }

    private var isBeforeParenthesis: Bool {
        tokens[position...].first { !$0.isSpace } == .other("(")
    }

    private mutating func call(_ name: String, _ arguments: [String]) -> String {
        let first = arguments.first ?? ""
        switch name {
        case "max" where arguments.count > 1: return "GREATEST(\(arguments.joined(separator: ",")))"
        case "min" where arguments.count > 1: return "LEAST(\(arguments.joined(separator: ",")))"
        case "json_each":
            var alias = "json_each"
            if next(is: "AS"), let word = nextWord(after: 1) {
                skip(2)
                alias = word
            }
            return "json_array_elements_text(CAST(\(first) AS json)) AS \(alias) (value)"
        case "json_extract": return "(CAST(\(first) AS json) #>> \(Self.path(arguments)))"
        case "json_type": return "json_typeof(CAST(\(first) AS json) #> \(Self.path(arguments)))"
        case "json_object": return "json_build_object(\(arguments.joined(separator: ",")))"
        default: return "\(name)(\(arguments.joined(separator: ",")))"
        }
    }

    /// `'$.facts.started_at'` as `'{facts,started_at}'`.
    private static func path(_ arguments: [String]) -> String {
        let keys = (arguments.last ?? "").filter { $0 != "'" && $0 != " " }.split(separator: ".").dropFirst()
        return "'{\(keys.joined(separator: ","))}'"
    }

    private func wrapLastName(of text: inout String) {
        while text.last == " " { text.removeLast() }
        let name = String(text.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }.reversed())
        text.removeLast(name.count)
        text += "lower(\(name))"
    }

    private func peek() -> SQLToken? { position < tokens.count ? tokens[position] : nil }

    private func next(is word: String) -> Bool { nextWord(after: 0) == word }

    /// - Parameter count: so many words are passed over.
    private func nextWord(after count: Int) -> String? {
        var left = count
        for token in tokens[position...] where !token.isSpace {
            guard case .word(let word) = token else { return nil }
            if left == 0 { return String(word) }
            left -= 1
        }
        return nil
    }

    /// Passes over so many words.
    private mutating func skip(_ count: Int) {
        var left = count
        while left > 0, position < tokens.count {
            if case .word = tokens[position] { left -= 1 }
            position += 1
        }
    }
}
