/// What one answer says of a task, as far as events and messages speak of it. What is not known is nil.
package struct TaskFacts: Hashable, Sendable {
    /// `DBClusterDescription`: the task's name at Alibaba Cloud, `task01` say.
    package var description: String?
    /// `CreateTime`.
    @Compact package var createdAt: Timestamp?
    /// `TaskInfo[].StartTime` of the latest run.
    @Compact package var startedAt: Timestamp?
    /// `TaskInfo[].CompletedTime` of the latest run.
    @Compact package var completedAt: Timestamp?
    /// `TaskInfo[].StartTime` as it came, if it is not a time that can be read. Kept in memory only: that it is another one
    /// than before still says that there was another run.
    package var unreadStart: String?
    /// `TaskInfo[].ModelName`.
    package var baseModel: String?
    /// `TaskInfo[].TrainMode`: `sft`, `grpo`; open.
    package var trainMode: String?
    /// `TaskInfo[].TrainType`: `lora`, `full`; open.
    package var trainType: String?
    /// `ModelPath`, split at its commas.
    package var modelPaths: [String] {
        get { joinedPaths?.split(separator: "\0", omittingEmptySubsequences: false).map(String.init) ?? [] }
        set { joinedPaths = newValue.isEmpty ? nil : newValue.joined(separator: "\0") }
    }
    /// In one text, as the facts of thousands of tasks are kept in memory and a list of paths would be half of them.
    private var joinedPaths: String?

    package init(
        description: String? = nil, createdAt: Timestamp? = nil, startedAt: Timestamp? = nil,
        completedAt: Timestamp? = nil, unreadStart: String? = nil, baseModel: String? = nil, trainMode: String? = nil,
        trainType: String? = nil,
        modelPaths: [String] = []
    ) {
        self.description = description
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.completedAt = completedAt
        self.unreadStart = unreadStart
        self.baseModel = baseModel
        self.trainMode = trainMode
        self.trainType = trainType
        self.modelPaths = modelPaths
    }

    /// From start to completion, where both are known and in order.
    package var duration: Duration? {
        guard let startedAt, let completedAt, completedAt >= startedAt else { return nil }
        return completedAt.since(startedAt)
    }
}
