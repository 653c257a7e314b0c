package import Model

/// The rules of delivery: who may be sent what and when, and what an answer makes of an alert. A pure value.
///
/// - The store keeps the order: it offers only the oldest pending alert of each target and cluster.
/// - Decide, commit, apply: a decision changes nothing until `apply`, which comes after its commit.
/// - One owner asks and applies in turn; a decision is good until another one was applied.
/// - An attempt that is cut off, by a shutdown or a crash, leaves no trace: the alert is simply still pending.
/// - All times are steady (`SteadyClock`): they never step.
package struct Outbox: Sendable {
    /// The longest wait that a service's `Retry-After` and similar headers may impose.
    package static let longestWait: Duration = .seconds(24 * 3600)

    var lanes: [String: Lane] = [:]
    /// Targets that a reload took away while an attempt was under way.
    var departed: [String: Lane] = [:]
    var limits: [CredentialFingerprint: SharedLimit] = [:]
    /// Targets whose record changed since the last decision.
    var unsaved: Set<String> = []
    /// Counts what was applied, so that a stale decision cannot undo a later one.
    private var version = 0

    /// - Parameters:
    ///   - plans: every configured target.
    ///   - records: what an earlier process left of them.
    package init(plans: [TargetPlan], records: [TargetRecord] = [], at now: Timestamp) {
        configure(plans, records: records, at: now)
    }

    /// Takes over a new config. Targets that stay keep their waits and what is under way; one whose settings changed is
    /// tried at once; new ones look up their past in `records`. Attempts of targets that went are still settled.
    ///
    /// - Parameter isShared: whether other hosts serve targets. One that is not among `plans` may be theirs: what is under
    ///   way to it ends as always, so that they go on where this host stops. Who buries what waits for a target that no
    ///   host names is not decided here.
    package mutating func configure(
        _ plans: [TargetPlan], records: [TargetRecord] = [], isShared: Bool = false, at now: Timestamp
    ) {
        let known = Dictionary(records.map { ($0.name, $0) }) { first, _ in first }
        var lanes: [String: Lane] = [:]
        for plan in plans {
            var lane =
                self.lanes[plan.name] ?? departed[plan.name]
                ?? Lane(plan: plan, record: known[plan.name] ?? TargetRecord(name: plan.name), fetchAt: now)
            if lane.adopt(plan, at: now) { unsaved.insert(plan.name) }
            lanes[plan.name] = lane
        }
        let gone = self.lanes.merging(departed) { lane, _ in lane }
            .filter { lanes[$0.key] == nil && !$0.value.underWay.isEmpty }
        if isShared {
            for (name, lane) in gone {
                var lane = lane
                lane.leave()
                lanes[name] = lane
                // What the attempts under way have used up of its rate is not on disk yet.
                unsaved.insert(name)
            }
        }
        departed = isShared ? [:] : gone
        self.lanes = lanes
        limits = Self.limits(of: lanes, keeping: limits, at: now)
        version += 1
    }

    /// Has nothing to do with these targets any more, nor with what is under way to them.
    package mutating func forget(_ targets: Set<String>) {
        for target in targets {
            lanes[target] = nil
            departed[target] = nil
        }
        unsaved.subtract(targets)
        // Another host may use them up meanwhile: if they come back, the database knows.
        let credentials = Set(lanes.values.map(\.plan.credential))
        limits = limits.filter { credentials.contains($0.key) }
        version += 1
    }

    /// The operator has repaired these targets, or wants them tried: a suspended one is probed now.
    ///
    /// - Parameter drains: whether everything that waits for its next attempt is due, too: a message has arrived there.
    package mutating func repair(_ targets: some Sequence<String>, drains: Bool, at now: Timestamp) {
        for target in targets where lanes[target]?.repair(at: now, drains: drains) == true {
            unsaved.insert(target)
            lanes[target]?.isProven = drains
        }
        version += 1
    }

    /// The clock that the records came from was ahead by this much.
    package mutating func setBack(by duration: Duration) {
        for (name, lane) in lanes { lanes[name]?.record = lane.record.shifted { $0.advanced(by: .zero - duration) } }
        limits = limits.mapValues { limit in
            var limit = limit
            limit.blockedUntil = limit.blockedUntil?.advanced(by: .zero - duration)
            return limit
        }
        version += 1
    }

    /// Every target's record, for the database after a step of its clock.
    package var records: [TargetRecord] {
        lanes.keys.sorted().compactMap { record(of: $0) }
    }

    /// Alerts of these targets were committed.
    package mutating func wake(_ targets: some Sequence<String>, at now: Timestamp) {
        for target in targets {
            lanes[target]?.look(at: now)
        }
        version += 1
    }

    /// An attempt was cut off: it costs nothing, the alert is pending as before.
    package mutating func interrupt(_ start: Start, at now: Timestamp) {
        lanes[start.target]?.end(start)
        lanes[start.target]?.look(at: now)
        departed[start.target]?.end(start)
        version += 1
    }

    /// Makes a decision whose writes are on disk come true.
    package mutating func apply(_ decision: OutboxDecision) {
        precondition(
            decision.outcome.version == version,
            "a decision must be applied before the next one is asked for; this is a bug in polarai-daemon; please report it"
        )
        self = decision.outcome
        version += 1
    }

    /// When `fetches` has something to say next; nil while nothing is known to wait.
    package func nextFetchAt(after now: Timestamp) -> Timestamp? {
        lanes.values.compactMap { lane in
            guard lane.freeSlots > 0, let fetchAt = lane.fetchAt else { return nil }
            return max(fetchAt, readyAt(lane, now: now))
        }.min()
    }

    /// What to ask the store for now, targets in the order of their names.
    package func fetches(at now: Timestamp) -> [Fetch] {
        lanes.values.sorted { $0.plan.name < $1.plan.name }.compactMap { lane in
            guard let fetchAt = lane.fetchAt, lane.freeSlots > 0, readyAt(lane, now: now) <= now, fetchAt <= now
            else { return nil }
            let collecting = lane.record.digestThrough != nil ? lane.record.digestGroup : lane.wanted
            let countsQueue = lane.plan.digestCapacity != nil && lane.underWay.isEmpty
            return Fetch(
                target: lane.plan.name,
                dueBy: lane.isDraining || lane.isSuspended ? .distantFuture : now,
                // An operator's retry can put an older alert in front of one under way: such a line waits, and must
                // not take the place of another.
                limit: lane.isSuspended
                    ? Self.suspendedLimit : lane.freeSlots + lane.busyLines.count + lane.heldBack,
                excluding: lane.alertsUnderWay,
                countUpTo: countsQueue ? Self.digestThreshold(lane.plan) + 1 : 0,
                collecting: collecting ?? .backlog,
                backlogLimit: lane.mayBeginDigest ? collecting.map(lane.plan.capacity) ?? 0 : 0,
                wantsOpenTroubles: lane.plan.keepsIncidents)
        }
    }

    /// Whether records changed that the next decision will write, due or not.
    package var hasUnsavedRecords: Bool { !unsaved.isEmpty }

    /// The attempts under way, of all targets.
    package var underWay: [Start] {
        (Array(lanes.values) + Array(departed.values)).flatMap(\.underWay)
    }

    /// The targets that are suspended, by name, for STATUS. One for which nothing waits is probed with its next alert:
    /// nobody knows when that is.
    package var suspended: [TargetRecord] {
        lanes.values.filter { $0.isSuspended && !$0.isLeaving }.map { lane in
            var record = lane.record
            if lane.fetchAt == nil, lane.underWay.isEmpty { record.probeAt = nil }
            return record
        }.sorted { $0.name < $1.name }
    }

    /// A stored time that no wait can have led to: another clock wrote it, or other settings.
    func isBeyondAnyWait(_ moment: Timestamp, _ lane: Lane, now: Timestamp) -> Bool {
        let longest = now.advanced(by: lane.plan.longestWait)
        return moment > max(longest, limits[lane.plan.credential]?.blockedUntil ?? longest)
    }

    /// The earliest moment at which this target may be sent anything.
    func readyAt(_ lane: Lane, now: Timestamp) -> Timestamp {
        let shared = max(lane.restsUntil ?? now, limits[lane.plan.credential]?.readyAt(now) ?? now)
        guard lane.isSuspended, let probeAt = lane.record.probeAt else { return shared }
        return max(shared, min(probeAt, now.advanced(by: Self.longestWait)))
    }

    /// Heads read at once of a suspended target: one to probe with, the others to give up where their time is over.
    private static let suspendedLimit = 100

    /// A longer queue is sent as digests.
    static func digestThreshold(_ plan: TargetPlan) -> Int {
        plan.pace?.perMinute ?? .max - 1
    }

    private static func limits(
        of lanes: [String: Lane], keeping known: [CredentialFingerprint: SharedLimit], at now: Timestamp
    ) -> [CredentialFingerprint: SharedLimit] {
        var limits: [CredentialFingerprint: SharedLimit] = [:]
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
