import GRDB
package import Model

extension EventStore {
    /// What a target took in attempts begun at or after `since`, in their order; of more than `limit` the newest.
    package func deliveries(to target: String, since: Timestamp, limit: Int) throws -> [Delivery] {
        try read { database in
            let statement = try database.cachedStatement(sql: AlertQuery.deliveries)
            let cursor = try Row.fetchCursor(statement, arguments: [since.milliseconds, target.stored, limit])
            var deliveries: [Delivery] = []
            while let row = try cursor.next() {
                guard let event = EventRow.event(from: row, startingAt: 2) else { continue }
                let seq: Int64 = row[0]
                deliveries.append(
                    Delivery(
                        event: StoredEvent(numbering.id(seq), event: event),
                        deliveredAt: Timestamp(milliseconds: row[1])))
            }
            return deliveries.reversed()
        }
    }
}

/// An event that a target has proved to have.
package struct Delivery: Hashable, Sendable {
    package let event: StoredEvent
    /// When the attempt began that delivered it.
    package let deliveredAt: Timestamp
}
