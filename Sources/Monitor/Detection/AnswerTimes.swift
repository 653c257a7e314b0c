import Model

/// The gate for the times of an answer: what cannot be true, or is out of date, is passed over before anything follows from it.
extension TaskFacts {
    /// Times may be ahead by a time zone, if local time is written as UTC. What is further ahead stands for "no time".
    private static let mostAhead = Duration.seconds(86_400)

    /// - Parameters:
    ///   - known: what was known of the task before.
    ///   - isOver: whether the answer's status is an end.
    ///   - latest: what lies after this is in the future.
    /// - Returns: the same with times that may be believed.
    func believable(after known: ClusterRecord, isOver: Bool, until latest: Timestamp) -> TaskFacts {
        var facts = self
        let farthest = latest.advanced(by: Self.mostAhead)
        if let start = facts.startedAt, start > farthest { facts.startedAt = nil }
        if let end = facts.completedAt, end > farthest { facts.completedAt = nil }
        // A run that is over has not begun in the future, and after its end.
        if isOver, let start = facts.startedAt, start > latest, let end = facts.completedAt, end < start {
            facts.startedAt = nil
        }
        guard let newest = known.facts.startedAt, newest <= latest else { return facts }
        guard let start = facts.startedAt else { return facts.withStart(newest, after: known) }
        if start.seconds == newest.seconds {
            // Written with other fractions of the same second.
            facts.startedAt = newest
        } else if start < newest {
            // A server that lags behind shows the run before.
            facts.startedAt = newest
            if facts.completedAt.map({ $0 < newest }) ?? true { facts.completedAt = known.facts.completedAt }
        }
        return facts
    }

    /// The end of a run that went on, without its start: the start that was known is the run's.
    private func withStart(_ start: Timestamp, after known: ClusterRecord) -> TaskFacts {
        guard unreadStart == nil, known.isRunning, known.runStartedAt == start, let end = completedAt, end >= start
        else {
            return self
        }
        var facts = self
        facts.startedAt = start
        return facts
    }

    /// The facts of a run that has begun with the answer: that it shows an end, or the start of the run before, is none of it.
    func ofNewRun(after known: ClusterRecord) -> TaskFacts {
        var facts = self
        facts.completedAt = nil
        if RunRules.givesOldStart(self, after: known) { facts.startedAt = nil }
        return facts
    }
}
