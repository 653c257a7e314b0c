import Model

/// Whether an account answers at all in a region: whether one task is silent or all of them.
struct ScopeHealth: Sendable {
    /// The last good answer of any of its clusters.
    private(set) var lastGood: MonotonicInstant?
    /// The last proof that the API serves the account: a good answer, or of a cluster known to be gone that it still is.
    private(set) var lastAnswer: MonotonicInstant?
    /// Clusters that failed since then; as many as are needed to know, more are not kept.
    private var failed: [TaskIndex] = []
    /// When its `poll_failing` was reported; nil while it answers.
    private(set) var failingSince: Timestamp?
    /// When that was last reported, and when it last ended. Both stay, for whoever compares with them later.
    private var lastReported: MonotonicInstant?
    private var lastRecovery: MonotonicInstant?

    /// So many clusters failing without one good answer between them are believed to stand for all.
    static let enough = 5

    init(failingSince: Timestamp? = nil) {
        self.failingSince = failingSince
    }

    /// - Parameter now: when the answer was here; one whose log was waited for comes after later ones.
    mutating func noteGood(at now: MonotonicInstant) {
        lastGood = max(lastGood ?? now, now)
        noteAnswer(at: now)
    }

    mutating func noteAnswer(at now: MonotonicInstant) {
        lastAnswer = max(lastAnswer ?? now, now)
        if !failed.isEmpty { failed.removeAll() }
    }

    mutating func noteFailure(of task: TaskIndex) {
        if failed.count < Self.enough, !failed.contains(task) { failed.append(task) }
    }

    /// Takes over which clusters failed, unless there was an answer between them.
    mutating func noteFailures(of later: ScopeHealth) {
        guard later.lastAnswer == lastAnswer else { return }
        for task in later.failed { noteFailure(of: task) }
    }

    /// Forgets which clusters failed; to be followed by a `noteFailure` for each that still does.
    mutating func forgetFailures() {
        failed = []
    }

    /// Whether a cluster is known to have failed since the last answer. Of many not all are kept.
    func hasFailed(_ task: TaskIndex) -> Bool { failed.contains(task) }

    func hasAnswer(after instant: MonotonicInstant) -> Bool {
        lastAnswer.map { $0 > instant } ?? false
    }

    /// Its `poll_failing` was reported.
    mutating func beginFailing(at now: Moment) {
        failingSince = now.wall
        lastReported = now.monotonic
    }

    /// It answers again: its clusters' silence counts anew from here.
    mutating func endFailing(at now: MonotonicInstant) {
        failingSince = nil
        lastRecovery = now
    }

    /// What is known of the account's clusters, as seen from one that fails.
    enum Verdict: Sendable {
        /// Another cluster got an answer since this one began to fail.
        case answers
        /// None did, and enough were asked.
        case down
        /// None did, but few were asked.
        case unknown
    }

    /// - Parameters:
    ///   - clusters: how many are watched there.
    ///   - failingFrom: when the cluster that asks began to fail.
    func verdict(clusters: Int, failingFrom: MonotonicInstant) -> Verdict {
        if hasAnswer(after: failingFrom) { return .answers }
        return failed.count >= min(clusters, Self.enough) ? .down : .unknown
    }

    /// Whether more than one cluster failed since the last answer.
    var severalFail: Bool { failed.count > 1 }

    /// Whether nobody looked at a cluster, though it was polled, because the whole account failed since then.
    func wasUnobserved(since instant: MonotonicInstant) -> Bool {
        lastReported.map { $0 > instant } ?? false
    }

    /// An instant, or the account's last recovery if that is later.
    func sinceRecovery(_ instant: MonotonicInstant) -> MonotonicInstant {
        max(instant, lastRecovery ?? instant)
    }
}
