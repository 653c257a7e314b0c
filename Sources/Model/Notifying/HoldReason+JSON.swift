extension HoldReason {
    /// As a row, a message and `alerts list` show it: `{"silence": 3, "comment": "…"}` or `{"hours": "routes[0]"}`.
    package var json: JSONValue {
        switch self {
        case .silence(let id, let comment): .object(["silence": .integer(id), "comment": .string(comment)])
        case .hours(let route): .object(["hours": .string("routes[\(route)]")])
        }
    }

    /// - Returns: nil if it is not the JSON of a reason that this version knows.
    package init?(_ json: JSONValue) {
        if case .integer(let id)? = json["silence"] {
            self = .silence(id: id, comment: json["comment"]?.stringValue ?? "")
        } else if let hours = json["hours"]?.stringValue, hours.hasPrefix("routes["), hours.hasSuffix("]"),
            let route = Int(hours.dropFirst("routes[".count).dropLast())
        {
            self = .hours(route: route)
        } else {
            return nil
        }
    }
}

extension [HoldReason] {
    package var json: JSONValue { .array(map(\.json)) }

    /// Reads a stored list; what this version does not know is left out.
    package init(json text: String) {
        let items = (try? JSONValue(parsing: [UInt8](text.utf8)))?.arrayValue ?? []
        self = items.compactMap { HoldReason($0) }
    }
}
