import HTTPTransport
import Model
import PolarDB
import Testing

struct ListTasksTests {
    /// As DescribeAIDBClusterTasks answers: three of four counters are texts, a status may end in a blank or be absent.
    private static let page = #"""
        {"RequestId":"R-1","TaskType":"train","RelativeDBClusterId":"pc-1\n","PageNumber":2,"PageSize":"30",
         "PageRecordCount":"4","TotalRecordCount":"34","Items":[
          {"DBNodeId":"pm-1\n","DBNodeDescription":"task01","DBNodeStatus":"ACTIVATION ","StartTime":"2026-11-24T08:00:00Z"},
          {"DBNodeId":"pm-2","StartTime":"2026-11-24T08:00:00Z","CompletedTime":"2026-11-24T09:00:00Z","RunningTimes":"xxx"},
          {"DBNodeDescription":"no id"}, "rubbish", {"DBNodeId":"pm-1"}]}
        """#

    @Test func `asks for a page of an instance and reads it leniently`() async throws {
        let http = ScriptedClient(.json(Self.page))
        let page = try await PolarDBClient(http).listTasks(of: "pc-1", page: 2).get()
        #expect(page.total == 34)
        #expect(page.items == 5)
        #expect(
            page.tasks == [
                ListedTask(
                    id: ClusterID("pm-1"), description: "task01", status: .activation,
                    startedAt: Timestamp(rfc3339: "2026-11-24T08:00:00Z")),
                ListedTask(
                    id: ClusterID("pm-2"), startedAt: Timestamp(rfc3339: "2026-11-24T08:00:00Z"),
                    completedAt: Timestamp(rfc3339: "2026-11-24T09:00:00Z")),
            ])
        let request = try #require(http.requests.first)
        #expect(request.headers.first { $0.name == "x-acs-action" }?.value == "DescribeAIDBClusterTasks")
        #expect(
            request.url
                == "https://polardb.aliyuncs.com/?KubeType=aitrain&PageNumber=2&PageSize=30&RegionId=cn-beijing&RelativeDBClusterId=pc-1"
        )
    }

    /// An id becomes a key, a part of a query and of messages: one that is not plain hides no task beside it.
    @Test func `an id that is not plain is not a task`() async throws {
        let ids = [
            #""pm-a\u0000x""#, #""pm-b c""#, #""../pm-d""#, "17", "true", #""pm-é""#,
            "\"\(String(repeating: "x", count: 65))\"",
            #""pm-\ud83d""#, #""""#,
        ]
        let items = (ids + [#""pm-good_1.x""#]).map { #"{"DBNodeId":\#($0),"DBNodeStatus":"FAILED"}"# }
        let body = #"{"TotalRecordCount":-9223372036854775808,"Items":[\#(items.joined(separator: ","))]}"#
        let page = try await PolarDBClient(ScriptedClient(.json(body))).listTasks(of: "pc-1", page: 1).get()
        #expect(page.tasks.map(\.id.rawValue) == ["pm-good_1.x"])
        #expect(page.items == 10)
        #expect(page.total == nil)
    }

    @Test func `an instance that does not exist has no tasks, and that is not a failure`() async throws {
        for body in [
            #"{"Items":[],"TotalRecordCount":"0"}"#, #"{"RequestId":"R","TotalRecordCount":0}"#, #"{"Items":[]}"#,
        ] {
            let page = try await PolarDBClient(ScriptedClient(.json(body))).listTasks(of: "pc-1", page: 1).get()
            #expect(page.tasks.isEmpty, "\(body)")
        }
    }

    private struct Bad: Sendable {
        let response: HTTPResponse
        let reason: FailureReason
    }

    private static let bad: [Bad] = [
        Bad(response: .json("{}"), reason: .malformed),
        Bad(response: .json("<html>"), reason: .malformed),
        Bad(response: .json(#"{"Items":[{"DBNodeId":"pm-9"}],"RelativeDBClusterId":"pc-2"}"#), reason: .malformed),
        Bad(response: .json(#"{"Items":{"Task":[]}}"#), reason: .malformed),
        Bad(response: .refusal("Throttling.User"), reason: .throttled),
        Bad(response: .refusal("Forbidden.RAM", status: 403), reason: .permission),
    ]

    @Test(arguments: 0..<6)
    func `what is not a list of this instance is a failure`(number: Int) async {
        let bad = Self.bad[number]
        let result = await PolarDBClient(ScriptedClient(bad.response)).listTasks(of: "pc-1", page: 1)
        guard case .failure(let failure) = result else {
            Issue.record("\(bad.response) was taken")
            return
        }
        #expect(failure.reason == bad.reason)
        #expect(failure.message.contains("DescribeAIDBClusterTasks"), "\(failure.message)")
    }
}
