import Model

/// The answer of DescribeAIDBClusterTaskAttribute.
enum TaskAttribute {
    static let action = "DescribeAIDBClusterTaskAttribute"

    static func answer(_ task: SimulatedTask, _ state: SimulatedTask.State, requestID: String) -> [String: JSONValue] {
        let script = task.script
        let oddEnd = script.oddities ? "\n" : ""
        var answer: [String: JSONValue] = [
            "RequestId": .string(requestID),
            "DBType": "polardb_ai", "DBVersion": "3.1",
            "DBClusterId": .string(task.id + oddEnd),
            "DBClusterDescription": .string(script.description),
            "DBClusterStatus": .string(state.status), "DBClusterStatusDesc": .string(state.status),
            "ClusterNetworkType": "VPC",
            "CreateTime": .string(state.created.wholeSeconds),
            "KindCode": .integer(18), "LockMode": "1",
            "MaintainStartTime": "8:00Z", "MaintainEndTime": "12:00Z",
            "ModelPath": .string(SimulatedTask.isSettled(state.status) ? checkpoints(task, state) : ""),
            "AccessInfo": .string(accessInfo(script.oddities)),
            "DataSets": .array([dataSet(script)]),
            "ExtraInfo": .array([.object(["outputPath": .string("/output/models_train/\(task.id)")])]),
            "VPCId": "vpc-2zeexample000001", "VSwitchId": "vsw-2zeexample000001",
        ]
        answer["TaskInfo"] = .array([.object(taskInfo(task, state, oddEnd: oddEnd))])
        answer.merge(script.fields) { $1 }
        answer.merge(state.fields) { $1 }
        return answer
    }

    private static func taskInfo(_ task: SimulatedTask, _ state: SimulatedTask.State, oddEnd: String) -> [String:
        JSONValue]
    {
        let script = task.script
        var info: [String: JSONValue] = [
            "ModelName": .string(script.model), "ModelPath": .string(script.model), "ModelSource": "public",
            "TrainMode": .string(script.trainMode), "TrainType": .string(script.trainType),
            "RunningTimes": .string(hyperParameters(script).text() + oddEnd),
        ]
        info["StartTime"] = state.started.map { .string($0.wholeSeconds) }
        info["CompletedTime"] = state.ended.map { .string($0.wholeSeconds) }
        info.merge(script.taskInfo) { $1 }
        info.merge(state.taskInfo) { $1 }
        return info
    }

    private static func checkpoints(_ task: SimulatedTask, _ state: SimulatedTask.State) -> String {
        guard state.status.trimmed.uppercased() == "COMPLETED" else { return "" }
        return [10, 5].map { "/models_train/\(task.id)/merged_models_checkpoint-\($0)" }.joined(separator: ",")
    }

    private static func dataSet(_ script: TaskScript) -> JSONValue {
        .object([
            "DatasetName": "dataset02",
            "Path": .string("polardb_ai/datasets/train/\(script.trainMode)/dataset02/test-**.jsonl#1000"),
            "SplitDatasetRatio": "0.1", "Type": "train",
        ])
    }

    private static func hyperParameters(_ script: TaskScript) -> JSONValue {
        .object([
            "split_dataset_ratio": .number(0.1), "train_mode": .string(script.trainMode),
            "train_type": .string(script.trainType), "num_epochs": .integer(Int64(script.training.epochs)),
            "batch_size": .integer(2), "eval_batch_size": .integer(2), "learning_rate": "1e-6",
            "lora_rank": .integer(8), "lora_alpha": .integer(32),
        ])
    }

    private static func accessInfo(_ twiceEscaped: Bool) -> String {
        let text = #"{"networkInterfaceId":"eni-2zeexample","port":"8000","host":"192.0.2.10"}"#
        return twiceEscaped
            ? text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: #"\""#) : text
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) {
        self = .string(value)
    }
}

extension Timestamp {
    /// As the API writes times: UTC without a fraction, `2026-11-24T08:00:00Z`.
    var wholeSeconds: String {
        String(rfc3339.prefix(19)) + "Z"
    }

    /// As HTTP writes dates (RFC 9110, 5.6.7): `Tue, 24 Nov 2026 08:00:00 GMT`.
    var httpDate: String {
        let days = Int((milliseconds >= 0 ? milliseconds : milliseconds - 86_399_999) / 86_400_000)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((days % 7) + 7) % 7]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = CivilTime(self)
        let text = rfc3339
        return "\(weekday), \(text.dropFirst(8).prefix(2)) \(months[parts.month - 1]) \(text.prefix(4)) "
            + "\(text.dropFirst(11).prefix(8)) GMT"
    }
}
