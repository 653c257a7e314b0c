import Model
import PolarDB
import Testing

struct TaskAnswerTests {
    private func answer(_ text: String) throws -> TaskAnswer {
        try #require(TaskAnswer(parsing: Array(text.utf8)))
    }

    @Test func `decodes every field of the documentation's sample`() throws {
        let answer = try #require(TaskAnswer(parsing: try Fixture.sampleAnswer()))
        #expect(answer.requestID == "45D24263-7E3A-4140-9472-************")
        #expect(answer.id == ClusterID("pm-2ze99***"))
        #expect(answer.description == "task01")
        #expect(answer.status == .completed)
        #expect(answer.databaseType == "polardb_ai")
        #expect(answer.databaseVersion == "3.1")
        #expect(answer.networkType == "VPC")
        #expect(answer.createdAt?.rfc3339 == "2025-11-12T03:45:13.000Z")
        #expect(answer.lockMode == "1")
        #expect(answer.maintainStart == "8:00Z")
        #expect(answer.maintainEnd == "12:00Z")
        #expect(
            answer.modelPaths == [
                "/models_train/pm-2ze9***/merged_models_checkpoint-10",
                "/models_train/pm-2ze9***/merged_models_checkpoint-5",
            ])
        #expect(answer.accessInfo?["port"] == .string("8000"))
        #expect(answer.accessInfo?["networkInterfaceId"] == .string("eni-2zea***"))
        #expect(answer.extraInfo == [.object(["outputPath": .string("/output/models_train/pm-2ze9***")])])
        #expect(answer.vpcID == "vpc-**********")
        #expect(answer.vSwitchID == "vsw-*********************")
        #expect(answer.tuneArchitecture == nil)
        #expect(answer.customBucket == nil)

        let set = try #require(answer.dataSets.first)
        #expect(answer.dataSets.count == 1)
        #expect(set.name == "dataset02")
        #expect(set.path == "polardb_ai/datasets/train/grpo/dataset02/test-**.jsonl#1000")
        #expect(set.splitRatio == 0.1)
        #expect(set.type == "train")

        let run = try #require(answer.latestRun)
        #expect(run.modelName == "Qwen-1.7B")
        #expect(run.modelPath == "Qwen-1.7B")
        #expect(run.modelSource == "public")
        #expect(run.trainMode == "stf")
        #expect(run.trainType == "lora")
        #expect(run.startedAt?.rfc3339 == "2025-09-10T01:56:00.000Z")
        #expect(run.completedAt == run.startedAt)
        #expect(run.parameters?["learning_rate"] == .string("1e-6"))
        #expect(run.parameters?["lora_rank"] == .integer(8))
        #expect(run.parameters?["gpu_memory_utilization"] == .number(0.4))

