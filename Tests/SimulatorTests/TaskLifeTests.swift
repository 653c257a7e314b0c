import Foundation
import HTTPTransport
import Model
import TestSupport
import Testing

/// A task's life, and what the attribute action says of it.
struct TaskLifeTests {
    @Test func `the documentation's sample answer comes byte for byte`() async throws {
        let fixture = try Data(
            contentsOf: URL(fileURLWithPath: ProgramPath.package + "/Tests/Fixtures/sample-answer.json"))
        let api = try await API(#"{"tasks": [{"id": "pm-1", "answer": "sample"}]}"#)
        let reply = try await api.describe()
        #expect(reply.status == 200)
        #expect(reply.text == String(decoding: fixture, as: UTF8.self))
        #expect(reply.response.body.count == fixture.count)
    }

    @Test func `a task lives through its phases`() async throws {
        let api = try await API(
            """
            {"tasks": [{"id": "pm-1", "description": "nightly", "phases": [
               {"at": "-2h", "status": "ACTIVATION"}, {"at": "-1h", "status": "COMPLETED"},
               {"at": "-30m", "status": "ACTIVATION"}, {"at": "400ms", "status": "FAILED"}]}]}
            """)
        let first = try await api.describe()
        #expect(first.clusterStatus == "ACTIVATION" || first.clusterStatus == "FAILED")
        let last = try await eventually("the second end") {
            let reply = try await api.describe()
            return reply.clusterStatus == "FAILED" ? reply : nil
        }
        #expect(last.json?["DBClusterId"] == .string("pm-1\n"))
        #expect(last.json?["DBClusterDescription"] == .string("nightly"))
        let created = try #require(last.json?["CreateTime"]?.stringValue.flatMap { Timestamp(rfc3339: $0) })
        let started = try #require(last.taskInfo?["StartTime"]?.stringValue.flatMap { Timestamp(rfc3339: $0) })
        let ended = try #require(last.taskInfo?["CompletedTime"]?.stringValue.flatMap { Timestamp(rfc3339: $0) })
        #expect(started.since(created) == .seconds(5400))
        #expect((1800...1802).contains(ended.since(started).inSeconds))
    }

    @Test func `a running task has no end, and one before its first phase is unknown`() async throws {
        let api = try await API(
            """
            {"tasks": [{"id": "pm-1"}, {"id": "pm-2", "phases": [{"at": "1h", "status": "ACTIVATION"}]}]}
            """)
        let reply = try await api.describe()
        #expect(reply.taskInfo?["StartTime"] != nil)
        #expect(reply.taskInfo?["CompletedTime"] == nil)
        #expect(try await api.describe("pm-2").code == "InvalidDBClusterId.NotFound")
    }

    @Test func `fields of the scenario are laid over the answer`() async throws {
        let api = try await API(
            """
            {"tasks": [{"id": "pm-1", "oddities": false, "fields": {"KindCode": "18", "VPCId": null, "NewField": [1]},
                        "task_info": {"TrainMode": "stf"}, "phases": [{"status": "TELEPORTING"}]}]}
            """)
        let reply = try await api.describe()
        #expect(reply.clusterStatus == "TELEPORTING")
        #expect(reply.json?["DBClusterId"] == .string("pm-1"))
        #expect(reply.json?["KindCode"] == .string("18"))
        #expect(reply.json?["VPCId"] == .null)
        #expect(reply.json?["NewField"] == .array([.integer(1)]))
        #expect(reply.taskInfo?["TrainMode"] == .string("stf"))
    }

    @Test func `a status set by control holds from now on`() async throws {
        let api = try await API(#"{"tasks": [{"id": "pm-1"}]}"#)
        try await api.simulator.setTask("pm-1", status: "FAILED")
        #expect(try await api.describe().clusterStatus == "FAILED")
        try await api.simulator.setTask("pm-1", status: "ACTIVATION")
        let again = try await api.describe()
        #expect(again.clusterStatus == "ACTIVATION")
        #expect(again.taskInfo?["CompletedTime"] == nil)
        try await api.simulator.removeTask("pm-1")
        #expect(try await api.describe().code == "InvalidDBClusterId.NotFound")
        try await api.simulator.addTask(#"{"id": "pm-9", "phases": [{"status": "COMPLETED"}]}"#)
        #expect(try await api.describe("pm-9").clusterStatus == "COMPLETED")
    }

    @Test func `one script can stand for many tasks`() async throws {
        let api = try await API(
            #"{"tasks": [{"id": "pm-{n}", "count": 1000, "phases": [{"at": "-1s", "status": "ACTIVATION"}]}]}"#)
        #expect(try await api.describe("pm-1").status == 200)
        #expect(try await api.describe("pm-1000").status == 200)
        #expect(try await api.describe("pm-1001").status == 404)
    }
}
