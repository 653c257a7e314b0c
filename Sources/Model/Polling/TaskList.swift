/// A parent instance in its account and region: what a list of tasks is asked for.
package struct InstanceKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// `pc-…`, trimmed.
    package let id: String
    package let scope: AccountRegion

    package init(id: String, scope: AccountRegion) {
        self.id = id
        self.scope = scope
    }

    package var description: String { id }

    package static func < (left: InstanceKey, right: InstanceKey) -> Bool {
        (left.id, left.scope.account, left.scope.region) < (right.id, right.scope.account, right.scope.region)
    }
}

/// An item of DescribeAIDBClusterTasks: what the list of an instance says of one of its tasks.
package struct ListedTask: Hashable, Sendable {
    /// `DBNodeId`: the task's own id, `pm-…`.
    package let id: ClusterID
    /// `DBNodeDescription`.
    package let description: String?
    /// `DBNodeStatus`; nil where the list does not tell it.
    package let status: ClusterStatus?
    /// `StartTime` of the latest run.
    package let startedAt: Timestamp?
    /// `CompletedTime` of the latest run.
    package let completedAt: Timestamp?

    package init(
        id: ClusterID, description: String? = nil, status: ClusterStatus? = nil, startedAt: Timestamp? = nil,
        completedAt: Timestamp? = nil
    ) {
        self.id = id
        self.description = description
        self.status = status
        self.startedAt = startedAt
        self.completedAt = completedAt
    }
}

/// One answer of DescribeAIDBClusterTasks. Regions that do not page answer with the whole list, whatever page is asked
/// for.
package struct TaskListPage: Sendable {
    /// In the order of the answer, without repeats.
    package let tasks: [ListedTask]
    /// How many items the answer had, with those that are no tasks.
    package let items: Int
    /// `TotalRecordCount`, if the answer has it.
    package let total: Int?
    /// `PageSize`, if the answer has it: how many items the server puts on a page, whatever was asked for.
    package var pageSize: Int?
    package let requestID: String?
    /// The server's own time of the answer, if it gave one: the host's clock may be wrong.
    package var answeredAt: Timestamp?

    /// - Parameter items: where some were no tasks; else as many as there are tasks.
    package init(tasks: [ListedTask], items: Int? = nil, total: Int? = nil, requestID: String? = nil) {
        self.tasks = tasks
        self.items = items ?? tasks.count
        self.total = total
        self.requestID = requestID
    }

    /// How many tasks a page is asked to hold: the smallest size that every action of this kind takes.
    package static let size = 30
}
