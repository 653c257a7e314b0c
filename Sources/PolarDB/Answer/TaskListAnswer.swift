import Model

/// An answer of DescribeAIDBClusterTasks. Items without an id are passed over; everything else of an item may be
/// missing.
struct TaskListAnswer {
    /// `RelativeDBClusterId`: the instance that the list is of, where the answer says so.
    let instance: String?
    let page: TaskListPage

    /// - Returns: nil where there is no list: neither `Items` nor a count that says that there are none.
    init?(_ members: [String: JSONValue]) {
        let fields = JSONFields(members)
        // Three of the four counters are texts.
        let total = fields.integer("TotalRecordCount").flatMap { Int(exactly: $0) }
        guard members["Items"]?.arrayValue != nil || total == 0 else { return nil }
        var seen: Set<ClusterID> = []
        let tasks = fields.objects("Items").compactMap(ListedTask.init).filter { seen.insert($0.id).inserted }
        instance = fields.text("RelativeDBClusterId")
        page = TaskListPage(
            tasks: tasks, items: members["Items"]?.arrayValue?.count, total: total, requestID: fields.text("RequestId"))
    }
}

extension ListedTask {
    fileprivate init?(_ fields: JSONFields) {
        guard let id = fields.text("DBNodeId") else { return nil }
        self.init(
            id: ClusterID(id), description: fields.text("DBNodeDescription"),
            status: fields.text("DBNodeStatus").map { ClusterStatus($0) }, startedAt: fields.time("StartTime"),
            completedAt: fields.time("CompletedTime"))
    }
}
