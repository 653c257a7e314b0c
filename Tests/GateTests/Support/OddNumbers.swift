import Model

/// What stands where a number should stand, as JSON writes it or should not.
enum OddNumbers {
    static let texts = [
        "0", "-1", "2147483648", "9007199254740992", "9223372036854775807", "-9223372036854775808", "1e400", "-1e400",
        "1.7e308", "-1.7e308", "NaN", "Infinity", "\"odd\"", "null", "\"9223372036854775807\"", "\"1e308\"", "\"NaN\"",
        "true",
    ]

    /// The text with each of its plain values in turn replaced by each of the odd ones.
    ///
    /// - Returns: the changed text, and what was changed: `TaskInfo[0].StartTime = 1e400`.
    static func variants(of template: String) throws -> [(text: String, change: String)] {
        let value = try JSONDocument(Array(template.utf8)).value
        return places(in: value).flatMap { path -> [(text: String, change: String)] in
            let marked = replacing(value, path[...], by: .string(mark)).text()
            return texts.map { odd in
                (marked.replacingBytes(of: "\"\(mark)\"", with: odd), "\(path.map(\.text).joined()) = \(odd)")
            }
        }
    }

    private static let mark = "the-odd-one"

    private enum Step {
        case key(String)
        case index(Int)

        var text: String {
            switch self {
            case .key(let name): ".\(name)"
            case .index(let position): "[\(position)]"
            }
        }
    }

    private static func places(in value: JSONValue) -> [[Step]] {
        switch value {
        case .object(let members):
            members.sorted { $0.key < $1.key }.flatMap { key, member in places(in: member).map { [.key(key)] + $0 } }
        case .array(let items):
            items.enumerated().flatMap { index, item in places(in: item).map { [.index(index)] + $0 } }
        default: [[]]
        }
    }

    private static func replacing(_ value: JSONValue, _ path: ArraySlice<Step>, by other: JSONValue) -> JSONValue {
        guard let step = path.first else { return other }
        switch (step, value) {
        case (.key(let name), .object(var members)):
            members[name] = members[name].map { replacing($0, path.dropFirst(), by: other) }
            return .object(members)
        case (.index(let position), .array(var items)):
            items[position] = replacing(items[position], path.dropFirst(), by: other)
            return .array(items)
        default: return value
        }
    }
}
