import Model

/// Questions that every service asks of a message's JSON.
extension JSONValue {
    var text: String? {
        guard let text = stringValue, !text.isEmpty else { return nil }
        return text
    }

    var integer: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    var flag: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// The members, where all are strings.
    var texts: [String]? {
        guard let items = arrayValue else { return nil }
        let texts = items.compactMap(\.stringValue)
        return texts.count == items.count ? texts : nil
    }
}

/// Refuses a message in a service's own way.
struct Demands {
    let failure: String

    func require(_ condition: Bool, _ words: String) throws(RobotRefusal) {
        guard condition else { throw RobotRefusal(failure, words) }
    }

    func require<Value>(_ value: Value?, _ words: String) throws(RobotRefusal) -> Value {
        guard let value else { throw RobotRefusal(failure, words) }
        return value
    }

    /// A text of at most so many UTF-16 units: never less than what a service counts in characters.
    func text(_ value: JSONValue?, atMost limit: Int, _ place: String) throws(RobotRefusal) -> String {
        let text = try require(value?.text, "\(place) is missing, empty or no text")
        try require(text.utf16.count <= limit, "\(place) has \(text.utf16.count) characters, more than \(limit)")
        return text
    }

    /// Only these keys.
    func keys(_ value: JSONValue, _ known: Set<String>, _ place: String) throws(RobotRefusal) {
        let members = try require(value.objectValue, "\(place) is not an object")
        if let stranger = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw RobotRefusal(failure, "\(place) has no field \(stranger)")
        }
    }
}
