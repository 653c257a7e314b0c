package import Model

/// The rules of delivery: who may be sent what and when, and what an answer makes of an alert. A pure value.
///
/// - The store keeps the order: it offers only the oldest pending alert of each target and cluster.
/// - Decide, commit, apply: a decision changes nothing until `apply`, which comes after its commit.
/// - One owner asks and applies in turn; a decision is good until another one was applied.
/// - An attempt that is cut off, by a shutdown or a crash, leaves no trace: the alert is simply still pending.
package struct Outbox: Sendable {
    /// The longest wait that a service's `Retry-After` and its kin may impose.
    package static let longestWait: Duration = .seconds(24 * 3600)

    var lanes: [String: Lane] = [:]
    var limits: [CredentialKey: SharedLimit] = [:]
    /// Counts what was applied, so that a stale decision cannot undo a later one.
    private var version = 0

    /// - Parameters:
    ///   - plans: every configured target.
    ///   - records: what an earlier process left of them.
    package init(plans: [TargetPlan], records: [TargetRecord] = [], at now: Timestamp) {
        configure(plans, records: records, at: now)
    }

    /// Takes over a new config. Targets that stay keep their waits and what is under way; new ones look up their past
    /// in `records`; attempts of targets that went end as if cut off.
    package mutating func configure(_ plans: [TargetPlan], records: [TargetRecord] = [], at now: Timestamp) {
        let known = Dictionary(records.map { ($0.name, $0) }) { first, _ in first }
        var lanes: [String: Lane] = [:]
        for plan in plans {
            var lane =
                self.lanes[plan.name]
                ?? Lane(plan: plan, record: known[plan.name] ?? TargetRecord(name: plan.name), fetchAt: now)
            lane.plan = plan
            lane.look(at: now)
            lanes[plan.name] = lane
        }
        self.lanes = lanes
        limits = Self.limits(of: lanes, keeping: limits, at: now)
        version += 1
    }

    /// Tells that alerts of these targets were committed, or made to wait no longer.
    package mutating func wake(_ targets: some Sequence<String>, at now: Timestamp) {
        for target in targets {
            lanes[target]?.look(at: now)
        }
        version += 1
    }

    /// An attempt was cut off: it costs nothing, the alert is pending as before.
    package mutating func interrupt(_ start: Start, at now: Timestamp) {
        lanes[start.target]?.underWay.removeAll { $0 == start }
        lanes[start.target]?.look(at: now)
        version += 1
    }

    /// Makes a decision whose writes are on disk come true.
    package mutating func apply(_ decision: Decision) {
        precondition(decision.outcome.version == version, "a decision is applied before the next one is asked for")
        self = decision.outcome
        version += 1
    }

    /// When `fetches` has something to say next; nil while nothing is known to wait.
    package func nextFetchAt(after now: Timestamp) -> Timestamp? {
        lanes.values.compactMap { lane in
            guard lane.freeSlots > 0, let fetchAt = lane.fetchAt else { return nil }
            return max(lane.isBeyondAnyWait(fetchAt, now: now) ? now : fetchAt, readyAt(lane, now: now))
        }.min()
    }

    /// What to ask the store for now, targets in the order of their names.
    package func fetches(at now: Timestamp) -> [Fetch] {
        lanes.values.sorted { $0.plan.name < $1.plan.name }.compactMap { lane in
            guard let fetchAt = lane.fetchAt, lane.freeSlots > 0, readyAt(lane, now: now) <= now,
                fetchAt <= now || lane.isBeyondAnyWait(fetchAt, now: now)
            else { return nil }
            let tellsDigests = lane.plan.digestCapacity != nil && lane.underWay.isEmpty
            let capacity = lane.plan.digestCapacity ?? 0
            return Fetch(
                target: lane.plan.name,
                dueBy: lane.isDraining || lane.isSuspended ? .distantFuture : now,
                // An operator's retry can put an older alert in front of one under way: such a line waits, and must
                // not take the place of another.
                limit: lane.isSuspended ? Self.suspendedLimit : lane.freeSlots + lane.busyLines.count,
                excluding: lane.alertsUnderWay,
                countUpTo: tellsDigests ? Self.digestThreshold(lane.plan) + 1 : 0,
                backlogLimit: tellsDigests && (lane.wantsDigest || lane.record.digestThrough != nil) ? capacity : 0)
        }
    }

    /// The attempts under way, of all targets.
    package var underWay: [Start] {
        lanes.values.flatMap(\.underWay)
    }

    /// The targets that are suspended, by name, for STATUS and `doctor`.
    package var suspended: [TargetRecord] {
        lanes.values.filter(\.isSuspended).map(\.record).sorted { $0.name < $1.name }
    }

    /// The earliest moment at which this target may be sent anything.
    func readyAt(_ lane: Lane, now: Timestamp) -> Timestamp {
        let shared = limits[lane.plan.credential]?.readyAt(now) ?? now
        guard lane.isSuspended, let probeAt = lane.record.probeAt else { return shared }
        return max(shared, min(probeAt, now.advanced(by: Self.longestWait)))
    }

    /// Heads read at once of a suspended target: one to probe with, the others to give up where their time is over.
    private static let suspendedLimit = 100

    /// A queue longer than this is told as digests.
    static func digestThreshold(_ plan: TargetPlan) -> Int {
        plan.pace?.perMinute ?? .max - 1
    }

    private static func limits(
        of lanes: [String: Lane], keeping known: [CredentialKey: SharedLimit], at now: Timestamp
    ) -> [CredentialKey: SharedLimit] {
        var limits: [CredentialKey: SharedLimit] = [:]
        for (credential, lanes) in Dictionary(grouping: lanes.values, by: \.plan.credential) {
            // Targets that share a credential may be given different rates: the strictest holds.
            let pace = lanes.compactMap(\.plan.pace).min { $0.refill < $1.refill }
            let records = lanes.map(\.record)
            let latest = records.filter { $0.tokensAt != nil }.max { ($0.tokensAt ?? now) < ($1.tokensAt ?? now) }
            let old = known[credential]
            limits[credential] = SharedLimit(
                bucket: TokenBucket(
                    pace: pace, tokens: old?.bucket.tokens ?? latest?.tokens,
                    filledAt: old?.bucket.filledAt ?? latest?.tokensAt ?? now),
                blockedUntil: old.map(\.blockedUntil) ?? records.compactMap(\.blockedUntil).max(),
                throttleStreak: old?.throttleStreak ?? 0)
        }
        return limits
    }
}

extension Timestamp {
    /// Later than anything that is ever due.
    static let distantFuture = Timestamp(milliseconds: .max)
}
