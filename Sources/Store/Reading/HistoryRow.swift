package import Model

/// One event with its alerts, as SQLite holds it: read without copies, good only inside the closure it is given to.
package struct HistoryRow {
    /// What is known of an event, by the number of its column.
    package enum Field: Int32 {
        case event = 1
        case cluster, name, account, region, from, to, kind, observedAt, notBefore, apiTime, requestID, target
        /// A JSON array of texts, if there are any.
        case logLines
        /// A JSON object, or `null`, of an event that can be acknowledged; nothing of the others.
        case acknowledged
    }

    let statement: Statement
    let alertCursor: AlertCursor
    package let seq: Int64
    private let numbering: EventNumbering
    private let descriptions: TaskDescriptions

    init(
        _ statement: Statement, _ alertCursor: AlertCursor, _ descriptions: TaskDescriptions,
        _ numbering: EventNumbering
    ) {
        self.statement = statement
        self.alertCursor = alertCursor
        self.descriptions = descriptions
        self.numbering = numbering
        seq = statement.integer(0)
    }

    /// What the event is called outside.
    package var id: EventID { numbering.id(seq) }

    /// The first part of `id`, for who writes ids of many rows.
    package var installation: String { numbering.code(of: seq) }

    /// What the API's last answer calls the task; nil if it has no description.
    package var description: String? {
        get throws { try text(.cluster).flatMap { try descriptions[$0] } }
    }

    /// The UTF-8 bytes of a field; nil if it is unknown.
    package func bytes(_ field: Field) -> UnsafeBufferPointer<UInt8>? {
        statement.bytes(field.rawValue)
    }

    /// A field as a text; nil if it is unknown.
    package func text(_ field: Field) -> String? {
        statement.text(field.rawValue)
    }

    /// A field as a time; nil if it is unknown.
    package func time(_ field: Field) -> Timestamp? {
        statement.time(field.rawValue)
    }

    /// Who has the event in hand; nil if nobody does.
    package var acknowledgement: Acknowledgement? {
        text(.acknowledged).flatMap { Acknowledgement(stored: $0) }
    }

    /// The event's alerts, by target. To be called once.
    package func forEachAlert(_ body: (AlertEntry) -> Void) throws {
        try alertCursor.forEach(of: seq, body)
    }

    /// One alert of an event.
    package struct AlertEntry {
        let statement: Statement

        package var target: UnsafeBufferPointer<UInt8> { statement.bytes(1) ?? Self.none }
        package var state: UnsafeBufferPointer<UInt8> { statement.bytes(2) ?? Self.none }
        package var attempts: Int64 { statement.integer(3) }
        package var updatedAt: Timestamp { Timestamp(milliseconds: statement.integer(4)) }

        private static var none: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: nil, count: 0) }
    }
}

/// Walks the outbox beside the events: both are ordered by the number of the event, so that most rows cost one step.
final class AlertCursor {
    /// Steps that cost less than a new look-up.
    private static let nearby = 8

    /// Alerts of so many numbers of events are asked for at once.
    private static let part: Int64 = 256

    private let statement: Statement
    /// The event of the row that the statement stands on; nil if there is none.
    private var current: Int64?
    /// The alerts from the current row up to this number are what the statement has; nil before it was asked.
    private var end: Int64?

    init(on connection: any ReadSource) throws {
        statement = try connection.prepare(
            """
            SELECT seq, target, state, attempts, updated_at FROM outbox WHERE seq >= ? AND seq < ? ORDER BY seq, target
            """, [0, 0])
    }

    func forEach(of seq: Int64, _ body: (HistoryRow.AlertEntry) -> Void) throws {
        try move(to: seq)
        while current == seq {
            body(HistoryRow.AlertEntry(statement: statement))
            try advance()
        }
    }

    private func move(to seq: Int64) throws {
        if let end, seq < end {
            var steps = 0
            while let here = current, here < seq, steps < Self.nearby {
                try advance()
                steps += 1
            }
            guard let here = current, here < seq else { return }
        }
        let next = seq.addingReportingOverflow(Self.part)
        end = next.overflow ? .max : next.partialValue
        try statement.bind([seq, end])
        try advance()
    }

    private func advance() throws {
        current = try statement.step() ? statement.integer(0) : nil
    }
}

/// What the API calls the tasks whose events are read: looked up once for each.
final class TaskDescriptions {
    private let statement: Statement
    private var known: [String: String?] = [:]

    init(on connection: any ReadSource) throws {
        statement = try connection.prepare("SELECT description FROM clusters WHERE id = ?", [""])
    }

    subscript(_ cluster: String) -> String? {
        get throws {
            if let description = known[cluster] { return description }
            try statement.bind([cluster])
            let description = try statement.step() ? statement.text(0) : nil
            known[cluster] = .some(description)
            return description
        }
    }
}
