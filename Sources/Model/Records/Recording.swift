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
            && discovered.isEmpty && retired.isEmpty && progress.isEmpty
    }
}

/// An event and the targets that are to hear of it.
package struct RoutedEvent: Hashable, Sendable {
    package let event: Event
    /// Names of targets, without repeats.
    package let targets: [String]

    package init(event: Event, targets: [String]) {
        self.event = event
        self.targets = targets
    }
}
