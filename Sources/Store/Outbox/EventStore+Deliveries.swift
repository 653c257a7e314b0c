package import Model

extension EventStore {
    /// What a target took in attempts begun at or after `since`, in their order; of more than `limit` the newest.
    package func deliveries(to target: String, since: Timestamp, limit: Int) throws -> [Delivery] {
        try read { session in
            try session.rows(AlertQuery.deliveries, [since.milliseconds, target.stored, limit]) { row in
                guard let event = EventRow.event(from: row, startingAt: 2) else { return nil }
                return Delivery(
                    event: StoredEvent(numbering.id(row[0]), event: event),
                    deliveredAt: Timestamp(milliseconds: row[1]))
            }.reversed()
        }
    }
}

/// An event that a target has proved to have.
package struct Delivery: Hashable, Sendable {
    package let event: StoredEvent
    /// When the attempt began that delivered it.
    package let deliveredAt: Timestamp
}
