import Alerts
import Model
import Store

extension EventStore {
    /// Answers the outbox's question about one target.
    func offer(for fetch: Fetch) throws -> Offer {
        let underWay = fetch.excluding
        let due = try dueAlerts(for: fetch.target, at: fetch.dueBy, excluding: underWay, limit: fetch.limit)
        return Offer(
            fetch: fetch, due: due,
            nextDueAt: try nextAttemptTime(for: fetch.target, excluding: underWay.union(due.map(\.event.seq))),
            waiting: fetch.countUpTo > 0 ? try waitingCount(for: fetch.target, limit: fetch.countUpTo) : 0,
            backlog: fetch.backlogLimit > 0 ? try waitingAlerts(for: fetch.target, limit: fetch.backlogLimit) : [])
    }
}
