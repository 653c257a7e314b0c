package import Model

/// Which events a good answer means, given what was known before. The whole of the detection rules, without state.
package struct StatusChange: Hashable, Sendable {
    package let kind: EventKind
    package let from: ClusterStatus?
    package let to: ClusterStatus
    package let sighting: Sighting
    /// The API's own time of the change, where it gives one.
    package let apiTime: Timestamp?

    /// The changes between what is recorded and an answer, in the order in which they happened.
    ///
    /// - Parameters:
    ///   - record: what was known before.
    ///   - status: the answer's status; the API's, so never GONE.
    ///   - isBlind: nobody was looking since the last good answer (after a start, after `poll_failing`).
    package static func between(
        _ record: ClusterRecord, and status: ClusterStatus, facts: TaskFacts, isBlind: Bool
    ) -> [StatusChange] {
        let sighting: Sighting = record.status == nil ? .firstSeen : isBlind ? .late : .observed
        if let known = record.status, isHiddenRerun(known, record.facts, then: status, facts) {
            return [
                StatusChange(
                    kind: .restarted, from: known, to: .activation, sighting: .inferred, apiTime: facts.startedAt),
                StatusChange(
                    kind: status.isFailed ? .failed : .completed, from: .activation, to: status, sighting: sighting,
                    apiTime: facts.plausibleCompletion),
            ]
        }
        if let known = record.status, known.means(status) { return [] }
        let kind = kind(from: record.status, to: status, wasActivated: record.wasActivated)
        let apiTime: Timestamp? =
            switch kind {
            case .completed, .failed: facts.plausibleCompletion
            case .started, .restarted: facts.startedAt
            default: nil
            }
        return [StatusChange(kind: kind, from: record.status, to: status, sighting: sighting, apiTime: apiTime)]
    }

    /// A whole run began after the one that was known, and is over: it lies between two answers.
    ///
    /// Seen by a later StartTime, or by another one if it is not a time. The end of a run that was still going on is unknowable then and is not made up.
    private static func isHiddenRerun(
        _ known: ClusterStatus, _ knownFacts: TaskFacts, then status: ClusterStatus, _ facts: TaskFacts
    ) -> Bool {
        guard status.isSettled, !known.isGone else { return false }
        if let before = knownFacts.startedAt, let now = facts.startedAt { return now > before }
        // Neither can be read as a time: another text is another run.
        if let before = knownFacts.unreadStart, let now = facts.unreadStart { return now != before }
        return false
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
    fileprivate var plausibleCompletion: Timestamp? {
        guard let completedAt else { return nil }
        if let startedAt, completedAt < startedAt { return nil }
        return completedAt
    }
}
