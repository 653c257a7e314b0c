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
    var urgentTaken = 0
    var inFlight = 0
    var slots: [Int] = []
    var health = ScopeHealth()

    /// Of polls whose turn it is, this many urgent ones go before a calm one must.
    static let urgentBeforeCalm = 4
    /// Polls under way at once; more would only queue at the server.
    static let mostInFlight = 50

    init(_ id: AccountRegion, budget: CallBudget) {
        self.id = id
        self.budget = budget
    }
}

/// Whether an account answers at all.
struct ScopeHealth: Sendable {
    /// The last good answer of any of its clusters.
    var lastGood: MonotonicInstant?
    /// Clusters that failed since then; two are enough to know, more are not kept.
    var failedSince: Set<Int> = []
    /// When its `poll_failing` was told; nil when it answers.
    var failingSince: Timestamp?

    mutating func noteGood(at now: MonotonicInstant) {
        lastGood = now
        failedSince.removeAll(keepingCapacity: true)
    }

    mutating func noteFailure(of slot: Int) {
        if failedSince.count < 2 { failedSince.insert(slot) }
    }

    /// Whether, as far as anybody knows, no cluster of the account gets a good answer.
    ///
    /// - Parameter failingFrom: when the cluster that asks began to fail.
    func seemsDown(clusters: Int, failingFrom: MonotonicInstant) -> Bool {
        if let lastGood, lastGood > failingFrom { return false }
        return clusters == 1 || failedSince.count >= 2
    }

    /// Whether any cluster of the account got a good answer after this.
    func hasGood(after instant: MonotonicInstant?) -> Bool {
        guard let lastGood, let instant else { return false }
        return lastGood > instant
    }
}
