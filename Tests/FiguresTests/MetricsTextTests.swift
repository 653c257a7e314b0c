import Model
import Testing

@testable import Figures

private func text(_ families: [MetricFamily], _ format: MetricsFormat = .prometheus) -> String {
    String(decoding: MetricsText.bytes(families, format), as: UTF8.self)
}

@Suite struct MetricsTextTests {
    private let counter = MetricFamily(
        .events,
        [
            MetricSeries(
                ["failed"], .number(3),
                exemplar: MetricExemplar(seq: 42, at: Timestamp(milliseconds: 1_700_000_000_123)))
        ])

    @Test func aCounterHasItsSuffixInTheSampleAndOnlyInPrometheusTextInTheTitle() {
        #expect(
            text([counter]) == """
                # HELP polarai_events_total Events that were stored since the daemon started.
                # TYPE polarai_events_total counter
                polarai_events_total{event="failed"} 3

                """)
        #expect(
            text([counter], .openMetrics) == """
                # HELP polarai_events Events that were stored since the daemon started.
                # TYPE polarai_events counter
                polarai_events_total{event="failed"} 3 # {seq="42"} 1 1700000000.123
                # EOF

                """)
    }

    @Test func infosAreGaugesForPrometheus() {
        let family = MetricFamily(.build, [MetricSeries(["1.2.3", nil], 1)])
        #expect(text([family]).contains("# TYPE polarai_build_info gauge\npolarai_build_info{version=\"1.2.3\"} 1\n"))
        #expect(
            text([family], .openMetrics).contains(
                "# TYPE polarai_build info\npolarai_build_info{version=\"1.2.3\"} 1\n"))
    }

    @Test func bucketsAreCumulativeAndTheirBoundsHaveAPoint() {
        var registry = MetricRegistry()
        for value in [0.001, 0.002, 0.7, 5] { registry.observe(.commitDuration, [], value) }
        let lines = text(registry.families).split(separator: "\n")
        #expect(lines.contains(#"polarai_database_commit_duration_seconds_bucket{le="0.001"} 1"#))
        #expect(lines.contains(#"polarai_database_commit_duration_seconds_bucket{le="0.0025"} 2"#))
        #expect(lines.contains(#"polarai_database_commit_duration_seconds_bucket{le="1.0"} 3"#))
        #expect(lines.contains(#"polarai_database_commit_duration_seconds_bucket{le="+Inf"} 4"#))
        #expect(lines.contains("polarai_database_commit_duration_seconds_count 4"))
        #expect(lines.contains("polarai_database_commit_duration_seconds_sum 5.703"))
    }

    @Test(arguments: [
        (#"a\b"#, #"a\\b"#), (#"say "x""#, #"say \"x\""#), ("two\nlines", #"two\nlines"#), ("nul\u{0}", "nul\u{FFFD}"),
        ("\u{202E}rtl\u{1B}[31m", "\u{202E}rtl\u{1B}[31m"), ("q\"\u{301}", "q\\\"\u{301}"), ("cr\r\nlf", "cr\r\\nlf"),
    ])
    func textFromOutsideIsWordForWordInALabel(_ value: String, _ written: String) {
        let family = MetricFamily(.taskInfo, [MetricSeries(["pm-1", value, nil, nil], 1)])
        for format in [MetricsFormat.prometheus, .openMetrics] {
            #expect(Array(text([family], format).utf8).contains(Array(#"name="\#(written)"} 1"#.utf8)))
        }
    }

    @Test(arguments: [
        (nil, MetricsFormat.prometheus), ("*/*", .prometheus), ("text/plain", .prometheus),
        ("garbage;;q=", .prometheus),
        ("application/openmetrics-text;version=1.0.0", .openMetrics),
        (
            "application/openmetrics-text; version=1.0.0; charset=utf-8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            .openMetrics
        ),
        ("application/openmetrics-text;version=1.0.0;q=0.2, text/plain;version=0.0.4;q=0.8", .prometheus),
        ("application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5", .prometheus),
        ("application/openmetrics-text;q=0", .prometheus),
    ])
    func theFormatIsTheOneThatIsPreferred(_ accept: String?, _ format: MetricsFormat) {
        #expect(MetricsFormat(accept: accept) == format)
    }
}
