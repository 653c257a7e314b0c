package import Model

extension AlertAnswer {
    /// Reads what `json` writes; nil if it is something else.
    package init?(_ json: JSONValue) {
        func names(_ value: JSONValue?) -> [AlertName]? {
            value?.arrayValue?.compactMap { item in
                guard let id = item["id"]?.stringValue, let target = item["target"]?.stringValue else { return nil }
                return AlertName(id: id, target: target, was: item["was"]?.stringValue.flatMap(AlertState.init))
            }
        }
        guard let changed = names(json["changed"]) else { return nil }
        self.init(
            changed: changed, unchanged: names(json["unchanged"]) ?? [],
            unknown: json["unknown"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            changedCount: json["changed_count"]?.integerValue, unchangedCount: json["unchanged_count"]?.integerValue)
    }

    /// The body of the daemon's answer.
    var json: JSONValue {
        func list(_ names: [AlertName]) -> JSONValue {
            .array(
                names.map {
                    .object(["id": .string($0.id), "target": .string($0.target), "was": JSONValue($0.was?.rawValue)])
                })
        }
        return .object([
            "changed": list(changed), "unchanged": list(unchanged), "unknown": .strings(unknown),
            "changed_count": .integer(Int64(changedCount)), "unchanged_count": .integer(Int64(unchangedCount)),
        ])
    }
}
