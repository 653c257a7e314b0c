/// JSON to be sent: its members keep the order in which they are written, so that the same message is the same bytes.
package indirect enum OrderedJSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([OrderedJSON])
    case object([Member])

    /// A key with its value.
    package struct Member: Hashable, Sendable {
        package let key: String
        package let value: OrderedJSON

        package init(key: String, value: OrderedJSON) {
            self.key = key
            self.value = value
        }
    }

    /// Null if there is no text.
    package init(_ text: String?) {
        self = text.map { .string($0) } ?? .null
    }

    package init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let integer): self = .integer(integer)
        case .number(let number): self = .number(number)
        case .string(let text): self = .string(text)
        case .array(let items): self = .array(items.map { OrderedJSON($0) })
        case .object(let members):
            self = .object(members.sorted { $0.key < $1.key }.map { Member(key: $0.key, value: OrderedJSON($0.value)) })
        }
    }

    /// An object of the members that are not nil.
    package static func compact(_ members: KeyValuePairs<String, OrderedJSON?>) -> OrderedJSON {
        .object(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
    }

    package subscript(key: String) -> OrderedJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The JSON text without white space.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package var bytes: [UInt8] {
        var json = JSONBytes()
        write(to: &json)
        return json.take()
    }

    private func write(to json: inout JSONBytes) {
        switch self {
        case .null: json.raw("null")
        case .bool(let flag): json.raw(flag ? "true" : "false")
        case .integer(let integer): json.number(integer)
        case .number(let number): json.number(number)
        case .string(let string): json.string(string)
        case .array(let items):
            json.raw("[")
            for (index, item) in items.enumerated() {
                if index > 0 { json.raw(",") }
                item.write(to: &json)
            }
            json.raw("]")
        case .object(let members):
            json.raw("{")
            for (index, member) in members.enumerated() {
                if index > 0 { json.raw(",") }
                json.string(member.key)
                json.raw(":")
                member.value.write(to: &json)
            }
            json.raw("}")
        }
    }

    /// Writes what stands between the quotes of a JSON string (RFC 8259, section 7).
    package static func escape(_ string: String, into text: inout String) {
        var json = JSONBytes()
        json.escaped(string)
        text += String(decoding: json.take(), as: UTF8.self)
    }
}

extension OrderedJSON: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension OrderedJSON: ExpressibleByBooleanLiteral {
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension OrderedJSON: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
}

extension OrderedJSON: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: OrderedJSON...) { self = .array(elements) }
}

extension OrderedJSON: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, OrderedJSON)...) {
        self = .object(elements.map { Member(key: $0.0, value: $0.1) })
    }
}
