import Model
import Reports
import Store

/// Events, as `history` prints them.
struct EventListing: RowListing {
    let style: TimeStyle

    let columns: [Table.Column] = [
        "TIME", "EVENT", .init("NAME", isOptional: true, isFreeText: true), "TASK", "STATUS",
        .init("ALERTS", isOptional: true),
        .init("ACKNOWLEDGED", isOptional: true),
    ]

    func cells(_ row: HistoryRow) throws -> [Table.Cell] {
        let event = row.text(.event) ?? ""
        var alerts: [String] = []
        var isAlertDead = false
        try row.forEachAlert { alert in
            let state = String(decoding: alert.state, as: UTF8.self)
            isAlertDead = isAlertDead || state == AlertState.dead.rawValue
            alerts.append("\(String(decoding: alert.target, as: UTF8.self)) \(state)")
        }
        return [
            Table.Cell(row.time(.observedAt).map { style.text($0) } ?? ""),
            Table.Cell(event, EventKind(rawValue: event)?.colour),
            try Self.name(of: row),
            Table.Cell(Self.subject(of: row)),
            Table.Cell(Self.change(of: row)),
            Table.Cell(alerts.joined(separator: ", "), isAlertDead ? .red : nil),
            Table.Cell(row.acknowledgement.map(Self.words) ?? ""),
        ]
    }

    func write(_ row: HistoryRow, to json: inout JSONBytes) throws {
        try json.event(row)
    }

    let fields = [
        "seq", "id", "event", "cluster", "name", "account", "region", "from", "to", "kind", "observed_at", "not_before",
        "api_time", "request_id", "alerts", "acknowledged",
    ]

    /// `alerts` as `chat=delivered;ops=pending`.
    func write(_ row: HistoryRow, to csv: inout CSVBytes) throws {
        csv.field(String(row.seq))
        csv.field(row.id.description)
        for field in [HistoryRow.Field.event, .cluster, .name, .account, .region, .from, .to, .kind] {
            csv.field(row.bytes(field))
        }
        for field in [HistoryRow.Field.observedAt, .notBefore, .apiTime] { csv.field(row.time(field)) }
        csv.field(row.bytes(.requestID))
        var alerts: [UInt8] = []
        try row.forEachAlert { alert in
            if !alerts.isEmpty { alerts.append(UInt8(ascii: ";")) }
            alerts += alert.target
            alerts.append(UInt8(ascii: "="))
            alerts += alert.state
        }
        alerts.withUnsafeBufferPointer { csv.field($0) }
        csv.field(row.acknowledgement?.json.text())
    }

    /// A task without a name in the config is shown by what the API calls it.
    private static func name(of row: HistoryRow) throws -> Table.Cell {
        if let name = row.text(.name) { return Table.Cell(name) }
        return Table.Cell(try row.description ?? "", .dim)
    }

    /// `alice: restarting it`.
    private static func words(_ acknowledgement: Acknowledgement) -> String {
        [acknowledgement.author, acknowledgement.comment].compactMap(\.self).joined(separator: ": ")
    }

    private static func subject(of row: HistoryRow) -> String {
        if let cluster = row.text(.cluster) { return cluster }
        if let target = row.text(.target) { return "target \(target)" }
        return [row.text(.account), row.text(.region)].compactMap(\.self).joined(separator: "/")
    }

    /// `ACTIVATION → FAILED`, and how it came to be known if nobody watched it happen.
    private static func change(of row: HistoryRow) -> String {
        let from = row.text(.from)
        let to = row.text(.to)
        let change =
            switch (from, to) {
            case (let from?, let to?) where from != to: "\(from) → \(to)"
            case (nil, let to?), (_, let to?): to
            case (let from?, nil): from
            case (nil, nil): ""
            }
        switch Sighting(rawValue: row.text(.kind) ?? "") {
        case .firstSeen: return "\(change) (first seen)"
        case .late: return "\(change) (late)"
        case .inferred: return "\(change) (inferred)"
        case .observed, nil: return change
        }
    }
}

extension EventKind {
    /// Red is lost work, yellow wants a look.
    fileprivate var colour: Table.Colour? {
        switch self {
        case .failed, .escalated: .red
        case .completed, .pollRecovered, .targetRecovered, .stallEnded: .green
        case .gone, .pollFailing, .stalled, .targetFailing, .overdue, .reminder: .yellow
        case .started, .restarted, .changed, .summary: nil
        }
    }
}
