import Model

/// What a webhook's template may name: the standard body's own fields, under `type`, `timestamp` and `data`.
enum TemplatePlaces {
    /// What is wrong with a placeholder, or nil.
    static func complaint(about place: String) -> String? {
        guard !place.isEmpty else { return "contains an empty placeholder {{}}; write one such as {{data.cluster}}" }
        let parts = place.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if all.contains(place) { return nil }
        // Labels and metrics are whatever the config and the training call them; lists are counted from 0.
        if parts.count >= 3, parts[0] == "data", parts[2...].allSatisfy({ !$0.isEmpty }) {
            switch parts[1] {
            case "labels", "progress": return nil
            case "model_paths", "log_lines":
                if parts.count == 3, parts[2].utf8.allSatisfy(\.isDigit) { return nil }
            default: break
            }
        }
        let hint = NearestName.of(place, among: all).map { "; did you mean {{\($0)}}?" }
        return "contains a placeholder that is not a field of the body"
            + (hint ?? "; its fields are type, timestamp and those of data, as in {{data.cluster}}")
    }

    private static let all: Set<String> = Set(["type", "timestamp"] + WebhookFields.data.map { "data." + $0 })
}
