import Model
package import Store

/// An event as a JSON object; the fields and their order are a contract with scripts.
package struct HistoryJSON {
    private var json: JSONBytes

    package init(reservingCapacity capacity: Int = 1 << 16) {
        json = JSONBytes(reservingCapacity: capacity)
    }

    package mutating func append(_ row: HistoryRow) throws {
        json.raw("{\"seq\":")
        json.number(row.seq)
        json.raw(",\"id\":\"")
        json.raw(row.installation)
        json.raw("-")
        json.number(row.seq)
        json.raw("\"")
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
            json.raw(",\"log_lines\":")
            json.raw(utf8: lines)
        }
        if let description = try row.description {
            json.raw(",\"description\":")
            json.string(description)
        }
        // Only of events that can be.
        if row.bytes(.acknowledged) != nil {
            json.raw(",\"acknowledged\":")
            append(row.acknowledgement)
        }
        json.raw(",\"alerts\":[")
        var isFirst = true
        try row.forEachAlert { alert in
            json.raw(isFirst ? "{\"target\":" : ",{\"target\":")
            isFirst = false
            json.string(utf8: alert.target)
            json.raw(",\"state\":")
            json.string(utf8: alert.state)
            json.raw(",\"attempts\":")
            json.number(alert.attempts)
            time(",\"updated_at\":", alert.updatedAt)
            json.raw("}")
        }
        json.raw("]}")
    }

    private mutating func append(_ acknowledgement: Acknowledgement?) {
        guard let acknowledgement else {
            json.raw("null")
            return
        }
        time("{\"at\":", acknowledgement.at)
        json.raw(",\"by\":")
        json.string(acknowledgement.author)
        json.raw(",\"comment\":")
        if let comment = acknowledgement.comment { json.string(comment) } else { json.raw("null") }
        json.raw("}")
    }

    /// What stands before an object of the array.
    package mutating func separate(isFirst: Bool) {
        json.raw(isFirst ? "[" : ",\n")
    }

    package mutating func endLine() {
        json.raw("\n")
    }

    package mutating func end(isEmpty: Bool) {
        json.raw(isEmpty ? "[]\n" : "]\n")
    }

    package mutating func take() -> [UInt8] {
        json.take()
    }

    private mutating func text(_ key: StaticString, _ row: HistoryRow, _ field: HistoryRow.Field) {
        json.raw(key)
        if let bytes = row.bytes(field) {
            json.string(utf8: bytes)
        } else {
            json.raw("null")
        }
    }

    private mutating func time(_ key: StaticString, _ time: Timestamp?) {
        json.raw(key)
        json.time(time)
    }
}
