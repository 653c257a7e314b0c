import Figures
import Foundation
import Model
import TestSupport
import Testing

/// The rules and the dashboard in `packaging/`: every query names a metric that exists, and does what it says.
@Suite(.timeLimit(.minutes(10)))
struct PackagingTests {
    private static let rules = ProgramPath.package + "/packaging/prometheus/polarai.rules.yml"
    private static let dashboard = ProgramPath.package + "/packaging/grafana/polarai.json"

    /// Names of series as they are stored, without what a histogram adds.
    private static func metrics(in text: String) -> Set<String> {
        let names = text.matches(of: /\b(?:polarai|process)_[a-z_]+/).map { String($0.output) }
        return Set(
            names.map { name in
                ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) }
                    ?? name
            })
    }

    private static let known = Set(Metric.allCases.map(\.rawValue))

    @Test func `every rule names metrics that exist, and every rule of the contract is there`() throws {
        let text = try String(contentsOfFile: Self.rules, encoding: .utf8)
        let found = Self.metrics(in: text.replacing("polarai_daemon", with: ""))
        #expect(found.count >= 12)
        #expect(found.subtracting(Self.known).isEmpty, "\(found.subtracting(Self.known))")
        let names = text.matches(of: /- alert: (\w+)/).map { String($0.output.1) }
        #expect(
            Set(names) == [
                "Down", "TaskFailed", "PollsBehind", "AccountFailing", "Throttled", "AlertsDead", "AlertsLate",
                "TargetSuspended", "CredentialsExpire", "DiskFills", "ConfigRefused", "ClockOff",
            ])
        let tested = try String(
            contentsOfFile: Self.rules.replacing(".rules.yml", with: ".rules_test.yml"), encoding: .utf8)
        for name in names { #expect(tested.contains("alertname: \(name)"), "\(name) has no test") }
        #expect(Self.metrics(in: tested).isSubset(of: Self.known))
    }

    @Test func `promtool accepts the rules, and they fire when they should`() async throws {
        let check = try await Prometheus.tool(["check", "rules", Self.rules])
        #expect(check.exitCode == 0, "\(check.output)\(check.errors)")
        let test = try await Prometheus.tool(
            ["test", "rules", Self.rules.replacing(".rules.yml", with: ".rules_test.yml")])
        #expect(test.exitCode == 0, "\(test.output)\(test.errors)")
    }

    @Test func `every query of the dashboard names metrics that exist and is PromQL`() async throws {
        let dashboard = try JSONValue(parsing: Array(Data(contentsOf: URL(fileURLWithPath: Self.dashboard))))
        let panels = (dashboard["panels"]?.arrayValue ?? []).filter { $0["type"] != .string("row") }
        #expect(panels.count > 20)
        var queries: [String] = []
        for panel in panels {
            let title = panel["title"]?.stringValue ?? ""
            #expect(!title.isEmpty)
            #expect(panel["description"]?.stringValue?.hasSuffix(".") == true, "\(title) has no description")
            #expect(panel["fieldConfig"]?["defaults"]?["unit"]?.stringValue?.isEmpty == false, "\(title) has no unit")
            let targets = panel["targets"]?.arrayValue ?? []
            #expect(!targets.isEmpty, "\(title) shows nothing")
            queries += targets.compactMap { $0["expr"]?.stringValue }
        }
        for query in queries {
            #expect(query.contains(#"job=~"$job""#) && query.contains(#"instance=~"$instance""#), "\(query)")
            if query.contains("rate(") || query.contains("increase(") {
                #expect(query.contains("[$__rate_interval]"), "\(query)")
            }
        }
        let found = Self.metrics(in: queries.joined(separator: "\n"))
        #expect(found.subtracting(Self.known).isEmpty, "\(found.subtracting(Self.known))")
        // Whatever the daemon or the database says stands somewhere.
        let shown = Self.known.filter {
            $0.hasPrefix("polarai_") && !$0.hasPrefix("polarai_web_") && !$0.hasPrefix("polarai_scrape_")
        }
        #expect(shown.subtracting(found) == ["polarai_last_event_seq"])
        let variables = (dashboard["templating"]?["list"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        #expect(variables == ["datasource", "job", "instance"])
        #expect(dashboard["editable"] == nil)

        let folder = try TemporaryFolder()
        let lines = queries.enumerated().map { number, query in
            let plain = query.replacing("$__rate_interval", with: "5m").replacing("$job", with: "a")
                .replacing("$instance", with: "b")
            return "  - record: q\(number)\n    expr: \(JSONValue.string(plain).text())\n"
        }
        let file = try folder.write("queries.yml", "groups:\n- name: dashboard\n  rules:\n" + lines.joined())
        let check = try await Prometheus.tool(["check", "rules", file])
        #expect(check.exitCode == 0, "\(check.output)\(check.errors)")
    }

    @Test func `both checkers accept a page with everything on it`() async throws {
        var registry = MetricRegistry()
        let odd = "q\"\u{301}\\ \n\r\u{202E}</script> {x=\"y\"} 1"
        for metric in Metric.allCases {
            let labels = metric.definition.labels.map { _ in odd }
            switch metric.definition.kind {
            case .histogram: for value in [0, 0.3, 7, 1e6] { registry.observe(metric, labels, value) }
            case .counter:
                registry.count(
                    metric, labels, by: 3, exemplar: MetricExemplar(seq: 42, at: Timestamp(milliseconds: 1)))
            case .gauge: registry.set(metric, labels, to: -1.5)
            case .info: registry.set(metric, labels, to: 1)
            }
        }
        let plain = String(decoding: MetricsText.bytes(registry.families, .prometheus), as: UTF8.self)
        let check = try await Prometheus.tool(["check", "metrics"], standardInput: plain)
        #expect(check.exitCode == 0, "\(check.output)\(check.errors)")
        #expect(Prometheus.repeatedSeries(in: plain).isEmpty)

        let folder = try TemporaryFolder()
        let file = try folder.write(
            "metrics", String(decoding: MetricsText.bytes(registry.families, .openMetrics), as: UTF8.self))
        let read = try await run(
            try await PythonEnvironment.interpreter(), [PythonEnvironment.scripts + "/openmetrics_reader.py", file])
        #expect(read.exitCode == 0, "\(read.errors)")
        let families = try JSONValue(parsing: Array(read.output.utf8)).objectValue ?? [:]
        #expect(families.count == Metric.allCases.count)
        #expect(families["polarai_build"]?.arrayValue?.last == .string("info"))
        #expect(families["polarai_polls"]?.arrayValue?.last == .string("counter"))
    }
}
