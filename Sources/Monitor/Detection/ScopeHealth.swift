package import Model

/// Whether an account answers at all in a region: tells one cluster's silence from that of all.
package struct ScopeHealth: Sendable {
    /// The last good answer of any of its clusters.
    package private(set) var lastGood: MonotonicInstant?
    /// The last proof that the API serves the account: a good answer, or of a cluster known to be gone that it still is.
    package private(set) var lastAnswer: MonotonicInstant?
    /// Clusters that failed since then; as many as are needed to know, more are not kept.
    private var failed: [Int32] = []
    /// When its `poll_failing` was told; nil while it answers.
    package private(set) var failingSince: Timestamp?
    /// When that was last told, and when it last ended. Both stay, for whoever compares with them later.
    private var lastTold: MonotonicInstant?
    private var lastRecovery: MonotonicInstant?

    /// So many clusters failing without one good answer between them are believed to stand for all.
    private static let enough = 5

    package init(failingSince: Timestamp? = nil) {
        self.failingSince = failingSince
    }

    /// - Parameter now: when the answer was here; one whose reasons were looked for comes after later ones.
    package mutating func noteGood(at now: MonotonicInstant) {
        lastGood = max(lastGood ?? now, now)
        noteAnswer(at: now)
    }

    package mutating func noteAnswer(at now: MonotonicInstant) {
        lastAnswer = max(lastAnswer ?? now, now)
        if !failed.isEmpty { failed.removeAll() }
    }

    package mutating func noteFailure(of slot: Int) {
        let slot = Int32(slot)
        if failed.count < Self.enough, !failed.contains(slot) { failed.append(slot) }
    }

    /// Forgets which clusters failed; to be followed by a `noteFailure` for each that still does.
    package mutating func forgetFailures() {
        failed = []
    }

    /// Whether a cluster is known to have failed since the last answer. Of many not all are kept.
    package func hasFailed(_ slot: Int) -> Bool {
        failed.contains(Int32(slot))
    }

    package func hasAnswer(after instant: MonotonicInstant) -> Bool {
        lastAnswer.map { $0 > instant } ?? false
    }

    /// Its `poll_failing` was told.
    package mutating func beginFailing(at now: Moment) {
        failingSince = now.wall
        lastTold = now.monotonic
    }

    /// It answers again: its clusters' silence counts anew from here.
    package mutating func endFailing(at now: MonotonicInstant) {
        failingSince = nil
        lastRecovery = now
    }

    /// What is known of the account's clusters, from the view of one that fails.
    package enum Verdict: Sendable {
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
    package func verdict(clusters: Int, failingFrom: MonotonicInstant) -> Verdict {
        if hasAnswer(after: failingFrom) { return .answers }
        return failed.count >= min(clusters, Self.enough) ? .down : .unknown
    }

    /// Whether more than one cluster failed since the last answer.
    package var severalFail: Bool { failed.count > 1 }

    /// Whether nobody looked at a cluster, though it was polled, because the whole account failed since then.
    package func wasBlind(since instant: MonotonicInstant) -> Bool {
        lastTold.map { $0 > instant } ?? false
    }

    /// An instant, or the account's last recovery where that is later.
    package func sinceRecovery(_ instant: MonotonicInstant) -> MonotonicInstant {
        max(instant, lastRecovery ?? instant)
    }
}
