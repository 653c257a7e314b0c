package import Model

/// Who gets an event, and when: the one place that decides it, from routes, hours and silences. A pure value.
///
/// Every route that matches adds its targets. Without routes there is one that carries the default events of every
/// cluster to every target.
package struct Notifier: Sendable {
    let routes: [Route]
    /// In the order of the config's names, which is the order of every answer.
    let targets: [RoutedTarget]
    let summaries: [SummarySettings]
    private let firstSeenEvents: Set<EventKind>

    /// - Parameters:
    ///   - routes: `routes`; empty means the one default route.
    ///   - targets: every configured target.
    ///   - firstSeenEvents: `first_seen_events`: which events a cluster's very first answer may fire.
    package init(
        _ routes: [RouteSettings], targets: [RoutedTarget], firstSeenEvents: Set<EventKind>,
        summaries: [SummarySettings] = []
    ) {
        let settings = routes.isEmpty ? [RouteSettings()] : routes
        self.routes = settings.enumerated().map { Route($0.element, index: $0.offset) }
        self.targets = targets
        self.summaries = summaries
        self.firstSeenEvents = firstSeenEvents
    }

    /// The alerts of an event, one per target that gets it, in the order of the config's targets.
    ///
    /// A target that keeps incidents may also get the end of one that it was sent when the config had other routes or labels.
    ///
    /// An event without a cluster (a whole account's `poll_failing`, a target's) goes where a route restricts neither
    /// clusters nor labels. If that leaves nobody, it goes to the targets of every route that carries it: an operator who
    /// routes by cluster must still learn that an account cannot be read.
    ///
    /// - Parameters:
    ///   - silences: those that are active now; others are passed over.
    ///   - now: the time of the commit.
    package func decide(_ event: Event, silences: Silences = Silences(), at now: Timestamp) -> [AlertDecision] {
        guard mayFire(event) else { return [] }
        let reached = routesByTarget(of: event)
        return targets.compactMap { target in
            let endsIncidents = target.keepsIncidents && !event.kind.closes.isEmpty && !event.kind.isTrouble
            let routes = reached[target.name] ?? []
            guard !routes.isEmpty || endsIncidents && target.name != event.target else { return nil }
            return AlertDecision(
                target: target.name,
                disposition: disposition(of: event, to: target, by: routes, silences: silences, at: now, isNew: true),
                closesIncident: endsIncidents, onlyCloses: !routes.contains { $0.names(event, for: target) },
                isUnrouted: routes.isEmpty)
        }
    }

    /// What becomes of a held alert: still held, or to be sent. Hours that were taken out of the config do not hold it any
    /// more.
    ///
    /// - Returns: nil if the target is not configured.
    package func recheck(
        _ event: Event, target name: String, silences: Silences, at now: Timestamp
    ) -> AlertDisposition? {
        guard let target = targets.first(where: { $0.name == name }) else { return nil }
        let routes = event.kind.isOfRule ? [] : routesByTarget(of: event)[name] ?? []
        return disposition(of: event, to: target, by: routes, silences: silences, at: now, isNew: false)
    }

    /// Whether an alert to a target is held at a time: by silences, and by the hours of all routes given, if any.
    ///
    /// - Parameter isNew: whether a silence that drops alerts applies: it does not to what was held before it.
    func disposition(
        of event: Event, to target: RoutedTarget, by routes: [Route], silences: Silences, at now: Timestamp,
        isNew: Bool
    ) -> AlertDisposition {
        guard target.canBeHeld else { return .pending }
        var until = now
        var reasons: [HoldReason] = []
        // Each round ends some holds, and others may have begun by then: a silence that ends in the night goes on until
        // the hours open. The bound is beyond what anybody configures.
        for _ in 0..<64 {
            let matching = silences.matching(event, target: target.name, at: until)
            if isNew, until == now, let dropping = matching.first(where: \.drops) {
                return .suppressed(reason: "suppressed by silence \(dropping.id): \(dropping.comment)")
            }
            let holding = matching.filter { !$0.drops }
            let closed = closed(routes, at: until)
            let ends = holding.map(\.endsAt) + [closed?.until].compactMap { $0 }
            guard let end = ends.max(), end > until else { break }
            let new = holding.map { HoldReason.silence(id: $0.id, comment: $0.comment) } + (closed?.reasons ?? [])
            for reason in new where !reasons.contains(reason) { reasons.append(reason) }
            until = end
        }
        return reasons.isEmpty ? .pending : .held(Hold(until: until, reasons: reasons))
    }

    /// Nobody is notified of what a task had come to before its first answer, but for what the config names. That the API
    /// does not know a configured cluster at all is another matter: a mistyped id, or one of another account.
    func mayFire(_ event: Event) -> Bool {
        event.sighting != .firstSeen || !event.kind.isStatusChange || event.kind == .gone
            || Planted.isOn(.firstSeenFires)
            || firstSeenEvents.contains(event.kind)
    }

    /// The routes by which an event reaches each target.
    private func routesByTarget(of event: Event) -> [String: [Route]] {
        let reached = reaching(event) { $0.covers(event) }
        guard reached.isEmpty, event.cluster == nil else { return reached }
        return reaching(event) { _ in true }
    }

    private func reaching(_ event: Event, where covers: (Route) -> Bool) -> [String: [Route]] {
        var reached: [String: [Route]] = [:]
        for route in routes where covers(route) {
            for target in targets where route.carries(event, to: target) {
                // Notifying a broken target that it is broken only lengthens its queue.
                if target.name != event.target { reached[target.name, default: []].append(route) }
            }
        }
        return reached
    }

    /// Whether all routes are closed at a time, and until when: a target that two routes reach is held only if both are
    /// closed, until the first of them opens.
    private func closed(_ routes: [Route], at time: Timestamp) -> (until: Timestamp, reasons: [HoldReason])? {
        guard !routes.isEmpty, routes.allSatisfy({ $0.hours?.isOpen(at: time) == false }),
            let opening = routes.compactMap({ $0.hours?.nextOpening(after: time) }).min()
        else { return nil }
        return (opening, routes.map { .hours(route: $0.index) })
    }
}

extension EventKind {
    /// Whether it is something wrong, whatever else it ends.
    fileprivate var isTrouble: Bool { !endedBy.isEmpty }
}
