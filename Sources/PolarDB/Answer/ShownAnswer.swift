package import Model

extension TaskAnswer {
    /// The answer for `show --format json`: the API's own field names and every member, with known texts trimmed,
    /// `ModelPath` as a list, and `AccessInfo` and `RunningTimes` as what they hold, if they parse.
    package var shown: JSONValue {
        var shown = members
        for (key, value) in members where Self.texts.contains(key) { shown[key] = value.trimmedText }
        if members["ModelPath"]?.stringValue != nil { shown["ModelPath"] = .strings(modelPaths) }
        if let accessInfo { shown["AccessInfo"] = accessInfo }
        if let items = members["DataSets"]?.arrayValue {
            shown["DataSets"] = .array(items.map { $0.mapMembers { _, value in value.trimmedText } })
        }
        if let items = members["TaskInfo"]?.arrayValue {
            shown["TaskInfo"] = .array(
                items.map { item in
                    item.mapMembers { key, value in
                        guard key == "RunningTimes", let text = value.stringValue else { return value.trimmedText }
                        return EmbeddedJSON.parse(text) ?? value
                    }
                })
        }
        return .object(shown)
    }

    /// The members whose white space at the ends means nothing.
    private static let texts: Set<String> = [
        "RequestId", "DBType", "DBVersion", "DBClusterId", "DBClusterDescription", "DBClusterStatus",
        "DBClusterStatusDesc", "ClusterNetworkType", "CreateTime", "KindCode", "LockMode", "MaintainStartTime",
        "MaintainEndTime", "TuneArch", "VPCId", "VSwitchId",
    ]
}

extension JSONValue {
    fileprivate var trimmedText: JSONValue {
        if case .string(let text) = self { .string(text.trimmed) } else { self }
    }

    fileprivate func mapMembers(_ transform: (String, JSONValue) -> JSONValue) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(Dictionary(uniqueKeysWithValues: members.map { ($0.key, transform($0.key, $0.value)) }))
    }
}
