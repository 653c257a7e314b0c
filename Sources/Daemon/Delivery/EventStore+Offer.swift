import Alerts
import Store

extension EventStore {
    /// Answers the outbox's question about one target.
    func offer(for fetch: Fetch) throws -> Offer {
        let due = try dueAlerts(
            for: fetch.target, at: fetch.dueBy, excluding: fetch.excluding, limit: fetch.limit)
        return Offer(
            fetch: fetch, due: due,
            nextDueAt: try nextAttemptTime(for: fetch.target, excluding: fetch.excluding.union(due.map(\.event.seq))),
            waiting: fetch.countUpTo > 0 ? min(try waitingCount(for: fetch.target), fetch.countUpTo) : 0,
            backlog: fetch.backlogLimit > 0 ? try waitingAlerts(for: fetch.target, limit: fetch.backlogLimit) : [])
    }
}
