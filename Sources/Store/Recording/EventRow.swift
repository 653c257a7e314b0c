import Model

/// A row of `events`: the columns and their order are named here only.
enum EventRow {
    static let columns = """
        event, cluster, name, account, region, from_status, to_status, kind, observed_at, not_before, api_time, \
        request_id, target, details
        """

    static let insertion = """
        INSERT INTO events (seq, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    static func values(of event: Event, seq: Int64) -> SQLValues {
        [
            seq, event.kind.rawValue, event.cluster?.rawValue.stored, event.name.stored, event.account.stored,
            event.region.stored, event.from?.rawValue.stored, event.to?.rawValue.stored, event.sighting.rawValue,
            event.observedAt.milliseconds,
            event.notBefore?.milliseconds, event.apiTime?.milliseconds, event.requestID.stored, event.target.stored,
            EventDetails.text(of: event),
        ]
    }

    /// Reads an event from the columns of `columns`, the first of which is number `start` of the row.
    ///
    /// - Returns: nil if a later version wrote a kind of event that this one does not know.
    static func event(from row: Statement, startingAt start: Int32) -> Event? {
        let kind: String = row[start]
        let sighting: String = row[start + 7]
        guard let kind = EventKind(rawValue: kind) else { return nil }
        var event = Event(
            kind: kind, cluster: row.text(start + 1).map { ClusterID($0) }, name: row[start + 2],
            account: row[start + 3], region: row[start + 4], from: row.status(start + 5), to: row.status(start + 6),
            sighting: Sighting(rawValue: sighting) ?? .observed, observedAt: Timestamp(milliseconds: row[start + 8]),
            notBefore: row.time(start + 9), apiTime: row.time(start + 10), requestID: row[start + 11],
            target: row[start + 12])
        if let details = row.text(start + 13) { EventDetails.read(details, into: &event) }
        return event
    }
}
