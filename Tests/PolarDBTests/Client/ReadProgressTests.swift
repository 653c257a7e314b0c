import HTTPTransport
import Model
import PolarDB
import Testing

struct ReadProgressTests {
    private let id = ClusterID("pm-1")
    /// Newest first, as asked for; numbers and texts, nine digits of a fraction, an evaluation in between.
    private static let metrics = #"""
        {"RequestId":"R-1","DBClusterId":"pm-1","RelativeDbClusterId":"pc-1","PageRecordCount":3,"Items":{"SlsMetricsItems":[
          {"CurrentStep":20,"GlobalStep":"400","Epoch":"0.5","LogTime":"2026-11-24T05:59:20.123456789Z","MetricType":"train",
           "Metric":{"loss":1.25,"learning_rate":"1e-6","memory(GiB)":"12.3","nested":{"a":1}},"Timestamp":"1795499960"},
          {"CurrentStep":10,"GlobalStep":400,"Epoch":0.25,"LogTime":"2026-11-24T05:59:10Z","MetricType":"eval",
           "Metric":{"eval_loss":1.5}},
          {"CurrentStep":10,"GlobalStep":400,"Epoch":0.25,"Timestamp":"1795499950","MetricType":"train","Metric":"{\"loss\":2}"},
          {"CurrentStep":5}, 7]}}
        """#

    @Test func `reads steps, oldest first`() async throws {
        let http = ScriptedClient(.json(Self.metrics))
        let reading = try await PolarDBClient(http).readProgress(
            of: id, since: Timestamp(rfc3339: "2026-11-24T05:59:00.900Z"), reach: .seconds(86_400)
        ).get()
        #expect(reading.points.map(\.step) == [10, 10, 20])
        #expect(reading.points.count(where: \.isEvaluation) == 1)
        #expect(!reading.isFull)
        let newest = try #require(reading.points.last)
        #expect(newest.totalSteps == 400)
        #expect(newest.epoch == 0.5)
        #expect(newest.at == Timestamp(rfc3339: "2026-11-24T05:59:20.123Z"))
        #expect(
            newest.metrics == [
                "loss": .number(1.25), "learning_rate": .string("1e-6"), "memory(GiB)": .string("12.3"),
            ])
        #expect(reading.points.first { !$0.isEvaluation }?.loss == 2)
        let request = try #require(http.requests.first)
        #expect(request.headers.first { $0.name == "x-acs-action" }?.value == "DescribeAIDBClusterTaskMetrics")
        #expect(
            request.url
                == "https://polardb.aliyuncs.com/?DBClusterId=pm-1&EndTime=2026-11-24T06%3A00%3A00Z&MetricType=all&PageNumber=1&PageSize=100&RegionId=cn-beijing&Reverse=true&StartTime=2026-11-24T05%3A59%3A00Z"
        )
    }

    @Test func `asks no further back than it may, and never for less than a second`() async throws {
        let http = ScriptedClient(.json(#"{"Items":{"SlsMetricsItems":[]}}"#))
        let client = PolarDBClient(http)
        for since in [nil, Timestamp(milliseconds: 0), Timestamp(rfc3339: "2026-11-24T07:00:00Z")] {
            #expect(try await client.readProgress(of: id, since: since, reach: .seconds(3600)).get().points.isEmpty)
        }
        let starts = http.requests.map { $0.url.contains("StartTime=2026-11-24T05%3A00%3A00Z") }
        #expect(starts == [true, true, false])
        #expect(http.requests[2].url.contains("EndTime=2026-11-24T07%3A00%3A01Z"))
    }

    @Test func `what is kept of an answer is bounded`() async throws {
        let many = (0..<500).map { #""m\#($0)":\#($0)"# }.joined(separator: ",")
        let item =
            #"{"CurrentStep":1,"LogTime":"2026-11-24T05:00:00Z","Metric":{\#(many),"loss":1,"long":""#
            + String(repeating: "x", count: 1000) + #""}}"#
        let body = #"{"Items":{"SlsMetricsItems":["# + item + "]}}"
        let reading = try await PolarDBClient(ScriptedClient(.json(body))).readProgress(
            of: id, since: nil, reach: .seconds(3600)
        ).get()
        #expect(reading.points.first?.metrics.count == 32)
        #expect(reading.points.first?.loss == 1)
        #expect(reading.points.first?.metrics["long"] == nil)
    }

    @Test func `metrics of another task, or none, are a failure`() async {
        for body in [#"{"DBClusterId":"pm-2","Items":{"SlsMetricsItems":[]}}"#, "{}", "[]"] {
            let result = await PolarDBClient(ScriptedClient(.json(body))).readProgress(
                of: id, since: nil, reach: .seconds(3600))
            guard case .failure(let failure) = result else {
                Issue.record("\(body) was taken")
                continue
            }
            #expect(failure.reason == .malformed)
        }
    }
}
