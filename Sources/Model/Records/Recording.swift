/// All that one turn of the monitor writes, in one commit: events, their alerts, and the clusters' new state.
package struct Recording: Sendable {
    /// In the order in which they get their numbers.
    package var events: [RoutedEvent]
    /// Whole rows, inserted or replaced.
    package var clusters: [ClusterRecord]
    package var answers: [AnswerRecord]
    package var pollTimes: [PollTimes]
    package var scopes: [ScopeRecord]
    /// Clusters that an instance turned out to have: watched from now on. What is stored of them stays.
    package var discovered: [ClusterEntry]
    /// Clusters that are not watched any more. What is stored of them stays.
    package var retired: [ClusterID]
    package var progress: [ProgressUpdate]
    /// Instances whose tasks were listed for the first time.
    package var listed: [InstanceRecord] = []
    /// In the order in which they happened: see `RunRecord`.
    package var runs: [RunRecord] = []

    package init(
        events: [RoutedEvent] = [], clusters: [ClusterRecord] = [], answers: [AnswerRecord] = [],
        pollTimes: [PollTimes] = [], scopes: [ScopeRecord] = [], discovered: [ClusterEntry] = [],
        retired: [ClusterID] = [], progress: [ProgressUpdate] = []
    ) {
        self.events = events
        self.clusters = clusters
        self.answers = answers
        self.pollTimes = pollTimes
        self.scopes = scopes
        self.discovered = discovered
        self.retired = retired
        self.progress = progress
    }

    package var isEmpty: Bool {
        events.isEmpty && clusters.isEmpty && answers.isEmpty && pollTimes.isEmpty && scopes.isEmpty
            && discovered.isEmpty && retired.isEmpty && progress.isEmpty && listed.isEmpty && runs.isEmpty
    }
}

/// When the tasks of an instance were listed for the first time: what ended before is not reported.
package struct InstanceRecord: Hashable, Sendable {
    package let key: InstanceKey
    package let firstListedAt: Timestamp

    package init(key: InstanceKey, firstListedAt: Timestamp) {
        self.key = key
        self.firstListedAt = firstListedAt
    }
}

extension Recording {
    /// The clusters of which something is written; nil for what belongs to a whole account.
    package var subjects: Set<ClusterID?> {
        var subjects = Set(events.map(\.event.cluster))
        subjects.formUnion(clusters.map(\.id))
        subjects.formUnion(answers.map(\.cluster))
        subjects.formUnion(pollTimes.map(\.cluster))
        subjects.formUnion(discovered.map(\.id))
        subjects.formUnion(retired)
        subjects.formUnion(progress.map(\.record.cluster))
        subjects.formUnion(runs.map(\.cluster))
        if !scopes.isEmpty || !listed.isEmpty { subjects.insert(nil) }
        return subjects
    }

    /// The part that speaks of some subjects.
    package func part(_ isIncluded: (ClusterID?) -> Bool) -> Recording {
        var part = Recording(
            events: events.filter { isIncluded($0.event.cluster) }, clusters: clusters.filter { isIncluded($0.id) },
            answers: answers.filter { isIncluded($0.cluster) }, pollTimes: pollTimes.filter { isIncluded($0.cluster) },
            scopes: isIncluded(nil) ? scopes : [], discovered: discovered.filter { isIncluded($0.id) },
            retired: retired.filter { isIncluded($0) }, progress: progress.filter { isIncluded($0.record.cluster) })
        part.listed = isIncluded(nil) ? listed : []
        part.runs = runs.filter { isIncluded($0.cluster) }
        return part
    }
}

/// What was written of a recording.
package struct Recorded: Sendable {
    /// With the numbers they got, in the order of the recording's.
    package let events: [StoredEvent]
    /// The part that was written.
    package let recording: Recording
    /// Clusters, nil for an account, of which the database takes nothing, and why.
    package let refused: [ClusterID?: String]

    package init(events: [StoredEvent], recording: Recording, refused: [ClusterID?: String] = [:]) {
        self.events = events
        self.recording = recording
        self.refused = refused
    }
}

/// An event and its alerts.
package struct RoutedEvent: Hashable, Sendable {
    package let event: Event
    /// At most one for each target.
    package let alerts: [AlertDecision]

    package init(event: Event, alerts: [AlertDecision]) {
        self.event = event
        self.alerts = alerts
    }

    /// An event whose alerts are sent at once.
    package init(event: Event, targets: [String]) {
        self.init(event: event, alerts: targets.map { AlertDecision(target: $0) })
    }

    /// The names of the targets that are to be notified at once.
    package var targets: [String] { alerts.filter(\.disposition.isPending).map(\.target) }
}
