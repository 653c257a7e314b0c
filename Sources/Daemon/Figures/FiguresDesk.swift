import Figures
import Glibc
import Model
import Monitor
import PolarDB

/// Puts together what `GET /v1/metrics` answers: what was counted, and how things stand now.
struct FiguresDesk: Sendable {
    let figures: DaemonFigures
    let clockOffset: ClockOffset
    /// Asks the poll loop.
    let calls: @Sendable () async -> MonitorFigures

    func answer() async -> JSONValue { await snapshot().json }

    private func snapshot() async -> MetricsSnapshot {
        let calls = await calls()
        var registry = figures.counted
        registry.set(.build, [ProgramVersion.current, BuildRevision.current], to: 1)
        registry.set(.pollLag, to: calls.lag.inSeconds)
        for (scope, budget) in calls.budgets {
            registry.set(.budgetRate, [scope.account, scope.region], to: budget.callsPerSecond)
            registry.set(.budgetAvailable, [scope.account, scope.region], to: budget.available)
        }
        for (account, time) in figures.credentialsExpiry {
            registry.set(.credentialsExpiry, [account], to: time.metricSeconds)
        }
        registry.set(.clockOffset, to: clockOffset.measured.inSeconds)
        return MetricsSnapshot(
            pid: getpid(), families: registry.families + ProcessFigures.current().families(ofDaemon: true))
    }
}
