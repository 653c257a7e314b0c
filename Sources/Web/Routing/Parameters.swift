import Model
import Reports
import Store

/// The parameters of one request, read one by one; what nobody reads is refused.
struct Parameters {
    private let query: Query
    /// Forms send the fields that were left empty, too.
    private let ignoresEmpty: Bool

    /// - Parameter allowed: the names that mean something.
    /// - Throws: `ParameterError` if there is another one.
    init(_ query: Query, allowed: Set<String>, ignoresEmpty: Bool = false) throws(ParameterError) {
        for item in query.items where !allowed.contains(item.name) {
            let names = allowed.sorted().joined(separator: ", ")
            throw ParameterError(
                item.name,
                allowed.isEmpty
                    ? "is not a parameter: none can be given here" : "is not a parameter; the parameters are \(names)",
                allowed.isEmpty ? "不是有效的参数：此处不接受参数" : "不是有效的参数；可用的参数：\(names)")
        }
        self.query = query
        self.ignoresEmpty = ignoresEmpty
    }

    /// The values of a parameter that may be repeated.
    func list(_ name: String) throws(ParameterError) -> [String] {
        var values: [String] = []
        for value in query.values(name) {
            if value.isEmpty {
                guard ignoresEmpty else { throw ParameterError(name, "is empty", "的值为空") }
                continue
            }
            guard value.utf8.count <= 1000 else {
                throw ParameterError(name, "is longer than 1000 bytes", "的值超过 1000 字节")
            }
            values.append(value)
        }
        return values
    }

    func one(_ name: String) throws(ParameterError) -> String? {
        let values = try list(name)
        guard values.count <= 1 else { throw ParameterError(name, "appears twice", "重复出现") }
        return values.first
    }

    func events() throws(ParameterError) -> [String] {
        let names = try list("event")
        for name in names where EventKind(rawValue: name) == nil {
            let known = EventKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ParameterError("event", "is not an event; events are \(known)", "的值不是有效的事件；可用的值：\(known)")
        }
        return names
    }

    func time(_ name: String) throws(ParameterError) -> Timestamp? {
        guard let text = try one(name) else { return nil }
        // The plus of a zone is often written as it is, which means a space here.
        guard let time = TimeArgument(text) ?? TimeArgument(text.replacing(" ", with: "+")) else {
            throw ParameterError(
                name, "is not a time; write it as one of \(TimeArgument.forms)",
                "的值不是有效的时间；正确的例子：2h（2 小时前）、today、2026-11-28 16:00")
        }
        return time.time
    }

    /// How many rows are asked for: 100 if nothing is said.
    func limit() throws(ParameterError) -> Int {
        guard let text = try one("limit") else { return 100 }
        guard text.utf8.count <= 6, text.utf8.allSatisfy(\.isDigit), let limit = Int(text),
            (1...1000).contains(limit)
        else { throw ParameterError("limit", "is not a whole number from 1 to 1000", "的值不是 1 到 1000 的整数") }
        return limit
    }

    func flag(_ name: String) throws(ParameterError) -> Bool {
        let values = query.values(name)
        guard let value = values.first else { return false }
        guard values.count == 1 else { throw ParameterError(name, "appears twice", "重复出现") }
        switch value {
        case "", "1", "true", "yes": return true
        case "0", "false", "no": return false
        default: throw ParameterError(name, "is not true or false", "的值不是 true 或 false")
        }
    }

    /// The cursor that `next` of an earlier answer named.
    ///
    /// - Parameter mayHaveWord: whether the list has rows of the same number.
    func cursor(mayHaveWord: Bool = false) throws(ParameterError) -> Cursor? {
        guard let text = try one("cursor") else { return nil }
        guard let cursor = Cursor(text), mayHaveWord || cursor.word == nil else { throw Self.badCursor }
        return cursor
    }

    static let badCursor = ParameterError(
        "cursor", "is not a cursor; use the value of \"next\" in the previous answer",
        "的值不是有效的游标；请使用上一次响应中 \"next\" 的值")
}

/// Where a list goes on: behind the row with this number and, if several rows have it, this word.
struct Cursor: Hashable, Sendable {
    let number: Int64
    var word: String?

    var text: String { word.map { "\(number).\($0)" } ?? "\(number)" }
}

extension Cursor {
    init?(_ text: String) {
        let end = text.firstIndex(of: ".") ?? text.endIndex
        let digits = text[..<end]
        guard digits.utf8.count <= 18, !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit),
            let number = Int64(digits)
        else { return nil }
        self.number = number
        word = end == text.endIndex ? nil : String(text[text.index(after: end)...])
    }
}
