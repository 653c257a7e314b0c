package import Model
package import Notifying
import Store

/// Who gets an event, and when. Asked in the same turn of the store as the commit of the event: no silence of this daemon
/// begins or ends between. On PostgreSQL, one that another host adds in that moment may be seen by the next event only.
package struct EventRouting: Sendable {
    /// Nil where a test says by itself who gets an event.
    package let notifier: Notifier?
    private let route: @Sendable (Event, Silences, Timestamp) -> [AlertDecision]

    package init(_ notifier: Notifier) {
        self.notifier = notifier
        route = { event, silences, now in notifier.decide(event, silences: silences, at: now) }
    }

    /// - Parameter targets: the names of those that get an event at once.
    package init(_ targets: @escaping @Sendable (Event) -> [String]) {
        notifier = nil
        route = { event, _, _ in targets(event).map { AlertDecision(target: $0) } }
    }

    /// What to ask while `store` is held.
    func decisions(on store: EventStore, at now: Timestamp) throws -> (Event) -> [AlertDecision] {
        let silences = notifier == nil ? Silences() : Silences(try store.loadSilences(endedSince: now))
        return { [route] event in route(event, silences, now) }
    }
}
