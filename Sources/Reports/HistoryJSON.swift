package import Model
package import Store

extension JSONBytes {
    /// Appends an event as an object; the members and their order are a contract with scripts.
    package mutating func event(_ row: HistoryRow) throws {
        raw("{\"seq\":")
        number(row.seq)
        raw(",\"id\":\"")
        raw(row.installation)
        raw("-")
        number(row.seq)
        raw("\"")
        text(",\"event\":", row, .event)
        text(",\"cluster\":", row, .cluster)
        text(",\"name\":", row, .name)
        text(",\"account\":", row, .account)
        text(",\"region\":", row, .region)
        text(",\"from\":", row, .from)
        text(",\"to\":", row, .to)
        text(",\"kind\":", row, .kind)
        time(",\"observed_at\":", row.time(.observedAt))
        time(",\"not_before\":", row.time(.notBefore))
        time(",\"api_time\":", row.time(.apiTime))
        text(",\"request_id\":", row, .requestID)
        if let lines = row.bytes(.logLines) {
            raw(",\"log_lines\":")
            raw(utf8: lines)
        }
        if let description = try row.description {
            raw(",\"description\":")
            string(description)
        }
        // Only of events that can be.
        if row.bytes(.acknowledged) != nil {
            raw(",\"acknowledged\":")
            acknowledgement(row.acknowledgement)
        }
        raw(",\"alerts\":[")
        var isFirst = true
        try row.forEachAlert { alert in
            raw(isFirst ? "{\"target\":" : ",{\"target\":")
            isFirst = false
            string(utf8: alert.target)
            raw(",\"state\":")
            string(utf8: alert.state)
            raw(",\"attempts\":")
            number(alert.attempts)
            time(",\"updated_at\":", alert.updatedAt)
            raw("}")
        }
        raw("]}")
    }

    private mutating func acknowledgement(_ value: Acknowledgement?) {
        guard let value else {
            raw("null")
            return
        }
        time("{\"at\":", value.at)
        raw(",\"by\":")
        string(value.author)
        raw(",\"comment\":")
        if let comment = value.comment { string(comment) } else { raw("null") }
        raw("}")
    }

    private mutating func text(_ key: StaticString, _ row: HistoryRow, _ field: HistoryRow.Field) {
        raw(key)
        if let bytes = row.bytes(field) {
            string(utf8: bytes)
        } else {
            raw("null")
        }
    }

    private mutating func time(_ key: StaticString, _ time: Timestamp?) {
        raw(key)
        self.time(time)
    }
}
