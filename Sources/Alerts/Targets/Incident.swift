import Model

/// What an event opens and closes at a service that keeps incidents.
struct Incident: Hashable, Sendable {
    /// What is wrong; each kind of trouble of a cluster is an incident of its own.
    enum Trouble: String, CaseIterable, Sendable {
        case failed, stalled, gone, overdue, polling, target

        /// The events that open one.
        static let openers = Set(allCases.map(\.opener))

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
    /// - Parameter open: what the service still has open; nil if that is not known, and then all that may be are closed.
    static func closed(by event: Event, open: Set<EventKind>?) -> [Incident] {
        let ended = Trouble.allCases.filter { event.kind.closes.contains($0.opener) }
        // What is known to be open ends, also if what ended it before was never sent, for example because of a silence.
        let closed = ended.filter { open?.contains($0.opener) ?? mayBeOpen($0, before: event) }
        return closed.map { Incident(event, $0) }
    }

    /// GONE is left, and ACTIVATION stalls, only if the cluster was just that.
    private static func mayBeOpen(_ trouble: Trouble, before event: Event) -> Bool {
        guard let from = event.from else { return true }
        return switch trouble {
        case .gone: from.isGone
        case .stalled, .overdue: !(from.isSettled || from.isGone)
        case .failed, .polling, .target: true
        }
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
