package import Model

/// Who is told of an event: the config's routes, ready to be asked.
///
/// Every route that matches adds its targets. Without routes there is one that carries the default events of every
/// cluster to every target.
package struct Routes: Sendable {
    private let routes: [Route]
    /// In the order of the config's names, which is the order of every answer.
    private let targets: [RoutedTarget]
    private let firstSeenEvents: Set<EventKind>

    /// - Parameters:
    ///   - routes: `routes`; empty means the one default route.
    ///   - targets: every configured target.
    ///   - firstSeenEvents: `first_seen_events`: which events a cluster's very first answer may fire.
    package init(_ routes: [RouteSettings], targets: [RoutedTarget], firstSeenEvents: Set<EventKind>) {
        self.routes = (routes.isEmpty ? [RouteSettings()] : routes).map(Route.init)
        self.targets = targets
        self.firstSeenEvents = firstSeenEvents
    }

    /// The names of the targets that are to hear of `event`, without repeats.
    ///
    /// An event without a cluster (a whole account's `poll_failing`, a target's) goes where a route restricts neither
    /// clusters nor labels. Where that leaves nobody, it goes to the targets of every route that carries it: an
    /// operator who routes by cluster must still hear that an account cannot be read.
    package func targets(for event: Event) -> [String] {
        guard mayFire(event) else { return [] }
        var names = names(for: event) { $0.covers(event) }
        if names.isEmpty, event.cluster == nil {
            names = self.names(for: event) { _ in true }
        }
        return targets.map(\.name).filter(names.contains)
    }

    /// Nobody is told what a task had come to before we first looked, but for what the config names. That the API does
    /// not know a configured cluster at all is no such thing: it is a mistyped id, or one of another account.
    private func mayFire(_ event: Event) -> Bool {
        event.sighting != .firstSeen || !event.kind.isStatusChange || event.kind == .gone
            || firstSeenEvents.contains(event.kind)
    }

    private func names(for event: Event, where covers: (Route) -> Bool) -> Set<String> {
        var names: Set<String> = []
        for route in routes where covers(route) {
            for target in targets where route.includes(target.name) && route.carries(event, to: target) {
                // Telling a broken target that it is broken only lengthens its queue.
                if target.name != event.target { names.insert(target.name) }
            }
        }
        return names
    }
}

/// A target as far as routing knows it.
package struct RoutedTarget: Hashable, Sendable {
    package let name: String
    package let kind: TargetKind

    package init(name: String, kind: TargetKind) {
        self.name = name
        self.kind = kind
    }
}

private struct Route: Sendable {
    private let events: Set<EventKind>
    /// Whether `gone` is among the events because the config says so.
    private let namesGone: Bool
    private let clusters: [Glob]?
    private let labels: [String: String]
    private let targets: Set<String>?

    init(_ settings: RouteSettings) {
        events = settings.events ?? Set(EventKind.allCases.filter(\.isOnByDefault))
        namesGone = settings.events?.contains(.gone) ?? false
        clusters = settings.clusters?.map { Glob($0) }
        labels = settings.labels
        targets = settings.targets.map { Set($0) }
    }

    func includes(_ target: String) -> Bool {
        targets?.contains(target) ?? true
    }

    /// Whether the event's cluster is one of this route's.
    func covers(_ event: Event) -> Bool {
        guard let cluster = event.cluster else { return clusters == nil && labels.isEmpty }
        if let clusters,
            !clusters.contains(where: { $0.matches(cluster.rawValue) || event.name.map($0.matches) == true })
        {
            return false
        }
        return labels.allSatisfy { event.labels[$0.key] == $0.value }
    }

    func carries(_ event: Event, to target: RoutedTarget) -> Bool {
        // What ended long before the first look is history: it wakes nobody.
        if event.endedLongAgo, target.kind.rules.keepsIncidents { return false }
        if event.kind == .gone, event.from?.isSettled == true { return namesGone }
        if events.contains(event.kind) { return true }
        // An incident that we opened must not stay open because the route names only what opens one.
        return target.kind.rules.keepsIncidents && !events.isDisjoint(with: event.kind.closes)
    }
}

extension EventKind {
    /// The events whose trouble this one ends.
    var closes: Set<EventKind> {
        switch self {
        case .completed, .restarted, .changed: [.failed, .stalled, .gone, .overdue]
        case .failed: [.stalled, .gone, .overdue]
        case .started: [.gone, .overdue]
        case .stallEnded: [.stalled]
        case .pollRecovered: [.pollFailing]
        case .targetRecovered: [.targetFailing]
        case .gone: [.overdue]
        case .pollFailing, .stalled, .targetFailing, .overdue, .reminder, .escalated, .summary: []
        }
    }
}
