/// What a webhook's template may name: the standard body's own fields, under `type`, `timestamp` and `data`.
enum TemplatePlaces {
    /// What is wrong with a place, or nil.
    static func complaint(about place: String) -> String? {
        let quoted = JSONValueText.quote("{{\(place)}}")
        guard !place.isEmpty else { return "has an empty place {{}}; write one such as {{data.cluster}}" }
        let parts = place.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if all.contains(place) { return nil }
        // Labels and metrics are whatever the config and the training call them.
        if parts.count >= 3, parts[0] == "data", ["labels", "progress"].contains(parts[1]),
            parts[2...].allSatisfy({ !$0.isEmpty })
        {
            return nil
        }
        let hint = NearestName.of(place, among: all).map { "; did you mean {{\($0)}}?" }
        return "\(quoted) is no field of the body"
            + (hint ?? "; its fields are type, timestamp and those of data, as in {{data.cluster}}")
    }

    private static let all: Set<String> = Set(["type", "timestamp"] + data.map { "data." + $0 })

    private static let data = [
        "id", "event", "cluster", "name", "description", "account", "region", "labels", "from", "to", "kind",
        "observed_at", "not_before", "request_id", "created_at", "started_at", "completed_at", "duration_seconds",
        "base_model", "train_mode", "train_type", "model_paths", "progress", "log_lines", "message",
    ]
}
