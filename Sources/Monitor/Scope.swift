import Model

/// One account in one region as the monitor holds it.
struct Scope: Sendable {
    let id: AccountRegion
    var budget: CallBudget
    /// How long one exchange with the API may take.
    let timeout: Duration
    var recent = RecentCalls()
    /// Clusters that something is said to have happened to.
    var news = DueQueue()
    /// Instances whose next page is due.
    var lists = DueQueue()
    /// Clusters whose training is expected to end about now.
    var ending = DueQueue()
    /// Clusters whose training may end any moment.
    var urgent = DueQueue()
    /// Settled and gone ones.
    var calm = DueQueue()
    /// Trainings whose progress is to be read.
    var progress = DueQueue()
    /// When trainings come near their expected end.
    var openings = DueQueue()
    var shares = CallShares()
    var inFlight = 0
    var slots: [Int] = []
    var health = ScopeHealth()
    /// Whether the log was told that progress cannot be read here.
    var isProgressFailureAnnounced = false

    init(_ id: AccountRegion, _ quota: QuotaSettings, at now: MonotonicInstant) {
        self.id = id
        budget = CallBudget(quota, at: now)
        timeout = quota.timeout
    }

    subscript(kind: CallClass) -> DueQueue {
        switch kind {
        case .news: news
        case .list: lists
        case .ending: ending
        case .urgent: urgent
        case .calm: calm
        case .progress: progress
        }
    }

    /// Takes the head of a queue out. In place: a queue may be long.
    @discardableResult
    mutating func removeFirst(_ kind: CallClass) -> DueQueue.Entry? {
        switch kind {
        case .news: news.removeFirst()
        case .list: lists.removeFirst()
        case .ending: ending.removeFirst()
        case .urgent: urgent.removeFirst()
        case .calm: calm.removeFirst()
        case .progress: progress.removeFirst()
        }
    }
}
