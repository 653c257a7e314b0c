package import Model

/// An answer of DescribeAIDBClusterTaskAttribute, every documented field of it. Nothing is required: what is missing,
/// null or of a wrong shape is nil or empty, and costs that field alone.
package struct TaskAnswer: Sendable {
    package let requestID: String?
    /// `DBClusterId`: the task's own id, `pm-…`.
    package let id: ClusterID?
    /// `DBClusterDescription`: the task's name.
    package let description: String?
    package let status: ClusterStatus?
    package let databaseType: String?
    package let databaseVersion: String?
    package let networkType: String?
    package let createdAt: Timestamp?
    /// `CreateTime` as it came, if it is not a time that can be read.
    package let unreadCreation: String?
    /// `"0"` locked, `"1"` unlocked; kept as it is, since other actions say it otherwise.
    package let lockMode: String?
    /// `8:00Z`: an hour without a leading zero occurs.
    package let maintainStart: String?
    package let maintainEnd: String?
    /// `ModelPath`: the checkpoints that the training wrote, split at the commas.
    package let modelPaths: [String]
    /// Where a test deployment listens; nil if it is not JSON.
    package let accessInfo: JSONValue?
    package let dataSets: [DataSet]
    package let runs: [TaskRun]
    package let extraInfo: [JSONValue]
    package let tuneArchitecture: String?
    /// `CustomBucketInfo.CustomOssBucketName`.
    package let customBucket: String?
    package let vpcID: String?
    package let vSwitchID: String?
    /// The answer as it came, unknown members among it.
    package let members: [String: JSONValue]

    /// - Returns: nil if the bytes are not a JSON object.
    package init?(parsing body: [UInt8]) {
        guard case .object(let members)? = try? JSONValue(parsing: body, limits: .foreign) else { return nil }
        self.init(members)
    }

    package init(_ members: [String: JSONValue]) {
        let fields = JSONFields(members)
        self.members = members
        requestID = fields.code("RequestId")
        id = members["DBClusterId"]?.stringValue.flatMap(\.trimmed.nonEmpty).map { ClusterID($0) }
        description = fields.text("DBClusterDescription", longest: Self.longestText)
        status = ClusterStatus(outside: members["DBClusterStatus"])
        databaseType = fields.text("DBType")
        databaseVersion = fields.text("DBVersion")
        networkType = fields.text("ClusterNetworkType")
        createdAt = fields.time("CreateTime")
        unreadCreation = fields.unreadTime("CreateTime")
        lockMode = fields.text("LockMode")
        maintainStart = fields.text("MaintainStartTime")
        maintainEnd = fields.text("MaintainEndTime")
        modelPaths = fields.list("ModelPath")
        accessInfo = fields.text("AccessInfo").flatMap(EmbeddedJSON.parse) ?? members["AccessInfo"]?.structure
        dataSets = fields.objects("DataSets").map(DataSet.init)
        runs = fields.objects("TaskInfo").map(TaskRun.init)
        extraInfo = members["ExtraInfo"]?.arrayValue ?? []
        tuneArchitecture = fields.text("TuneArch")
        customBucket = members["CustomBucketInfo"]?.objectValue.flatMap { JSONFields($0).text("CustomOssBucketName") }
        vpcID = fields.text("VPCId")
        vSwitchID = fields.text("VSwitchId")
    }

    /// The run that started last; one without a start counts as the earliest.
    package var latestRun: TaskRun? {
        runs.enumerated().max {
            ($0.element.startedAt?.milliseconds ?? .min, $0.offset)
                < ($1.element.startedAt?.milliseconds ?? .min, $1.offset)
        }?.element
    }

    package var facts: TaskFacts {
        let run = latestRun
        return TaskFacts(
            description: description, createdAt: createdAt, startedAt: run?.startedAt, completedAt: run?.completedAt,
            unreadStart: run?.unreadStart.flatMap { Self.saysNothing($0) ? nil : $0 }, baseModel: run?.modelName,
            trainMode: run?.trainMode,
            trainType: run?.trainType, modelPaths: modelPaths)
    }

    /// Whether a text stands for "no time", such as `N/A`, `-`, `0000-00-00 00:00:00`, `0001-01-01T00:00:00Z` and `1970-01-01 08:00:00`:
    /// one in place of another does not mean another time.
    private static func saysNothing(_ text: String) -> Bool {
        text.utf8.allSatisfy { !(UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
            || ["0001-", "0000-", "1900-01-01", "1970-01-01"].contains { text.trimmed.hasPrefix($0) }
    }

    /// The times of the task and of its latest run that are there and cannot be read.
    package var unreadTimes: [UnreadTime] {
        let run = latestRun
        return [
            UnreadTime("CreateTime", unreadCreation), UnreadTime("StartTime", run?.unreadStart),
            UnreadTime("CompletedTime", run?.unreadCompletion),
        ].compactMap { $0 }
    }

    /// In bytes, of a text that is kept for every task and sent in messages.
    static let longestText = 1024
}

/// An item of `DataSets`.
package struct DataSet: Hashable, Sendable {
    package let name: String?
    /// Ends in `…#1000` in the documentation, which does not say what that means.
    package let path: String?
    /// The share kept for evaluation; the API writes it as a text.
    package let splitRatio: Double?
    /// `train` or `eval`.
    package let type: String?

    init(_ fields: JSONFields) {
        name = fields.text("DatasetName")
        path = fields.text("Path")
        splitRatio = fields.number("SplitDatasetRatio")
        type = fields.text("Type")
    }
}

/// An item of `TaskInfo`: one run of the training.
package struct TaskRun: Hashable, Sendable {
    /// The base model.
    package let modelName: String?
    package let modelPath: String?
    /// `public` or `custom`.
    package let modelSource: String?
    /// `sft` or `grpo`; the documentation's sample says `stf`. Kept as it is.
    package let trainMode: String?
    /// `lora` or `full`.
    package let trainType: String?
    package let startedAt: Timestamp?
    package let completedAt: Timestamp?
    /// `StartTime` as it came, if it is not a time that can be read.
    package let unreadStart: String?
    /// The same of `CompletedTime`.
    package let unreadCompletion: String?
    /// `RunningTimes`: no time but the hyper-parameters; nil if it is not JSON.
    package let parameters: JSONValue?

    init(_ fields: JSONFields) {
        modelName = fields.text("ModelName", longest: TaskAnswer.longestText)
        modelPath = fields.text("ModelPath")
        modelSource = fields.text("ModelSource")
        trainMode = fields.text("TrainMode", longest: 64)
        trainType = fields.text("TrainType", longest: 64)
        startedAt = fields.time("StartTime")
        completedAt = fields.time("CompletedTime")
        unreadStart = fields.unreadTime("StartTime")
        unreadCompletion = fields.unreadTime("CompletedTime")
        parameters =
            fields.text("RunningTimes").flatMap(EmbeddedJSON.parse) ?? fields.members["RunningTimes"]?.structure
    }
}

extension JSONValue {
    /// Itself if it is an object or an array: a corrected API may send embedded JSON as what it is.
    var structure: JSONValue? {
        switch self {
        case .object, .array: self
        default: nil
        }
    }
}
