import Model

/// What the list of an instance says of a task, as far as a change of it matters.
struct Listing: Hashable, Sendable {
    let status: ClusterStatus?
    @Compact private(set) var startedAt: Timestamp?
    @Compact private(set) var completedAt: Timestamp?

    init(_ task: ListedTask) {
        status = task.status
        startedAt = task.startedAt
        completedAt = task.completedAt
    }

    /// Whether the list is as good as a poll: it gives the status, and nothing of it speaks against what is known. If it goes
    /// on to do so after the task itself was asked, one of the two is behind, and the task is polled as without a list.
    func standsIn(for record: ClusterRecord) -> Bool {
        status != nil && agrees(with: record)
    }

    /// Whether nothing of it speaks against what is known; if it does, the task itself is asked.
    func agrees(with record: ClusterRecord) -> Bool {
        guard let known = record.status, !known.isGone else { return false }
        if let status, !status.means(known) { return false }
        if let startedAt, let before = record.facts.startedAt, startedAt != before { return false }
        if let completedAt, let before = record.facts.completedAt, completedAt != before { return false }
        return true
    }
}
