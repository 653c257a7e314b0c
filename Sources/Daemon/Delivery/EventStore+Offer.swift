import Alerts
import Model
import Store

extension EventStore {
    /// Answers the outbox's question about one target. Its cost does not grow with what waits or is dead.
    func offer(for fetch: Fetch) throws -> Offer {
        let target = fetch.target
        let underWay = fetch.excluding
        let due = try dueAlerts(for: target, at: fetch.dueBy, excluding: underWay, limit: fetch.limit)
        let nextDueAt = try nextAttemptTime(for: target, excluding: underWay.union(due.map(\.event.seq)))
        // There was room for one that is due: it cannot be read.
        let isUnreadable = due.count < fetch.limit && nextDueAt.map { $0 <= fetch.dueBy } ?? false
        return Offer(
            fetch: fetch, due: due, nextDueAt: nextDueAt,
            waiting: fetch.countUpTo > 0 ? try waitingCount(for: target, limit: fetch.countUpTo) : 0,
            backlog: fetch.backlogLimit > 0
                ? try waitingAlerts(for: target, in: fetch.collecting, limit: fetch.backlogLimit) : [],
            unreadable: isUnreadable
                ? try unreadableAlerts(for: target, dueBy: fetch.dueBy, limit: Self.mostUnreadable) : [],
            openTroubles: fetch.wantsOpenTroubles ? try openTroubles(of: due) : [:])
    }

    private static let mostUnreadable = 100

    private func openTroubles(of due: [PendingAlert]) throws -> [Int64: Set<EventKind>] {
        var open: [Int64: Set<EventKind>] = [:]
        for alert in due {
            open[alert.event.seq] = try earlierAlerts(before: alert).map(OpenTroubles.after)
        }
        return open
    }
}
