package import Model

/// What results mean, worked out but not yet true: it becomes so by `TaskMonitor.apply`, after its commit.
package struct Decision: Sendable {
    /// In the order in which they get their numbers.
    package internal(set) var events: [Event] = []
    /// For the log, once the decision holds.
    package internal(set) var notices: [Notice] = []
    var slots: [Int: SlotDecision] = [:]
    var health: [Int: ScopeHealth] = [:]
    /// Slots whose silence counts anew from the recovery of their account.
    var recoveredScopes: [Int: MonotonicInstant] = [:]
    var blindedScopes: Set<Int> = []
    var savedHealth: [Int: ScopeRecord] = [:]

    /// Whether anything of it must be on disk before it may be applied.
    package var isDurable: Bool {
        !events.isEmpty || !savedHealth.isEmpty || slots.contains { $0.value.mustSave }
    }

    /// The rows of the commit.
    ///
    /// - Parameter route: who is to hear of an event.
    package func recording(routedBy route: (Event) -> [String]) -> Recording {
        var recording = Recording(events: events.map { RoutedEvent(event: $0, targets: route($0)) })
        for (_, decided) in slots.sorted(by: { $0.key < $1.key }) where decided.mustSave {
            recording.clusters.append(decided.slot.record)
            if let answer = decided.answer { recording.answers.append(answer) }
        }
        recording.scopes = savedHealth.sorted { $0.key < $1.key }.map(\.value)
        return recording
    }
}

/// What becomes of one slot.
struct SlotDecision: Sendable {
    var slot: Slot
    /// Whether the whole row is written, not only, later, its poll times.
    var mustSave = false
    var answer: AnswerRecord?
    var due: MonotonicInstant?
    /// How the call ended, for the account's budget; nil where the decision is not about a call.
    var call: CallEnd?
    /// Wants another cluster of the account polled at once.
    var callsWitness = false
}

/// How a call ended, as far as the account's budget cares.
enum CallEnd: Sendable {
    case good
    case throttled(retryAfter: Duration?)
    /// A 503, a timeout, a broken body: one cluster's trouble until half of the calls end so.
    case sick(FailureReason)
    /// Refused for a reason of the cluster's own.
    case refused
}
