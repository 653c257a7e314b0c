import HTTPTransport
import Model
import PolarDB
import Store
import TestSupport
import Testing

/// Every value of every answer, made odd, goes the whole way: nothing traps, and nothing happens that the status does not
/// say.
@Suite(.timeLimit(.minutes(10)))
struct AnswerNumbersTests {
    private static let task = #"""
        {"RequestId": "R-1", "DBClusterId": "pm-2ze9examp1e00001", "DBClusterStatus": "ACTIVATION", "KindCode": 18,
         "DBClusterDescription": "task01", "CreateTime": "2026-11-24T06:00:00Z", "ModelPath": "/m/1,/m/2",
         "DataSets": [{"DatasetName": "d", "SplitDatasetRatio": "0.1"}], "AccessInfo": "{\"port\":\"8000\"}",
         "TaskInfo": [{"ModelName": "Qwen-1.7B", "StartTime": "2026-11-24T06:30:00Z", "CompletedTime": "",
                       "RunningTimes": "{\"num_epochs\": 3}", "TrainMode": "sft", "TrainType": "lora"}]}
        """#
    private static let list = #"""
        {"RequestId": "R-2", "RelativeDBClusterId": "pc-1", "TotalRecordCount": "1", "PageNumber": 1, "PageSize": 30,
         "PageRecordCount": 1, "Items": [{"DBNodeId": "pm-2ze9examp1e00002", "DBNodeStatus": "ACTIVATION",
           "DBNodeDescription": "t", "StartTime": "2026-11-24T06:30:00Z", "CompletedTime": ""}]}
        """#
    private static let metrics = #"""
        {"RequestId": "R-3", "DBClusterId": "pm-2ze9examp1e00001", "PageRecordCount": 2, "Items": {"SlsMetricsItems": [
          {"LogTime": "2026-11-24T07:00:00Z", "Timestamp": 1795503600, "CurrentStep": 10, "GlobalStep": 100, "Epoch": 0.5,
           "MetricType": "train", "Metric": {"loss": 2.5, "grad_norm": 1, "learning_rate": "1e-4"}},
          {"LogTime": "2026-11-24T07:30:00Z", "Timestamp": 1795505400, "CurrentStep": 20, "GlobalStep": 100, "Epoch": 1,
           "MetricType": "train", "Metric": {"loss": 2.25}}]}}
        """#

    private struct Answers: Sendable {
        var task = AnswerNumbersTests.task
        var list = AnswerNumbersTests.list
        var metrics = AnswerNumbersTests.metrics

        func body(_ action: String) -> String {
            switch action {
            case "DescribeAIDBClusterTaskAttribute": task
            case "DescribeAIDBClusterTasks": list
            case "DescribeAIDBClusterTaskMetrics": metrics
            default: "{}"
            }
        }
    }

    private func course(_ answers: Answers, watchesInstance: Bool = false) async throws -> Course {
        let folder = try TemporaryFolder()
        let store = try EventStore(path: folder.file("polarai.db"), at: Course.start.wall, durability: .none)
        var course = Course(store: store, watchesInstance: watchesInstance) { answers.body($0) }
        try await course.run(for: .seconds(4 * 3600))
        try course.render()
        try store.close()
        return course
    }

    /// Whatever the field, nothing ends, fails or goes; and what is not a status is not a transition either.
    private func expectNoEnd(_ course: Course, _ change: String) {
        for event in course.events.map(\.event) where event.kind.isStatusChange {
            #expect([.activation].contains(event.to) || event.to?.isKnown == false, "\(change): \(event.kind)")
            #expect(event.to.map { !["-1", "0", "true"].contains($0.rawValue) } ?? true, "\(change)")
        }
    }

    @Test func `an ordinary day is one start`() async throws {
        let course = try await course(Answers(), watchesInstance: true)
        // The task of the instance is answered with another one's.
        #expect(course.failures.allSatisfy { $0.message.contains("00002") })
        #expect(course.events.map(\.event.kind).contains(.started))
        expectNoEnd(course, "nothing")
    }

    @Test func `the answer for a task`() async throws {
        for (text, change) in try OddNumbers.variants(of: Self.task) {
            let course = try await course(Answers(task: text))
            expectNoEnd(course, change)
            if change.hasPrefix(".DBClusterStatus"), !change.contains("\"") {
                #expect(course.events.allSatisfy { !$0.event.kind.isStatusChange }, "\(change)")
                #expect(course.failures.contains { $0.reason == .malformed }, "\(change)")
            }
        }
    }

    @Test func `the list of an instance`() async throws {
        for (text, change) in try OddNumbers.variants(of: Self.list) {
            expectNoEnd(try await course(Answers(list: text), watchesInstance: true), change)
        }
    }

    @Test func `the metrics of a training`() async throws {
        for (text, change) in try OddNumbers.variants(of: Self.metrics) {
            expectNoEnd(try await course(Answers(metrics: text)), change)
        }
    }

    /// FAILED is read beside whatever else is broken.
    @Test func `a failure is seen beside every odd value`() async throws {
        let failed = Self.task.replacingBytes(of: "ACTIVATION", with: "FAILED")
        let client = PolarDBClientFactory()
        for (text, change) in try OddNumbers.variants(of: failed)
        where !change.hasPrefix(".DBClusterStatus") && !change.hasPrefix(".DBClusterId") {
            let outcome = await client.describe(text)
            guard case .answer(let observation) = outcome else {
                Issue.record("\(change): \(outcome)")
                continue
            }
            #expect(observation.status == .failed)
        }
    }

    @Test func `100,000 mutations of the three answers`() async throws {
        var random = SeededGenerator(seed: 20_261_128)
        let seeds = [Self.task, Self.list, Self.metrics].map { Array($0.utf8) }
        var good = 0
        for round in 0..<100_000 {
            let bytes = Mutation.apply(to: seeds[round % 3], &random)
            let client = PolarDBClientFactory()
            switch round % 3 {
            case 0:
                if case .answer(let observation) = await client.describe(bytes) {
                    good += 1
                    #expect((1...ClusterStatus.longest).contains(observation.status.rawValue.unicodeScalars.count))
                }
            case 1:
                if case .success(let page) = await client.client(bytes).listTasks(of: "pc-1", page: 1) {
                    good += 1
                    #expect(page.tasks.allSatisfy { PlainName.isValid($0.id.rawValue) })
                    #expect(page.total.map { $0 >= 0 } ?? true)
                }
            default:
                let reading = await client.client(bytes).readProgress(
                    of: Course.cluster, since: nil, reach: .seconds(86_400))
                if case .success(let reading) = reading {
                    good += 1
                    for point in reading.points {
                        #expect((0...ProgressPoint.mostSteps).contains(point.step ?? 0))
                        #expect((0...ProgressPoint.mostSteps).contains(point.totalSteps ?? 0))
                        #expect(point.loss?.isFinite ?? true)
                    }
                }
            }
        }
        #expect(good > 20_000)
    }
}

/// Clients that answer with one body.
private struct PolarDBClientFactory {
    func client(_ body: [UInt8]) -> PolarDBClient {
        PolarDBClient(
            http: AnsweringClient { _ in HTTPResponse(status: 200, headers: HTTPHeaders(), body: body) },
            endpoint: Endpoint(region: "cn-beijing", usesVPC: false), region: "cn-beijing", credentials: FixedKey(),
            now: { Course.start.wall })
    }

    func describe(_ body: [UInt8]) async -> PollOutcome {
        await client(body).describeTask(Course.cluster, known: nil)
    }

    func describe(_ text: String) async -> PollOutcome { await describe(Array(text.utf8)) }
}
