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
    /// For the log, once the decision holds.
    package internal(set) var notices: [Notice] = []
    /// The calls whose results these are, by number.
    var ended: [UInt64] = []
    /// How they ended, for the budgets of their accounts.
    var calls: [(scope: ScopeIndex, subject: CallSubject, end: CallEnd)] = []
    /// Polls that changed nothing but their times.
    var quiet: [QuietPoll] = []
    /// What becomes of other tasks; at most one each, and none of a quiet poll.
    var tasks: [TaskDecision] = []
    /// Trainings that stall or go on again, and of which nothing else changes.
    var stalls: [ClusterRecord] = []
    /// Failures that wait for the last lines of their logs.
    var awaitedLogs: [AwaitedLog] = []
    /// What becomes of accounts.
    var health: [ScopeIndex: ScopeHealth] = [:]
    /// The accounts whose `poll_failing` was reported or ended, as they are stored.
    var scopeRecords: [ScopeIndex: ScopeRecord] = [:]
    /// What becomes of instances; at most one each.
    var lists: [ListDecision] = []
    /// Tasks that are watched from now on, and those that are not any more.
    var discovered: [DiscoveredTask] = []
    var retired: [(index: TaskIndex, cluster: ClusterID)] = []
    /// Instances whose tasks were listed for the first time.
    var listed: [InstanceRecord] = []
    /// What is to be written of runs, in the order in which it happened.
    var runs: [RunRecord] = []
    /// What becomes of the progress of trainings; at most one each.
    var readings: [ReadingDecision] = []
    /// Whether it comes of the passing of time, not of results.
    var isSilenceCheck = false

    /// Whether anything of it must be on disk before it may be applied.
    package var isDurable: Bool {
        !events.isEmpty || !discovered.isEmpty || !retired.isEmpty || !listed.isEmpty || !runs.isEmpty
            || tasks.contains { $0.mustSave }
    }

    /// Tasks that turned up on a list: what the database knows of them is handed over with `recall`, before the commit.
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
        for decided in tasks where decided.mustSave {
            recording.clusters.append(decided.task.record)
            if let answer = decided.answer { recording.answers.append(answer) }
        }
        recording.clusters += stalls
        recording.discovered = discovered.map(\.entry)
        recording.retired = retired.map(\.cluster)
        recording.listed = listed
        recording.runs = runs
        recording.scopes = scopeRecords.sorted { $0.key < $1.key }.map(\.value)
        return recording
    }
}

/// A good answer that is the one already known.
struct QuietPoll: Sendable {
    let index: TaskIndex
    let at: Moment
    /// Until the next poll.
    let wait: Duration
}

/// What becomes of one task.
struct TaskDecision: Sendable {
    let index: TaskIndex
    var task: WatchedTask
    /// When it is polled next; nil if the decision is not about a poll.
    var due: MonotonicInstant?
    /// Whether a good answer came of the task itself.
    var isGood = false
    /// Whether the whole row is written, not only, later, its poll times.
    var mustSave = false
    var answer: AnswerRecord?
    /// Wants another task of the account polled at once, to learn whether the account answers.
    var probesAccount = false
    /// Wants this task polled once more, at once, before its silence is reported.
    var asksAgain = false
}
