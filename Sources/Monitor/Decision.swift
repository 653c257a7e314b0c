package import Model

/// What results mean, worked out but not yet true: it becomes so by `TaskMonitor.apply`, after its commit.
///
/// It speaks of the monitor as it was: between `decide` and `apply` or `reject` no other decision and no new config may
/// come. `takeDue` may.
package struct Decision: Sendable {
    /// In the order in which they get their numbers.
    package internal(set) var events: [Event] = []
    /// Events, by their place, that nobody is alerted of: they were over before we first looked.
    var unalerted: Set<Int> = []
    /// The orders whose results these are.
    var ended: [UInt64] = []
    /// For the log, once the decision holds.
    package internal(set) var notices: [Notice] = []
    /// Polls that changed nothing but their times.
    var quiet: [QuietPoll] = []
    /// What becomes of other slots; at most one each, and none of a quiet poll.
    var slots: [SlotDecision] = []
    /// What becomes of accounts, by index.
    var health: [Int: ScopeHealth] = [:]
    /// The accounts whose `poll_failing` was told or ended, as they are stored, by index.
    var scopeRecords: [Int: ScopeRecord] = [:]
    /// What becomes of instances; at most one each.
    var lists: [ListDecision] = []
    /// Tasks that are watched from now on, and slots that are not any more.
    var discovered: [DiscoveredTask] = []
    /// Instances whose tasks were listed for the first time.
    var listed: [InstanceRecord] = []
    /// What is to be written of runs, in the order in which it happened.
    var runs: [RunRecord] = []
    var retired: [Int] = []
    var retiredClusters: [ClusterID] = []
    /// What becomes of the progress of trainings; at most one each.
    var readings: [ProgressDecision] = []
    /// Clusters whose poll under way was for nobody: see `TaskMonitor.strays`.
    var strays: [ClusterID] = []
    /// Whether it comes of the passing of time, not of results.
    var isSilenceCheck = false

    /// Whether anything of it must be on disk before it may be applied.
    package var isDurable: Bool {
        !events.isEmpty || !discovered.isEmpty || !retired.isEmpty || !listed.isEmpty || !runs.isEmpty
            || slots.contains { $0.mustSave }
    }

    /// Clusters that turned up on a list: what the database knows of them is told by `recall`, before the commit.
    package var newcomers: [ClusterID] { discovered.map(\.cluster.id) }

    /// Takes over what is known of newcomers from an earlier time.
    package mutating func recall(_ records: [ClusterRecord], progress: [ProgressRecord]) {
        let records = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
        let progress = Dictionary(progress.map { ($0.cluster, $0) }) { first, _ in first }
        for index in discovered.indices {
            discovered[index].recalled = records[discovered[index].cluster.id]
            discovered[index].progress = progress[discovered[index].cluster.id]
        }
    }

    /// The rows of the commit.
    ///
    /// - Parameter route: the alerts of an event.
    package func recording(routedBy route: (Event) -> [AlertDecision]) -> Recording {
        var recording = Recording(
            events: events.enumerated().map { place, event in
                RoutedEvent(event: event, alerts: unalerted.contains(place) ? [] : route(event))
            })
        for decided in slots where decided.mustSave {
            recording.clusters.append(decided.slot.record)
            if let answer = decided.answer { recording.answers.append(answer) }
        }
        recording.discovered = discovered.map(\.entry)
        recording.retired = retiredClusters
        recording.listed = listed
        recording.runs = runs
        recording.scopes = scopeRecords.sorted { $0.key < $1.key }.map(\.value)
        return recording
    }
}

/// A good answer that is the one already known.
struct QuietPoll: Sendable {
    let index: Int
    let at: Moment
    /// Until the next poll.
    let wait: Duration
}

/// What becomes of one slot.
struct SlotDecision: Sendable {
    let index: Int
    var slot: Slot
    /// How the call ended, for the account's budget; nil where the decision is not about a call.
    let call: CallEnd?
    /// Whether the whole row is written, not only, later, its poll times.
    var mustSave = false
    var answer: AnswerRecord?
    /// Wants another cluster of the account polled at once.
    var callsWitness = false
    /// Wants this cluster polled once more, at once, before its silence is told.
    var asksAgain = false

    init(index: Int, slot: Slot, call: CallEnd? = nil) {
        self.index = index
        self.slot = slot
        self.call = call
    }
}

/// How a call ended, as far as the account's budget cares.
enum CallEnd: Sendable {
    case good
    case throttled(retryAfter: Duration?)
    /// A 503, a timeout, a broken connection: one cluster's trouble until half of the calls end so.
    case sick(FailureReason)
    /// Refused, or answered with something unreadable, for a reason of the cluster's own.
    case refused

    init(_ failure: PollFailure) {
        if let retryAfter = failure.retryAfter {
            self = .throttled(retryAfter: retryAfter)
            return
        }
        self =
            switch failure.reason {
            case .throttled: .throttled(retryAfter: nil)
            case .server, .network, .timeout, .tls: .sick(failure.reason)
            // An answer that came and cannot be read says nothing about what the API can bear.
            case .malformed, .notFound, .credentials, .permission, .clock, .configuration, .unknown: .refused
            }
    }
}
