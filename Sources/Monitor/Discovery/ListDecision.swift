import Model

/// What becomes of an instance after a page of its list, or a failure.
struct ListDecision: Sendable {
    let index: InstanceIndex
    var instance: Instance
    /// When the next page is asked for.
    var due: MonotonicInstant
    /// Tasks of the page that are watched.
    var seen: [SeenTask] = []
    /// Tasks that an earlier round had and this one has not: the API is asked about each.
    var missing: [TaskIndex] = []
}

/// A watched task on a page of its instance's list.
struct SeenTask: Sendable {
    enum Meaning: Sendable {
        /// Something changed: the task itself is polled at once.
        case changed
        /// As it was: as good as a poll. The next one is due after so long; the next list is expected after `list`.
        case asKnown(wait: Duration, list: Duration)
        /// The list does not say enough to stand in for a poll.
        case silent
    }

    let index: TaskIndex
    let listing: Listing
    let round: UInt32
    let meaning: Meaning
    let at: Moment
}

/// A task that is watched from now on.
struct DiscoveredTask: Sendable {
    let cluster: WatchedCluster
    /// It was settled when its instance was first listed.
    let isOld: Bool
    /// What the database knows of it from an earlier time.
    var recalled: ClusterRecord?
    var progress: ProgressRecord?

    var entry: ClusterEntry {
        ClusterEntry(id: cluster.id, scope: cluster.scope, instance: cluster.instance)
    }
}
