import Model

/// Which events a good answer means, given what was known before. The whole of the detection rules, without state.
struct StatusChange: Hashable, Sendable {
    let kind: EventKind
    let from: ClusterStatus?
    let to: ClusterStatus
    let sighting: Sighting
    /// The API's own time of the change, if it gives one.
    let apiTime: Timestamp?
    /// A run that was known ended between two answers, and nobody knows how.
    let endsUnseenRun: Bool

    /// The changes between what is recorded and an answer, in the order in which they happened.
    ///
    /// - Parameters:
    ///   - record: what was known before.
    ///   - status: the answer's status; the API's, so never GONE.
    ///   - isUnobserved: nobody was looking since the last good answer (after a start, after `poll_failing`).
    static func between(
        _ record: ClusterRecord, and status: ClusterStatus, facts: TaskFacts, isUnobserved: Bool
    ) -> [StatusChange] {
        let sighting: Sighting = record.status == nil ? .firstSeen : isUnobserved ? .late : .observed
        if let known = record.status, !known.isGone,
            isNewRun(facts, after: record, isOver: status.isSettled)
        {
            let restart = StatusChange(
                kind: .restarted, from: known, to: status.isTraining ? status : .activation, sighting: .inferred,
                apiTime: facts.startedAt, endsUnseenRun: !RunRules.isOver(record))
            if status.isSettled {
                let end = StatusChange(
                    kind: status.isFailed ? .failed : .completed, from: .activation, to: status, sighting: sighting,
                    apiTime: facts.completion(after: record))
                return [restart, end]
            }
            if known.isTraining, status.isTraining { return [restart] }
        }
        if let known = record.status, known.means(status) { return [] }
        let kind = kind(from: record.status, to: status, wasActivated: record.wasActivated)
        let apiTime: Timestamp? =
            switch kind {
            case .completed, .failed: facts.completion(after: record)
            case .started, .restarted: RunRules.givesOldStart(facts, after: record) ? nil : facts.startedAt
            default: nil
            }
        return [StatusChange(kind: kind, from: record.status, to: status, sighting: sighting, apiTime: apiTime)]
    }

    /// A run began after the one that was known: that one ended between two answers. If the new one is over too, it lies
    /// between them entirely.
    ///
    /// Seen by a later StartTime, which must not lie before the known end of a run that is over; of such a run also by another one,
    /// if it is not a time. If no StartTime was known, or only that of the run before, a start after the known end is one. The
    /// end of a run that was still going on is unknowable then and is not made up.
    static func isNewRun(_ facts: TaskFacts, after record: ClusterRecord, isOver: Bool) -> Bool {
        guard !Planted.isOn(.unseenRunMissed) else { return false }
        let known = record.facts
        if let now = facts.startedAt {
            let wasOver = record.status?.isSettled ?? false
            if let before = known.startedAt {
                // What the API gave was still the start of the run before: another one is that of the run itself.
                if let start = record.runStartedAt, before < start {
                    return wasOver && record.since.map { now > $0 } ?? false
                }
                // One that was corrected within its run.
                if wasOver, let end = known.plausibleCompletion, end == record.since, now < end { return false }
                return now > before
            }
            // While a training runs the API may still show the end of the run before.
            if wasOver, known.unreadStart == nil, let end = known.completedAt { return now > end }
        }
        // Neither can be read as a time: another text is another run.
        if isOver, let before = known.unreadStart, let now = facts.unreadStart { return now != before }
        return false
    }

    private init(
        kind: EventKind, from: ClusterStatus?, to: ClusterStatus, sighting: Sighting, apiTime: Timestamp?,
        endsUnseenRun: Bool = false
    ) {
        self.kind = kind
        self.from = from
        self.to = to
        self.sighting = sighting
        self.apiTime = apiTime
        self.endsUnseenRun = endsUnseenRun
    }

    private static func kind(from: ClusterStatus?, to: ClusterStatus, wasActivated: Bool) -> EventKind {
        if to.isCompleted { return .completed }
        if to.isFailed { return .failed }
        guard to.isTraining else { return .changed }
        if let from, from.isSettled { return .restarted }
        return wasActivated ? .changed : .started
    }
}

extension ClusterStatus {
    /// The same state: one of the documented ones, whatever the case of its letters, or the same word.
    func means(_ other: ClusterStatus) -> Bool {
        self == other || isCompleted && other.isCompleted || isFailed && other.isFailed
            || isTraining && other.isTraining
    }
}

extension TaskFacts {
    /// The completion time, unless it belongs to an earlier run than the start time does.
    var plausibleCompletion: Timestamp? {
        guard let completedAt else { return nil }
        if let startedAt, completedAt < startedAt { return nil }
        return completedAt
    }

    /// The same, with the times that are known if it has none of its own: an answer that leaves all of them out says nothing
    /// of the run.
    func withTimes(of known: TaskFacts) -> TaskFacts {
        guard startedAt == nil, completedAt == nil, unreadStart == nil else { return self }
        var facts = self
        facts.startedAt = known.startedAt
        facts.completedAt = known.completedAt
        facts.unreadStart = known.unreadStart
        return facts
    }
}
