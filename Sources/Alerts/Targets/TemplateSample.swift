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
            case "held_by": []
            case "progress": progress
            case "cost": number == nil ? .null : ["amount": .number(147.5), "currency": "CNY"]
            case "duration_seconds", "model_paths_total": number.map { .integer($0) } ?? .null
            default: OrderedJSON(text)
            }
        }
        return [
            "type": "polardb.ai_task.failed", "timestamp": "2026-11-24T08:00:00.123Z",
            "data": .object(WebhookFields.data.map { .init(key: $0, value: value($0)) }),
        ]
    }
}
