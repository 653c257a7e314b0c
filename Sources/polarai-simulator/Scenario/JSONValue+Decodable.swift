import Model

/// A scenario's free-form values: read with the rest of it by Foundation's decoder.
extension JSONValue: Decodable {
    package init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if let text = try? single.decode(String.self) {
            self = .string(text)
        } else if single.decodeNil() {
            self = .null
        } else if let members = try? single.decode([String: JSONValue].self) {
            self = .object(members)
        } else if let items = try? single.decode([JSONValue].self) {
            self = .array(items)
        } else if let flag = try? single.decode(Bool.self) {
            self = .bool(flag)
        } else if let integer = try? single.decode(Int64.self) {
            self = .integer(integer)
        } else {
            self = .number(try single.decode(Double.self))
        }
    }
}
