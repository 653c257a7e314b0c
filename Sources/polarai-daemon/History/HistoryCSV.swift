import Model
import Store

/// Events as comma-separated values: the names of the JSON fields, and `alerts` as `chat=delivered;ops=pending`.
struct HistoryCSV {
    private var bytes: [UInt8] = []
    private var alerts: [UInt8] = []

    private static let header =
        "seq,id,event,cluster,name,account,region,from,to,kind,observed_at,not_before,api_time,request_id,alerts,"
        + "acknowledged"

    mutating func append(_ row: HistoryRow, isFirst: Bool) throws {
        if isFirst {
            bytes += Self.header.utf8
            bytes += CSVBytes.lineEnd
        }
        let number = String(row.seq).utf8
        bytes += number
        comma()
        bytes += row.installation.utf8
        bytes.append(UInt8(ascii: "-"))
        bytes += number
        for field in [HistoryRow.Field.event, .cluster, .name, .account, .region, .from, .to, .kind] {
            comma()
            text(row, field)
        }
        for field in [HistoryRow.Field.observedAt, .notBefore, .apiTime] {
            comma()
            if let time = row.time(field) { bytes += time.rfc3339.utf8 }
        }
        comma()
        text(row, .requestID)
        comma()
        alerts.removeAll(keepingCapacity: true)
        try row.forEachAlert { alert in
            if !alerts.isEmpty { alerts.append(UInt8(ascii: ";")) }
            alerts += alert.target
            alerts.append(UInt8(ascii: "="))
            alerts += alert.state
        }
        CSVBytes.append(alerts, to: &bytes)
        comma()
        if let acknowledgement = row.acknowledgement {
            CSVBytes.append(Array(acknowledgement.json.text().utf8), to: &bytes)
        }
        bytes += CSVBytes.lineEnd
    }

    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func comma() {
        bytes.append(UInt8(ascii: ","))
    }

    private mutating func text(_ row: HistoryRow, _ field: HistoryRow.Field) {
        if let field = row.bytes(field) { CSVBytes.append(field, to: &bytes) }
    }
}
