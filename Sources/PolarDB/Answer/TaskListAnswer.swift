import Model

/// An answer of DescribeAIDBClusterTasks. Items without an id, or with one that is not `[A-Za-z0-9_.-]{1,64}`, are passed
/// over; everything else of an item may be missing.
struct TaskListAnswer {
    /// `RelativeDBClusterId`: the instance that the list is of, if the answer says so.
    let instance: String?
    var page: TaskListPage

    /// More than any instance has: a count beyond it is not believed.
    private static let mostTasks = 1_000_000_000

    /// - Returns: nil if there is no list: neither `Items` nor a count that says that there are none.
    init?(_ members: [String: JSONValue]) {
        let fields = JSONFields(members)
        // Three of the four counters are texts.
        let total = fields.count("TotalRecordCount", upTo: Self.mostTasks)
        guard members["Items"]?.arrayValue != nil || total == 0 else { return nil }
        var seen: Set<ClusterID> = []
        let tasks = fields.objects("Items").compactMap(ListedTask.init).filter { seen.insert($0.id).inserted }
        instance = fields.code("RelativeDBClusterId")
        page = TaskListPage(
            tasks: tasks, items: members["Items"]?.arrayValue?.count, total: total, requestID: fields.code("RequestId"))
        page.pageSize = fields.integer("PageSize").flatMap { (1...1000).contains($0) ? Int($0) : nil }
    }
}

extension ListedTask {
    fileprivate init?(_ fields: JSONFields) {
        guard let id = fields.members["DBNodeId"]?.stringValue.flatMap({ ClusterID(outside: $0) }) else { return nil }
        self.init(
            id: id, description: fields.text("DBNodeDescription", longest: TaskAnswer.longestText),
            status: ClusterStatus(outside: fields.members["DBNodeStatus"]), startedAt: fields.time("StartTime"),
            completedAt: fields.time("CompletedTime"))
    }
}
