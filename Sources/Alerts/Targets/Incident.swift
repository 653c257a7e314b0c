import Model

/// What an event opens and closes at a service that keeps incidents.
struct Incident: Hashable, Sendable {
    /// What is wrong; each kind of trouble of a cluster is an incident of its own.
    enum Trouble: String, CaseIterable, Sendable {
        case failed, stalled, gone, overdue, polling, target

        /// The event that opens it.
        var opener: EventKind {
            switch self {
            case .failed: .failed
            case .stalled: .stalled
            case .gone: .gone
            case .overdue: .overdue
            case .polling: .pollFailing
            case .target: .targetFailing
            }
        }
    }

    /// What names the incident: two events that speak of the same trouble make the same key.
    let key: String
    let trouble: Trouble

    /// The incident that the event opens; nil if it reports no trouble.
    static func opened(by event: Event) -> Incident? {
        let trouble: Trouble? =
            switch event.troubleKind {
            case .failed: .failed
            case .stalled: .stalled
            case .gone: .gone
            case .overdue: .overdue
            case .pollFailing: .polling
            case .targetFailing: .target
            default: nil
            }
        return trouble.map { Incident(event, $0) }
    }

    /// The incidents that the event ends, as far as they are open.
    ///
    /// - Parameter open: what the service still has open; nil if that is not known, and then all of them are closed.
    static func closed(by event: Event, open: Set<EventKind>?) -> [Incident] {
        closed(by: event).filter { open?.contains($0.trouble.opener) ?? true }
    }

    /// The incidents that the event ends, open or not.
    static func closed(by event: Event) -> [Incident] {
        var troubles: [Trouble] = []
        for kind in [EventKind.failed, .stalled, .gone, .overdue, .pollFailing, .targetFailing]
        where event.kind.closes.contains(kind) {
            // GONE is left, and ACTIVATION stalls, only if the cluster was just that.
            if kind == .gone, event.from?.isGone == false { continue }
            if kind == .stalled || kind == .overdue, event.from.map({ $0.isSettled || $0.isGone }) == true { continue }
            if let opened = opened(by: event.with(kind: kind)) { troubles.append(opened.trouble) }
        }
        return troubles.map { Incident(event, $0) }
    }

    private init(_ event: Event, _ trouble: Trouble) {
        self.trouble = trouble
        let subject =
            event.cluster?.rawValue ?? event.target.map { "target/\($0)" }
            ?? "\(event.account ?? "default")/\(event.region ?? "")"
        // A failed training's key is its id alone: people look for it by that.
        key = trouble == .failed ? subject : "\(subject)#\(trouble.rawValue)"
    }
}

extension Event {
    fileprivate func with(kind: EventKind) -> Event {
        var event = self
        event.kind = kind
        return event
    }
}
