import Model
import Testing

@testable import Figures

@Suite struct MetricRegistryTests {
    @Test func countsGrowAndGaugesAreReplaced() {
        var registry = MetricRegistry()
        registry.count(.throttled, ["default", "cn-beijing"], by: 0)
        registry.count(.throttled, ["default", "cn-beijing"])
        registry.count(.throttled, ["default", "cn-beijing"])
        registry.count(.throttled, ["a", "cn-hangzhou"])
        registry.set(.clockOffset, to: 3)
        registry.set(.clockOffset, to: -2)
        #expect(
            registry.families == [
                MetricFamily(
                    .throttled,
                    [MetricSeries(["a", "cn-hangzhou"], 1), MetricSeries(["default", "cn-beijing"], 2)]),
                MetricFamily(.clockOffset, -2),
            ])
    }

    @Test func whatIsNotANumberCountsAsNothing() {
        var histogram = HistogramValue(bounds: [1, 10])
        for value in [-5, .nan, -.infinity, 0.5, 10, 11] { histogram.observe(value) }
        #expect(histogram.counts == [4, 1, 1])
        #expect(histogram.sum == 21.5)
    }

    @Test func theNumberOfSeriesIsBounded() {
        var registry = MetricRegistry()
        for number in 0..<(MetricRegistry.mostSeries + 10) { registry.count(.throttled, ["a\(number)", "r"]) }
        registry.count(.throttled, ["a0", "r"])
        #expect(registry.families.first?.series.count == MetricRegistry.mostSeries)
        #expect(registry.families.first?.series.first?.value == .number(2))
        registry.keep([.throttled]) { $0[0] == "a0" }
        registry.count(.throttled, ["new", "r"])
        #expect(registry.families.first?.series.map(\.labels) == [["a0", "r"], ["new", "r"]])
    }

    @Test func aSnapshotIsReadAsItWasWritten() throws {
        var registry = MetricRegistry()
        registry.count(
            .events, ["failed"], exemplar: MetricExemplar(seq: 7, at: Timestamp(milliseconds: 1_700_000_000_001)))
        registry.observe(.pollDuration, ["task"], 0.3)
        registry.set(.reloadSuccessful, to: 1)
        var families = registry.families
        families.append(MetricFamily(.taskInfo, [MetricSeries(["pm-1", nil, "q\"\\\n", nil], 1)]))
        let snapshot = MetricsSnapshot(pid: 4711, families: families)
        let text = snapshot.json.text()
        #expect(MetricsSnapshot(json: try JSONValue(parsing: Array(text.utf8))) == snapshot)
    }

    @Test(arguments: [
        #"{}"#, #"[]"#, #"{"version": 2, "pid": 1, "metrics": []}"#, #"{"version": 1, "metrics": []}"#,
    ])
    func anotherFormatIsNotRead(_ text: String) throws {
        #expect(MetricsSnapshot(json: try JSONValue(parsing: Array(text.utf8))) == nil)
    }

    @Test(arguments: [
        #"{"name": "a b", "type": "gauge", "help": "", "labels": [], "series": [{"labels": [], "value": 1}]}"#,
        #"{"name": "x", "type": "summary", "help": "", "labels": [], "series": []}"#,
        #"{"name": "x", "type": "counter", "help": "", "labels": [], "series": []}"#,
        #"{"name": "x", "type": "gauge", "help": "", "labels": ["le"], "series": []}"#,
        #"{"name": "x", "type": "gauge", "help": "", "labels": ["a", "a"], "series": []}"#,
        #"{"name": "x", "type": "gauge", "help": "", "labels": ["a\"b"], "series": []}"#,
    ])
    func aMetricThatWouldSpoilThePageIsLeftOut(_ metric: String) throws {
        let text = #"{"version": 1, "pid": 1, "metrics": [\#(metric)]}"#
        #expect(MetricsSnapshot(json: try JSONValue(parsing: Array(text.utf8)))?.families == [])
    }

    @Test(arguments: [
        #"{"labels": [], "bounds": [1, 2], "counts": [1, 2, 3], "sum": 1}"#,
        #"{"labels": ["a"], "bounds": [2, 1], "counts": [1, 2, 3], "sum": 1}"#,
        #"{"labels": ["a"], "bounds": [1, 2], "counts": [1, 2], "sum": 1}"#,
        #"{"labels": ["a"], "bounds": [1, 2], "counts": [1, -2, 3], "sum": 1}"#,
        #"{"labels": ["a"], "value": 1}"#,
    ])
    func aSeriesThatIsNotValidIsLeftOut(_ series: String) throws {
        let text = """
            {"version": 1, "pid": 1, "metrics": [{"name": "x", "type": "histogram", "help": "", "labels": ["a"],
             "series": [\(series), {"labels": ["b"], "bounds": [1], "counts": [0, 4], "sum": 9}]}]}
            """
        let snapshot = MetricsSnapshot(json: try JSONValue(parsing: Array(text.utf8)))
        #expect(snapshot?.families.first?.series.map(\.labels) == [["b"]])
    }
}
