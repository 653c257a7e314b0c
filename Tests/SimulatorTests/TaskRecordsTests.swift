import Model
import PolarDB
import TestSupport
import Testing

/// Lists of tasks, metrics and logs.
struct TaskRecordsTests {
    private func ask(_ api: API, _ action: String, _ parameters: [String: String]) async throws -> APIReply {
        var request = SignedRequest(action: "DescribeAIDBCluster" + action)
        request.query = [QueryParameter("RegionId", "cn-beijing")] + parameters.map { QueryParameter($0.key, $0.value) }
        return try await api.send(request)
    }

    @Test func `a list is paged where its region pages`() async throws {
        let api = try await API(
            """
            {"instances": [{"id": "pc-new", "region": "cn-beijing"}, {"id": "pc-old", "paging": false, "lists_status": false}],
             "tasks": [{"id": "pm-n{n}", "count": 70, "instance": "pc-new"}, {"id": "pm-o{n}", "count": 70, "instance": "pc-old"},
                       {"id": "pm-late", "instance": "pc-new", "phases": [{"at": "1h", "status": "ACTIVATION"}]}]}
            """)
        func page(_ instance: String, _ number: Int) async throws -> [JSONValue] {
            let reply = try await ask(
                api, "Tasks",
                ["RelativeDBClusterId": instance, "KubeType": "aitrain", "PageNumber": "\(number)", "PageSize": "30"])
            return try #require(reply.json?["Items"]?.arrayValue)
        }
        var sizes: [Int] = []
        for number in 1...4 { sizes.append(try await page("pc-new", number).count) }
        #expect(sizes == [30, 30, 10, 0])
        #expect(try await page("pc-new", 3).last?["DBNodeId"] == .string("pm-n70"))
        #expect(try await page("pc-new", 1).first?["DBNodeStatusDesc"] == .string("ACTIVATION"))
        #expect(try await page("pc-old", 2).count == 70)
        #expect(try await page("pc-old", 1).first?["DBNodeStatus"] == nil)
        #expect(try await page("pc-nobody", 1).isEmpty)

        let counted = try await ask(api, "Tasks", ["RelativeDBClusterId": "pc-new"]).json
        #expect(counted?["TotalRecordCount"] == .string("70"))
        #expect(counted?["PageNumber"] == .integer(1))
    }

    private static let task = """
        {"tasks": [{"id": "pm-1", "training": {"total_steps": 40, "step": "1s", "epochs": 2, "failure_log": ["a", "b"]},
           "phases": [{"at": "2026-01-01T00:00:00Z", "status": "ACTIVATION"}, {"at": "2026-01-01T00:00:30Z", "status": "FAILED"},
                      {"at": "2026-01-01T01:00:00Z", "status": "ACTIVATION"}, {"at": "2026-01-01T02:00:00Z", "status": "COMPLETED"}]}]}
        """

    private func metrics(_ api: API, _ from: String, _ to: String, _ more: [String: String] = [:]) async throws
        -> [JSONValue]
    {
        let parameters = ["DBClusterId": "pm-1", "StartTime": "2026-01-01T\(from)Z", "EndTime": "2026-01-01T\(to)Z"]
        let reply = try await ask(api, "TaskMetrics", parameters.merging(more) { $1 })
        return try #require(reply.json?["Items"]?["SlsMetricsItems"]?.arrayValue, "\(reply.text)")
    }

    @Test func `metrics are those of the time that is asked for`() async throws {
        let api = try await API(Self.task)
        let first = try await metrics(api, "00:00:00", "00:59:00", ["MetricType": "train"])
        #expect(first.count == 30)
        #expect(first.first?["CurrentStep"] == .integer(1))
        #expect(first.first?["GlobalStep"] == .integer(40))
        #expect(first.first?["LogTime"] == .string("2026-01-01T00:00:01.000000000Z"))
        #expect(try await metrics(api, "00:00:10", "00:00:12", ["MetricType": "train"]).count == 3)
        #expect(try await metrics(api, "01:00:00", "02:00:00", ["MetricType": "train"]).count == 40)
        let evaluations = try await metrics(api, "01:00:00", "02:00:00", ["MetricType": "eval"])
        #expect(evaluations.map { $0["CurrentStep"] } == [10, 20, 30, 40].map { .integer($0) })
        #expect(evaluations.last?["Epoch"] == .number(2) || evaluations.last?["Epoch"] == .integer(2))
        let second = try await metrics(api, "01:00:00", "02:00:00", ["PageSize": "30", "PageNumber": "2"])
        #expect(second.count == 14)
        let newest = try await metrics(api, "00:00:00", "23:00:00", ["Reverse": "true", "PageSize": "30"])
        #expect(newest.first?["CurrentStep"] == .integer(40))
    }

    @Test func `a training that stalls makes no further step`() async throws {
        let api = try await API(
            #"{"tasks": [{"id": "pm-1", "training": {"stalls_at": 5}, "phases": [{"at": "-1h", "status": "ACTIVATION"}]}]}"#
        )
        let reply = try await ask(
            api, "TaskMetrics",
            [
                "DBClusterId": "pm-1", "StartTime": "2020-01-01T00:00:00Z", "EndTime": "2099-01-01T00:00:00Z",
                "MetricType": "train",
            ])
        #expect(reply.json?["Items"]?["SlsMetricsItems"]?.arrayValue?.count == 5)
    }

    @Test func `the log of a failed run ends with its reason`() async throws {
        let api = try await API(Self.task)
        let reply = try await ask(
            api, "TaskLogFiles",
            [
                "DBClusterId": "pm-1", "StartTime": "2026-01-01T00:00:00Z", "EndTime": "2026-01-01T00:59:00Z",
                "LogType": "sls",
            ])
        let lines = try #require(reply.json?["Items"]?["SlsLogItems"]?.arrayValue).compactMap {
            $0["Message"]?.stringValue
        }
        #expect(lines.count == 32)
        #expect(lines.suffix(2) == ["a", "b"])
    }

    @Test func `wrong parameters are refused`() async throws {
        let api = try await API(Self.task)
        let right = ["DBClusterId": "pm-1", "StartTime": "2026-01-01T00:00:00Z", "EndTime": "2026-01-01T00:59:00Z"]
        func code(_ action: String, _ change: [String: String?]) async throws -> String? {
            var parameters = right
            for (key, value) in change { parameters[key] = value }
            return try await ask(api, action, parameters).code
        }
        #expect(try await code("TaskMetrics", ["StartTime": nil]) == "MissingParameter")
        #expect(try await code("TaskMetrics", ["EndTime": "2025-01-01T00:00:00Z"]) == "InvalidParameter")
        #expect(try await code("TaskMetrics", ["StartTime": "2026-01-01T00:00Z"]) == "InvalidParameter")
        #expect(try await code("TaskMetrics", ["PageSize": "31"]) == "InvalidParameter")
        #expect(try await code("TaskMetrics", ["DBClusterId": "pm-2"]) == "InvalidDBClusterId.NotFound")
        #expect(try await code("TaskLogFiles", [:]) == "MissingParameter")
        #expect(try await code("TaskLogFiles", ["LogType": "file"]) == "InvalidParameter")
    }
}
