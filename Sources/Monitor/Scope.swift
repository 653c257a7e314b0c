import Model

/// One account in one region as the monitor holds it.
struct Scope: Sendable {
    let id: AccountRegion
    /// All of its calls.
    var agenda: CallAgenda
    /// How long one exchange with the API may take.
    let timeout: Duration
    var tasks: [TaskIndex] = []
    var health = ScopeHealth()
    /// Whether the log has reported that progress cannot be read here.
    var isProgressFailureAnnounced = false

    init(_ id: AccountRegion, _ settings: MonitorSettings, at now: MonotonicInstant) {
        let quota = settings.quotas[id] ?? QuotaSettings()
        self.id = id
        agenda = CallAgenda(
            quota, tokens: settings.tokensLeft[id], mostUnderWay: settings.mostInFlight,
            running: settings.schedule.running, at: now)
        timeout = quota.timeout
    }
}
