import Model

extension Outbox {
    /// How long a target that is sent too much is left alone: as long as it asks for with `Retry-After`, else by its own list.
    func pause(_ plan: TargetPlan, asked: Duration?) -> Duration {
        let streak = limits[plan.credential]?.throttleStreak ?? 0
        let pauses = plan.throttlePauses
        func own(_ index: Int) -> Duration {
            pauses.isEmpty ? .seconds(60) : pauses[min(index, pauses.count - 1)]
        }
        // A wait that the service named and that did not help was too short.
        guard let asked else { return own(streak) }
        return streak == 0 ? asked : max(asked, own(streak - 1))
    }

    /// Leaves the whole credential alone for a while.
    mutating func block(_ plan: TargetPlan, for wait: Duration, at now: Timestamp) -> Timestamp {
        let wait = Planted.isOn(.retryAfterIgnored) ? .zero : wait
        let until = now.advanced(by: min(max(wait, .zero), Self.longestWait))
        let blockedUntil = max(until, limits[plan.credential]?.blockedUntil ?? until)
        limits[plan.credential]?.blockedUntil = blockedUntil
        return blockedUntil
    }
}
