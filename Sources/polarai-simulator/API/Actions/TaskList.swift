import Model

/// The answer of DescribeAIDBClusterTasks: the tasks of a parent instance, paged where its region pages.
enum TaskList {
    static let action = "DescribeAIDBClusterTasks"

    /// A task, how it stands, and what its instance's list shows of it.
    struct Entry {
        let task: SimulatedTask
        let state: SimulatedTask.State
        let showsStatus: Bool
    }

    /// - Parameters:
    ///   - instance: nil if it is unknown: that yields no tasks, and no error.
    ///   - page: nil: everything at once.
    static func answer(
        _ entries: [Entry], instance: String, page: Page?, requestID: String
    ) -> [String: JSONValue] {
        let shown = page?.cut(entries) ?? entries
        var answer: [String: JSONValue] = [
            "RequestId": .string(requestID), "TaskType": "train", "Engine": "polardb_ai", "EngineVersion": "3.1",
            "RelativeDBClusterId": .string(instance),
            "Items": .array(shown.map { .object(item($0)) }),
        ]
        // Three of the four counters are texts.
        answer["PageNumber"] = page.map { .integer(Int64($0.number)) }
        answer["PageSize"] = page.map { .string("\($0.size)") }
        answer["PageRecordCount"] = .string("\(shown.count)")
        answer["TotalRecordCount"] = .string("\(entries.count)")
        return answer
    }

    private static func item(_ entry: Entry) -> [String: JSONValue] {
        let script = entry.task.script
        var item: [String: JSONValue] = [
            "DBNodeId": .string(entry.task.id), "DBNodeDescription": .string(script.description),
            "CreationTime": .string(entry.state.created.wholeSeconds), "ModelName": .string(script.model),
            "ModelPath": .string(script.model), "ModelSource": "public", "TrainMode": .string(script.trainMode),
            "TrainType": .string(script.trainType), "RunningTimes": "xxx", "DataZoneId": "cn-beijing-k",
            "Engine": "polardb_ai", "EngineVersion": "3.1",
        ]
        if entry.showsStatus {
            item["DBNodeStatus"] = .string(entry.state.status + (script.oddities ? " " : ""))
            item["DBNodeStatusDesc"] = .string(entry.state.status)
        }
        item["StartTime"] = entry.state.started.map { .string($0.wholeSeconds) }
        item["CompletedTime"] = entry.state.ended.map { .string($0.wholeSeconds) }
        return item
    }
}

/// One page of a list.
struct Page: Sendable {
    let number: Int
    let size: Int

    /// - Parameter sizes: those that the action takes; empty: any.
    init(_ call: Call, standard: Int, sizes: Set<Int>) throws(GatewayError) {
        func number(_ name: String, _ standard: Int) throws(GatewayError) -> Int {
            guard let text = call.parameter(name) else { return standard }
            guard let number = Int(text), number > 0 else {
                throw GatewayError(400, "InvalidParameter", "The specified \(name) is not valid.")
            }
            return number
        }
        self.number = try number("PageNumber", 1)
        size = try number("PageSize", standard)
        guard sizes.isEmpty || sizes.contains(size) else {
            throw GatewayError(400, "InvalidParameter", "The specified PageSize is not valid.")
        }
    }

    func cut<Item>(_ items: [Item]) -> [Item] {
        Array(items.dropFirst((number - 1) * size).prefix(size))
    }
}
