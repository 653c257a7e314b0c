import Model

/// Standard bodies by which a template is checked before any event comes.
enum TemplateSample {
    /// Everything is known, and the texts have what breaks an unescaped body.
    static let full: OrderedJSON = body(
        text: "a \"quoted\" \\ text\nof {two} lines & <more>", number: 5400, list: ["/models/\"a\"", "b\n"],
        object: ["team": "\"nlp\""],
        progress: ["step": 120, "total_steps": .null, "epoch": .null, "metrics": [:], "logged_at": .null])

    /// Nothing is known.
    static let empty: OrderedJSON = body(text: nil, number: nil, list: [], object: [:], progress: .null)

    private static func body(
        text: String?, number: Int64?, list: OrderedJSON, object: OrderedJSON, progress: OrderedJSON
    ) -> OrderedJSON {
        func value(_ key: String) -> OrderedJSON {
            switch key {
            case "labels": object
            case "model_paths", "log_lines": list
            case "progress": progress
            case "duration_seconds", "model_paths_total": number.map { .integer($0) } ?? .null
            default: OrderedJSON(text)
            }
        }
        return [
            "type": "polardb.ai_task.failed", "timestamp": "2026-11-24T08:00:00.123Z",
            "data": .object(fields.map { .init(key: $0, value: value($0)) }),
        ]
    }

    /// The keys of `data`, in their order.
    static let fields = [
        "id", "event", "cluster", "name", "description", "account", "region", "labels", "from", "to", "kind",
        "observed_at", "not_before", "api_time", "request_id", "created_at", "started_at", "completed_at",
        "duration_seconds", "base_model", "train_mode", "train_type", "model_paths", "model_paths_total", "progress",
        "log_lines", "message",
    ]
}
