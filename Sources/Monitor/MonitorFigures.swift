package import Model

/// How the calls of all accounts stand now, in numbers.
package struct MonitorFigures: Hashable, Sendable {
    /// How late the most overdue call is; zero if none is overdue. Readings of progress do not count: they give way on
    /// purpose.
    package internal(set) var lag = Duration.zero
    package internal(set) var budgets: [AccountRegion: BudgetFigures] = [:]

    package init() {}
}

/// What an account may call in a region now.
package struct BudgetFigures: Hashable, Sendable {
    /// Below what is configured while the API throttles it.
    package let callsPerSecond: Double
    /// How many calls could be made at once; zero during a pause.
    package let available: Double
}

extension TaskMonitor {
    /// For metrics: its cost grows with the accounts, not with the tasks.
    package func figures(at now: MonotonicInstant) -> MonitorFigures {
        var figures = MonitorFigures()
        for scope in scopes {
            figures.lag = max(figures.lag, scope.agenda.lag(at: now))
            figures.budgets[scope.id] = BudgetFigures(
                callsPerSecond: scope.agenda.budget.rate(at: now), available: scope.agenda.budget.available(at: now))
        }
        return figures
    }
}
