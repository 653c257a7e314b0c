import HTTPTransport
import Model
import PolarDB
import Testing

/// DescribeAIDBClusterTaskLogFiles: what is asked, and what is made of the answer.
struct TaskLogTests {
    private let id = ClusterID("pm-1")
    private static let now = PolarDBClient.testTime

    private func items(_ lines: [(Int, String)]) -> String {
        let items = lines.map {
            #"{"LogTime":"2026-11-24T05:00:\#($0.0).123456789Z","Message":"\#($0.1)","Timestamp":"1"}"#
        }
        return #"{"RequestId":"R","Items":{"SlsLogItems":[\#(items.joined(separator: ","))]},"PageRecordCount":3}"#
    }

    private func ask(_ body: String, _ facts: TaskFacts = TaskFacts()) async throws -> ([String], [String: String]) {
        let http = ScriptedClient(.json(body))
        let lines = try await PolarDBClient(http).lastLogLines(of: id, facts).get()
        #expect(http.requests.first?.header("x-acs-action") == "DescribeAIDBClusterTaskLogFiles")
        return (lines, http.requests.first?.parameters ?? [:])
    }

    @Test func `the newest first are turned round, and what came the other way is left`() async throws {
        let descending = items([(12, "three"), (11, "two"), (10, "one")])
        #expect(try await ask(descending).0 == ["one", "two", "three"])
        let ascending = items([(10, "one"), (11, "two"), (12, "three")])
        #expect(try await ask(ascending).0 == ["one", "two", "three"])
        let same = items([(10, "three"), (10, "two"), (10, "one")])
        #expect(try await ask(same).0 == ["one", "two", "three"])
    }

    @Test(arguments: ["{}", #"{"Items":null}"#, #"{"Items":{"SlsLogItems":[{"Message":null},{}]}}"#])
    func `an answer without lines is not a failure`(body: String) async throws {
        #expect(try await ask(body).0 == [])
    }

    @Test func `asks about the end of the run, and of no more than a day`() async throws {
        func span(_ facts: TaskFacts) async throws -> [String?] {
            let sent = try await ask("{}", facts).1
            #expect(sent["LogType"] == "sls")
            #expect(sent["Reverse"] == "true")
            #expect(sent["DBClusterId"] == "pm-1")
            return [sent["StartTime"], sent["EndTime"]]
        }
        func time(_ text: String) -> Timestamp? { Timestamp(rfc3339: text) }
        #expect(try await span(TaskFacts()) == ["2026-11-23T06:00:00Z", "2026-11-24T06:00:00Z"])
        let recent = TaskFacts(startedAt: time("2026-11-24T05:00:00Z"), completedAt: time("2026-11-24T05:59:30Z"))
        #expect(try await span(recent) == ["2026-11-24T05:00:00Z", "2026-11-24T06:00:00Z"])
        let old = TaskFacts(startedAt: time("2026-11-01T05:00:00Z"), completedAt: time("2026-11-10T05:00:00Z"))
        #expect(try await span(old) == ["2026-11-09T05:05:00Z", "2026-11-10T05:05:00Z"])
        let strange = TaskFacts(startedAt: time("2026-11-30T05:00:00Z"), completedAt: time("2026-11-10T05:00:00Z"))
        #expect(try await span(strange) == ["2026-11-23T06:00:00Z", "2026-11-24T06:00:00Z"])
    }

    @Test func `the key that signed the call is masked`() async throws {
        let lines = try await ask(items([(10, "AK LTAI5tFAKEACCESSKEYID000, made up by a test")])).0
        #expect(lines == ["AK ***, made up by a test"])
    }
}
