import Model

/// One account in one region as the monitor holds it.
struct Scope: Sendable {
    let id: AccountRegion
    var budget: CallBudget
    var recent = RecentCalls()
    /// Clusters whose training may end any moment.
    var urgent = DueQueue()
    /// Settled and gone ones.
    var calm = DueQueue()
    /// Urgent polls since the last calm one, counted while a calm one waited.
    var urgentTaken = 0
    var inFlight = 0
    var slots: [Int] = []
    var health = ScopeHealth()

    /// Of polls whose turn it is, this many urgent ones go before a calm one must.
    static let urgentBeforeCalm = 4

    init(_ id: AccountRegion, budget: CallBudget) {
        self.id = id
        self.budget = budget
    }
}
