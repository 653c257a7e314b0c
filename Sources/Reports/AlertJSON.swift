package import Model
package import Store

extension JSONBytes {
    /// Appends an alert as an object; the members and their order are a contract with scripts.
    ///
    /// - Parameter attempts: printed as `attempt_log`, if they are asked for.
    package mutating func alert(_ row: AlertRow, attempts: [AttemptEntry]? = nil) {
        text("{\"id\":", row.id)
        text(",\"event\":", row.event)
        text(",\"cluster\":", row.cluster)
        text(",\"name\":", row.name)
        text(",\"target\":", row.target)
        text(",\"state\":", row.state.rawValue)
        raw(",\"attempts\":")
        number(Int64(row.attempts))
        time(",\"created_at\":", row.createdAt)
        time(",\"next_attempt_at\":", row.nextAttemptAt)
        time(",\"last_attempt_at\":", row.lastAttemptAt)
        text(",\"last_code\":", row.lastCode)
        text(",\"last_error\":", row.lastError)
        time(",\"held_until\":", row.heldUntil)
        raw(",\"held_by\":")
        let holds = row.heldBy.isEmpty ? "null" : row.heldBy.json.text()
        Array(holds.utf8).withUnsafeBufferPointer { raw(utf8: $0) }
        if let attempts {
            raw(",\"attempt_log\":")
            self.attempts(attempts)
        }
        raw("}")
    }

    /// Every attempt that is kept, oldest first, as an array.
    package mutating func attempts(_ attempts: [AttemptEntry]) {
        raw("[")
        for (index, attempt) in attempts.enumerated() {
            if index > 0 { raw(",") }
            self.attempt(attempt)
        }
        raw("]")
    }

    private mutating func attempt(_ attempt: AttemptEntry) {
        raw("{\"number\":")
        number(Int64(attempt.number))
        time(",\"started_at\":", attempt.startedAt)
        raw(",\"duration_ms\":")
        number(attempt.duration.wholeMilliseconds)
        text(",\"outcome\":", attempt.outcome)
        text(",\"code\":", attempt.code)
        raw(",\"http_status\":")
        if let status = attempt.httpStatus { number(Int64(status)) } else { raw("null") }
        text(",\"reason\":", attempt.reason)
        text(",\"answer\":", attempt.answer)
        raw("}")
    }

    private mutating func text(_ key: StaticString, _ value: String?) {
        raw(key)
        if let value {
            string(value)
        } else {
            raw("null")
        }
    }

    private mutating func time(_ key: StaticString, _ time: Timestamp?) {
        raw(key)
        self.time(time)
    }
}
