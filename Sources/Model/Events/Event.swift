/// Something that happened, as it is decided, stored and reported.
package struct Event: Hashable, Sendable {
    package var kind: EventKind
    /// Nil for an event of a whole account or of a target.
    package var cluster: ClusterID?
    /// The name from the config.
    package var name: String?
    /// Nil for an event of a target.
    package var account: String?
    package var region: String?
    package var labels: [String: String]
    /// Nil for a first answer.
    package var from: ClusterStatus?
    package var to: ClusterStatus?
    package var sighting: Sighting
    package var observedAt: Timestamp
    /// The last good answer before it: the change lies between this and `observedAt`.
    package var notBefore: Timestamp?
    /// The API's own time of the change, if it gives one; as it is written there, so it may be wrong: see `happenedAt`.
    package var apiTime: Timestamp?
    package var requestID: String?
    package var facts: TaskFacts
    package var progress: TrainingProgress?
    /// The last lines of the training's log, secrets masked.
    package var logLines: [String]
    /// What a person must know beyond the fields: for example the last error of `poll_failing`. In English; holds no
    /// secret.
    package var detail: String?
    /// What a person must know beyond the fields, in figures; nil if there is nothing of it.
    package var reason: EventReason?
    /// The target that `target_failing` and `target_recovered` speak of.
    package var target: String?
    /// The first answer for a task says that its run ended more than a day before: it goes into a digest and never
    /// pages.
    package var endedLongAgo = false
    /// What an event of a rule says beside; nil for all others.
    package var content: RuleContent?
    /// What the run has cost, of `overdue` so far; nil without a price or the API's StartTime.
    package var cost: Cost?

    package init(
        kind: EventKind, cluster: ClusterID? = nil, name: String? = nil, account: String? = nil, region: String? = nil,
        labels: [String: String] = [:], from: ClusterStatus? = nil, to: ClusterStatus? = nil,
        sighting: Sighting = .observed, observedAt: Timestamp, notBefore: Timestamp? = nil, apiTime: Timestamp? = nil,
        requestID: String? = nil, facts: TaskFacts = TaskFacts(), progress: TrainingProgress? = nil,
        logLines: [String] = [], detail: String? = nil, reason: EventReason? = nil, target: String? = nil
    ) {
        self.kind = kind
        self.cluster = cluster
        self.name = name
        self.account = account
        self.region = region
        self.labels = labels
        self.from = from
        self.to = to
        self.sighting = sighting
        self.observedAt = observedAt
        self.notBefore = notBefore
        self.apiTime = apiTime
        self.requestID = requestID
        self.facts = facts
        self.progress = progress
        self.logLines = logLines
        self.detail = detail
        self.reason = reason
        self.target = target
    }
}

extension Event {
    /// When it happened by the API's clock; nil if the API gives no time, or one that is still to come.
    package var happenedAt: Timestamp? {
        apiTime.flatMap { $0 <= observedAt.advanced(by: Self.mostAhead) ? $0 : nil }
    }

    /// How long the run took by the API's times; nil if its end is not known, or is still to come.
    package var ranFor: Duration? {
        guard let end = facts.completedAt, end <= observedAt.advanced(by: Self.mostAhead) else { return nil }
        return facts.duration
    }

    /// A time of the API that is ahead of the observation by more than this is not taken for a fact.
    private static let mostAhead = Duration.seconds(300)

    /// What its alerts queue by: those of one target and line are sent one after the other.
    ///
    /// A cluster's id, `@account` for an event of a whole account, `@` for an event of a target. Ids of clusters
    /// (`pm-…`) begin with a letter.
    package var line: String { cluster?.rawValue ?? "@\(account ?? "")" }

    /// The line of the events of targets.
    package static let lineOfTargets = "@"
}

/// How an event came to be known. The raw value is `kind` outside.
package enum Sighting: String, CaseIterable, Sendable {
    /// The first answer ever for this cluster.
    case firstSeen = "first_seen"
    case observed
    /// Deduced from the API's own times.
    case inferred
    /// Seen at the first good answer after a start or after `poll_failing`: nobody was looking when it happened.
    case late
}

/// An event that is on disk, with the number and the id it got there.
package struct StoredEvent: Hashable, Sendable {
    /// Counts up from 1 within a database, without gaps.
    package let seq: Int64
    /// `<installation>-<seq>`: the same on every attempt and for every target.
    package let id: String
    package let event: Event
    /// What held the alert that carries it until now; empty if nothing did.
    package var heldBy: [HoldReason] = []

    package init(seq: Int64, id: String, event: Event) {
        self.seq = seq
        self.id = id
        self.event = event
    }

    package init(_ id: EventID, event: Event) {
        self.init(seq: id.seq, id: id.description, event: event)
    }
}
