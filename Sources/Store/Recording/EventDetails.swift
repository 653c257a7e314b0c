import Model

/// The part of an event that is neither filtered by nor printed in a list, as one JSON text: facts, labels, progress,
/// log lines, detail, reason. Times in it are milliseconds since 1970.
enum EventDetails {
    /// - Returns: nil if there is nothing of it.
    static func text(of event: Event) -> String? {
        var json = ObjectWriter()
        let facts = event.facts
        if facts != TaskFacts() {
            json.object("facts") { json in
                json.string("description", facts.description)
                json.time("created_at", facts.createdAt)
                json.time("started_at", facts.startedAt)
                json.time("completed_at", facts.completedAt)
                json.string("base_model", facts.baseModel)
                json.string("train_mode", facts.trainMode)
                json.string("train_type", facts.trainType)
                json.strings("model_paths", facts.modelPaths)
            }
        }
        if !event.labels.isEmpty {
            json.object("labels") { json in
                for (key, value) in event.labels.sorted(by: { $0.key < $1.key }) { json.string(key, value) }
            }
        }
        if let progress = event.progress {
            json.object("progress") { json in
                json.integer("step", progress.step)
                json.integer("total_steps", progress.totalSteps)
                json.value("epoch", progress.epoch.map { .number($0) })
                json.value("metrics", progress.metrics.isEmpty ? nil : .object(progress.metrics))
                json.time("logged_at", progress.loggedAt)
            }
        }
        json.strings("log_lines", event.logLines)
        json.string("detail", event.detail)
        json.value(EventReason.key, event.reason?.json)
        if let cost = event.cost {
            json.object("cost") { json in
                json.value("amount", .number(cost.amount))
                json.string("currency", cost.currency)
            }
        }
        if event.endedLongAgo { json.value("ended_long_ago", .bool(true)) }
        if let content = event.content { json.value(content.key, content.json) }
        return json.isEmpty ? nil : json.finished
    }

    /// Puts back what `text(of:)` wrote. Members that are missing, or that a later version wrote, are passed over.
    static func read(_ text: String, into event: inout Event) {
        guard let json = try? JSONValue(parsing: Array(text.utf8)) else { return }
        if let facts = json["facts"] {
            event.facts = TaskFacts(
                description: facts["description"]?.stringValue, createdAt: facts.moment("created_at"),
                startedAt: facts.moment("started_at"), completedAt: facts.moment("completed_at"),
                baseModel: facts["base_model"]?.stringValue, trainMode: facts["train_mode"]?.stringValue,
                trainType: facts["train_type"]?.stringValue, modelPaths: facts.strings("model_paths"))
        }
        event.labels = json["labels"]?.objectValue?.compactMapValues(\.stringValue) ?? [:]
        if let progress = json["progress"] {
            event.progress = TrainingProgress(
                step: progress.integer("step").map(Int.init), totalSteps: progress.integer("total_steps").map(Int.init),
                epoch: progress.number("epoch"), metrics: progress["metrics"]?.objectValue ?? [:],
                loggedAt: progress.moment("logged_at"))
        }
        event.logLines = json.strings("log_lines")
        event.detail = json["detail"]?.stringValue
        event.reason = EventReason(details: json)
        if let cost = json["cost"], let amount = cost.number("amount"), let currency = cost["currency"]?.stringValue {
            event.cost = Cost(amount: amount, currency: currency)
        }
        event.endedLongAgo = json["ended_long_ago"] == .bool(true)
        event.content = RuleContent(details: json)
    }
}

/// Writes one JSON object; members that are nil or empty are left out.
private struct ObjectWriter {
    private var json = JSONBytes(reservingCapacity: 256)

    var isEmpty: Bool { json.bytes.isEmpty }
    var finished: String { String(decoding: json.bytes + [UInt8(ascii: "}")], as: UTF8.self) }

    mutating func string(_ key: String, _ value: String?) {
        guard let value else { return }
        begin(key)
        json.string(value.stored)
    }

    mutating func integer(_ key: String, _ value: Int?) {
        guard let value else { return }
        begin(key)
        json.number(Int64(value))
    }

    mutating func time(_ key: String, _ value: Timestamp?) {
        guard let value else { return }
        begin(key)
        json.number(value.milliseconds)
    }

    mutating func strings(_ key: String, _ values: [String]) {
        guard !values.isEmpty else { return }
        begin(key)
        json.raw("[")
        for (index, value) in values.enumerated() {
            if index > 0 { json.raw(",") }
            json.string(value.stored)
        }
        json.raw("]")
    }

    mutating func value(_ key: String, _ value: JSONValue?) {
        guard let value else { return }
        begin(key)
        json.raw(value.text())
    }

    mutating func object(_ key: String, _ body: (inout ObjectWriter) -> Void) {
        var inner = ObjectWriter()
        body(&inner)
        begin(key)
        json.raw(inner.isEmpty ? "{}" : inner.finished)
    }

    private mutating func begin(_ key: String) {
        json.raw(isEmpty ? "{" : ",")
        json.string(key.stored)
        json.raw(":")
    }
}

extension JSONValue {
    fileprivate func moment(_ key: String) -> Timestamp? {
        integer(key).map { Timestamp(milliseconds: $0) }
    }

    fileprivate func integer(_ key: String) -> Int64? {
        if case .integer(let value) = self[key] { value } else { nil }
    }

    fileprivate func number(_ key: String) -> Double? {
        switch self[key] {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    fileprivate func strings(_ key: String) -> [String] {
        self[key]?.arrayValue?.compactMap(\.stringValue) ?? []
    }
}
