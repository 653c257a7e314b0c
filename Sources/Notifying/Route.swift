import Model

/// One entry of `routes`, ready to be asked.
struct Route: Sendable {
    /// Its place in the config.
    let index: Int
    let hours: WeeklyHours?
    let remind: Duration?
    let escalation: EscalationSettings?
    /// What distinguishes it from other routes across a change of the config: all that decides what it carries.
    let fingerprint: String
    private let events: Set<EventKind>
    /// Whether `gone` is among the events because the config says so.
    private let namesGone: Bool
    private let clusters: [Glob]?
    private let labels: [String: String]
    private let targets: Set<String>?

    init(_ settings: RouteSettings, index: Int) {
        self.index = index
        // Hours without a window would be closed for ever.
        hours = settings.hours.flatMap { $0.windows.isEmpty ? nil : $0 }
        remind = settings.remind
        escalation = settings.escalate
        events = settings.events ?? Set(EventKind.allCases.filter(\.isOnByDefault))
        namesGone = settings.events?.contains(.gone) ?? false
        clusters = settings.clusters?.map { Glob($0) }
        labels = settings.labels
        targets = settings.targets.map { Set($0) }
        fingerprint = Self.fingerprint(settings)
    }

    private static func fingerprint(_ settings: RouteSettings) -> String {
        let labels = settings.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let parts: [[String]?] = [
            settings.events?.map(\.rawValue).sorted(), settings.clusters?.sorted(), labels, settings.targets?.sorted(),
        ]
        // Names hold no control characters, so these separators cannot be part of one.
        return parts.map { $0?.joined(separator: "\u{1f}") ?? "*" }.joined(separator: "\u{1e}")
    }

    func includes(_ target: String) -> Bool {
        targets?.contains(target) ?? true
    }

    /// Whether the event's cluster is one of this route's.
    func covers(_ event: Event) -> Bool {
        guard let cluster = event.cluster else {
            return clusters?.contains(where: \.matchesAll) ?? true && labels.isEmpty
        }
        if let clusters,
            !clusters.contains(where: { $0.matches(cluster.rawValue) || event.name.map($0.matches) == true })
        {
            return false
        }
        return labels.allSatisfy { event.labels[$0.key] == $0.value }
    }

    /// Whether it carries an event to a target, one of its own or one that it escalates to.
    func carries(_ event: Event, to target: RoutedTarget) -> Bool {
        // These go to the targets of their rule.
        if event.kind.isOfRule { return false }
        // What ended long before the first look is history: it wakes nobody.
        if event.endedLongAgo, target.keepsIncidents { return false }
        // An incident that we opened must not stay open because the route names only what opens one.
        let closes = target.keepsIncidents && !events.isDisjoint(with: event.kind.closes)
        guard includes(target.name) else {
            return closes && escalation?.targets.contains(target.name) == true
        }
        if event.kind == .gone, event.from?.isSettled == true { return namesGone }
        return events.contains(event.kind) || closes
    }

    /// Whether an event that it carries to a target is one that it names for it, and not only the end of such a one.
    func names(_ event: Event, for target: RoutedTarget) -> Bool {
        includes(target.name) && events.contains(event.kind)
    }

    /// Whether it matches an event, whoever its targets are: for reminders and escalation.
    func matches(_ event: Event) -> Bool {
        guard covers(event), !event.endedLongAgo else { return false }
        if event.kind == .gone, event.from?.isSettled == true { return namesGone }
        return events.contains(event.kind)
    }
}
