import Foundation
import Model
import TestSupport
import Testing

/// Debian's Prometheus scrapes a real `polarai-web`, with the rules of `packaging/`.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RealPrometheusTests {
    private static let cluster = "pm-2ze9prometheus01"

    @Test func `a failed training and a daemon that is gone become alerts of Prometheus`() async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))]}"#)
        let site = try Site(
            DaemonConfig(simulator, clusters: [#"{"id": "\#(Self.cluster)", "name": "night\"ly"}"#]))
        let daemon = try await site.start()
        let web = try RunningProgram(
            ProgramPath.built("polarai-web"), ["--listen", "127.0.0.1:0"], environment: site.environment)
        let line = try await web.awaitLine(onErrors: true, within: .seconds(30)) { $0.contains("Listening on") }
        let address = try #require(line.firstMatch(of: /127\.0\.0\.1:\d+/)).output

        // Every wait of the rules is a second: the rest of them is the one that is shipped.
        let shipped = try String(
            contentsOfFile: ProgramPath.package + "/packaging/prometheus/polarai.rules.yml", encoding: .utf8)
        let rules = try site.folder.write(
            "rules.yml", shipped.replacing(/for: \d+m/, with: "for: 1s"))
        let config = try site.folder.write(
            "prometheus.yml",
            """
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: ["\(rules)"]
            scrape_configs: [{job_name: polarai, static_configs: [{targets: ["\(address)"]}]}]
            """)
        let prometheus = try RunningProgram(
            try await Prometheus.folder() + "/prometheus",
            [
                "--config.file=\(config)", "--storage.tsdb.path=\(site.folder.file("tsdb"))",
                "--web.listen-address=127.0.0.1:0", "--log.format=json",
            ])
        let listening = try await prometheus.awaitLine(onErrors: true, within: .seconds(30)) {
            $0.contains("Listening on") && $0.contains("127.0.0.1:")
        }
        let port = try #require(
            listening.firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap { Int($0.output.1) })
        let client = LoopbackClient(port: port)
        func firing() async throws -> [String: JSONValue] {
            let alerts = try await client.json("GET", "/api/v1/alerts")["data"]?["alerts"]?.arrayValue ?? []
            return Dictionary(
                alerts.filter { $0["state"] == .string("firing") }.map {
                    ($0["labels"]?["alertname"]?.stringValue ?? "", $0)
                }
            ) { first, _ in first }
        }
        try await eventually("a scrape", within: .seconds(60), every: .milliseconds(200)) {
            let query = "/api/v1/query?query=polarai_up"
            // It answers 503 until it has started.
            let result = (try? await client.json("GET", query))?["data"]?["result"]?.arrayValue ?? []
            return result.first?["value"]?.arrayValue?.last == .string("1")
        }
        // Other programs may be filling this machine's disk.
        let before = try await firing().filter { $0.key != "DiskFills" }
        #expect(before.isEmpty, "\(before.keys)")

        try await simulator.setTask(Self.cluster, status: "FAILED")
        let failed = try await eventually("the alert", within: .seconds(60), every: .milliseconds(200)) {
            try await firing()["TaskFailed"]
        }
        #expect(failed["labels"]?["task"] == .string(Self.cluster))
        #expect(failed["labels"]?["name"] == .string("night\"ly"))
        #expect(
            failed["annotations"]?["summary"] == .string("Training \(Self.cluster) (night\"ly) has failed."))

        try await daemon.kill()
        let down = try await eventually("the daemon is missed", within: .seconds(60), every: .milliseconds(200)) {
            try await firing()["Down"]
        }
        #expect(down["labels"]?["severity"] == .string("critical"))
        // What failed is known without the daemon, too.
        #expect(try await firing()["TaskFailed"] != nil)
        try await prometheus.stop()
        try await web.stop()
    }
}
