import Model

/// What a silence matches is held as long as it lasts.
extension Checks {
    func silencedBreaches() -> [String] {
        unheld() + lost()
    }

    /// What people did is on the disk once they were answered.
    private func lost() -> [String] {
        chronicle.acknowledged.filter { record.acknowledged[$0] == nil }.map { "the acknowledgement of \($0) is lost" }
            + (record.silences.count < chronicle.silences
                ? ["\(chronicle.silences) silences began, and \(record.silences.count) are stored"] : [])
    }

    private func unheld() -> [String] {
        // With a clock that was set back, a silence may begin before what was stored long ago.
        guard scenario.clockSteps.isEmpty else { return [] }
        return record.alerts.compactMap { alert in
            let event = record.events[Int(alert.seq) - 1]
            // Nothing holds the journal and the summaries.
            guard alert.target != "journal", event.kind != .summary else { return nil }
            if !alert.wasHeld {
                return silence(of: event, alert.target, at: alert.storedAt).map {
                    "alert \(alert.seq) for \(alert.target) was due at \(alert.storedAt.rfc3339), in the silence \($0)"
                }
            }
            guard alert.wasReleased, let silence = silence(of: event, alert.target, at: alert.dueAt) else { return nil }
            // What was held of a task goes before a later problem of the task, and with it.
            let isPulled = record.alerts.reversed().prefix { $0.seq > alert.seq }.contains {
                $0.target == alert.target && $0.dueAt == alert.dueAt
                    && record.events[Int($0.seq) - 1].line == event.line
            }
            return isPulled
                ? nil
                : "alert \(alert.seq) for \(alert.target) was let go at \(alert.dueAt.rfc3339), in the silence \(silence)"
        }
    }

    func silence(of alert: Record.Alert, at time: Timestamp) -> Record.StoredSilence? {
        silence(of: record.events[Int(alert.seq) - 1], alert.target, at: time)
    }

    private func silence(
        of event: Record.Event, _ target: String, at time: Timestamp
    ) -> Record.StoredSilence? {
        let kinds = [event.kind.rawValue, originalKind(of: event)?.rawValue]
        return record.silences.first { silence in
            silence.span.contains(time) && (silence.targets.isEmpty || silence.targets.contains(target))
                && (silence.events.isEmpty || silence.events.contains { kinds.contains($0) })
                && (silence.clusters.isEmpty || silence.clusters.contains { matches($0, event.cluster) })
        }
    }

    private func originalKind(of event: Record.Event) -> EventKind? {
        record.escalated.first { $0.by == event.seq }.map { record.events[Int($0.of) - 1].kind }
    }

    /// A pattern of a scenario: a name, or the beginning of one and a star.
    private func matches(_ pattern: String, _ cluster: ClusterID?) -> Bool {
        guard let cluster else { return false }
        return pattern.hasSuffix("*")
            ? cluster.rawValue.hasPrefix(pattern.dropLast()) : cluster.rawValue == pattern
    }
}
