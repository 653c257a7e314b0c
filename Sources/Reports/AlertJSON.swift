import Model
package import Store

/// An alert as a JSON object; the fields and their order are a contract with scripts.
package struct AlertJSON {
    private var json = JSONBytes()

    package init() {}

    /// - Parameter attempts: printed as `attempt_log`, where they are asked for.
    package mutating func append(_ row: AlertRow, attempts: [AttemptEntry]? = nil) {
        text("{\"id\":", row.id)
        text(",\"event\":", row.event)
        text(",\"cluster\":", row.cluster)
        text(",\"name\":", row.name)
        text(",\"target\":", row.target)
        text(",\"state\":", row.state.rawValue)
        json.raw(",\"attempts\":")
        json.number(Int64(row.attempts))
        time(",\"created_at\":", row.createdAt)
        time(",\"next_attempt_at\":", row.nextAttemptAt)
        time(",\"last_attempt_at\":", row.lastAttemptAt)
        text(",\"last_code\":", row.lastCode)
        text(",\"last_error\":", row.lastError)
        time(",\"held_until\":", row.heldUntil)
        json.raw(",\"held_by\":")
        let holds = row.heldBy.isEmpty ? "null" : row.heldBy.json.text()
        Array(holds.utf8).withUnsafeBufferPointer { json.raw(utf8: $0) }
        if let attempts {
            json.raw(",\"attempt_log\":[")
            for (index, attempt) in attempts.enumerated() {
                if index > 0 { json.raw(",") }
                append(attempt)
            }
            json.raw("]")
        }
        json.raw("}")
    }

    private mutating func append(_ attempt: AttemptEntry) {
        json.raw("{\"number\":")
        json.number(Int64(attempt.number))
        time(",\"started_at\":", attempt.startedAt)
        json.raw(",\"duration_ms\":")
        json.number(attempt.duration.wholeMilliseconds)
        text(",\"outcome\":", attempt.outcome)
        text(",\"code\":", attempt.code)
        json.raw(",\"http_status\":")
        if let status = attempt.httpStatus { json.number(Int64(status)) } else { json.raw("null") }
        text(",\"reason\":", attempt.reason)
        text(",\"answer\":", attempt.answer)
        json.raw("}")
    }

    package mutating func raw(_ text: StaticString) {
        json.raw(text)
    }

    package mutating func take() -> [UInt8] {
        json.take()
    }

    private mutating func text(_ key: StaticString, _ value: String?) {
        json.raw(key)
        if let value {
            json.string(value)
        } else {
            json.raw("null")
        }
    }

    private mutating func time(_ key: StaticString, _ time: Timestamp?) {
        json.raw(key)
        json.time(time)
    }
}