        let facts = answer.facts
        #expect(facts.description == "task01")
        #expect(facts.baseModel == "Qwen-1.7B")
        #expect(facts.duration == .zero)
        #expect(facts.modelPaths.count == 2)
    }

    @Test func `takes numbers as texts and texts as numbers`() throws {
        let answer = try answer(
            #"{"KindCode":" 18 ","LockMode":1,"DBVersion":3.1,"DataSets":[{"SplitDatasetRatio":0.25}]}"#
        )
        #expect(answer.lockMode == "1")
        #expect(answer.databaseVersion == "3.1")
        #expect(answer.dataSets.first?.splitRatio == 0.25)
    }

    @Test(arguments: [
        #""{\"port\":\"8000\"}""#, #""{\\\"port\\\":\\\"8000\\\"}""#, #"{"port":"8000"}"#, #"" {\"port\":\"8000\"}\n""#,
    ])
    func `reads the access info however often it is escaped`(value: String) throws {
        #expect(try answer(#"{"AccessInfo":\#(value)}"#).accessInfo == .object(["port": .string("8000")]))
    }

    @Test(arguments: [#""""#, #""xxx""#, #""{""#, "null", "17", #""\"quoted\"""#, #""{\\\"port""#])
    func `keeps an access info that is none as it is`(value: String) throws {
        let answer = try answer(#"{"AccessInfo":\#(value)}"#)
        #expect(answer.accessInfo == nil)
        #expect(answer.shown["AccessInfo"] == answer.members["AccessInfo"])
    }

    @Test func `takes the run that started last`() throws {
        let runs = [
            #"{"ModelName":"second","StartTime":"2026-02-01T00:00:00Z"}"#, #"{"ModelName":"none"}"#,
            #"{"ModelName":"third","StartTime":"2026-03-01T00:00:00Z","CompletedTime":""}"#,
            #"{"ModelName":"first","StartTime":"2026-01-01T00:00:00Z","CompletedTime":"2026-01-02T00:00:00Z"}"#,
        ]
        for _ in 0..<10 {
            let facts = try answer(#"{"TaskInfo":[\#(runs.shuffled().joined(separator: ","))]}"#).facts
            #expect(facts.baseModel == "third")
            #expect(facts.completedAt == nil)
        }
        #expect(try answer(#"{"TaskInfo":[]}"#).latestRun == nil)
    }

    /// A field of a wrong shape costs itself and nothing else.
    @Test(arguments: ["null", "true", "17", "1.5", #""text""#, "[]", "[1]", "{}", #"{"a":[]}"#, #"[{"a":1}]"#])
    func `loses only the field that has a wrong shape`(value: String) throws {
        guard case .object(let sample) = try JSONValue(parsing: try Fixture.sampleAnswer()) else { return }
        let wrong = try JSONValue(parsing: Array(value.utf8))
        let fields = Array(sample.keys)
        for field in fields {
            var members = sample
            members[field] = wrong
            let answer = TaskAnswer(members)
            if field != "DBClusterId" { #expect(answer.id == ClusterID("pm-2ze99***")) }
            if field != "DBClusterStatus" { #expect(answer.status == .completed) }
            if field != "TaskInfo" { #expect(answer.latestRun?.modelName == "Qwen-1.7B") }
            if field != "DataSets" { #expect(answer.dataSets.first?.name == "dataset02") }
            if field != "CreateTime" { #expect(answer.createdAt != nil) }
            if field != "AccessInfo" { #expect(answer.accessInfo != nil) }
            if field != "ModelPath" { #expect(answer.modelPaths.count == 2) }
            if field != "ExtraInfo" { #expect(answer.extraInfo.count == 1) }
            // And it is shown as it came, or as what it holds.
            #expect(answer.shown.objectValue?.count == sample.count)
        }
    }

    @Test func `times that are there and cannot be read are named, those of earlier runs are not`() throws {
        let old = #"{"StartTime":"2026-01-01T00:00:00Z","CompletedTime":"soon"}"#
        let runs = old + #",{"StartTime":"2026-03-01T00:00:00Z","CompletedTime":"01/03/2026 10:00"}"#
        let some = try answer(#"{"CreateTime":"yesterday","TaskInfo":[\#(runs)]}"#)
        #expect(some.unreadTimes.map(\.field) == ["CreateTime", "CompletedTime"])
        #expect(some.unreadTimes.map(\.text) == ["yesterday", "01/03/2026 10:00"])
        for good in [#""2026-03-01T00:00:00Z""#, #"" ""#, "null", "1795507200", #""1795507200000""#] {
            let fine = try answer(#"{"CreateTime":\#(good),"TaskInfo":[{"StartTime":\#(good)}]}"#)
            #expect(fine.unreadTimes.isEmpty, "\(good)")
        }
        let long = try answer(#"{"CreateTime":"\#(String(repeating: "x", count: 5000))"}"#)
        #expect(long.unreadTimes.first.map { $0.text.utf8.count <= 64 } == true)
    }

    @Test func `shows the answer under the API's own names`() throws {
        let shown = try #require(TaskAnswer(parsing: try Fixture.sampleAnswer())).shown
        #expect(shown["DBClusterId"] == .string("pm-2ze99***"))
        #expect(shown["ModelPath"]?.arrayValue?.count == 2)
        #expect(shown["AccessInfo"]?["host"] == .string("192.**.**.**"))
        #expect(shown["TaskInfo"]?.arrayValue?.first?["RunningTimes"]?["batch_size"] == .integer(2))
        #expect(shown["TaskInfo"]?.arrayValue?.first?["TrainMode"] == .string("stf"))
        #expect(shown["KindCode"] == .integer(18))
        #expect(shown["ExtraInfo"]?.arrayValue?.first?["outputPath"] == .string("/output/models_train/pm-2ze9***"))
    }

    @Test func `keeps what it does not know`() throws {
        let shown = try answer(
            #"{"NewField":{"a":[1,null," b "]},"TaskInfo":[{"New":" x ","RunningTimes":"xxx"},17],"DataSets":"none"}"#
        ).shown
        #expect(shown["NewField"] == .object(["a": .array([.integer(1), .null, .string(" b ")])]))
        #expect(shown["TaskInfo"]?.arrayValue?.first?["RunningTimes"] == .string("xxx"))
        #expect(shown["TaskInfo"]?.arrayValue?.last == .integer(17))
        #expect(shown["DataSets"] == .string("none"))
    }
}
