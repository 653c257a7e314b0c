import Foundation
import Model
import TestSupport
import Testing

/// Answers that are none, and servers that are not the API.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RubbishTests {
    /// A fault of the API, and words that `status` must have for it.
    struct Rubbish: Sendable {
        let kind: String
        let words: String
        var more = ""

        var cluster: String { "pm-2ze9" + kind.replacing("_", with: "-") }
        var fault: String { #"{"kind": "\#(kind)", "cluster": "\#(cluster)"\#(more)}"# }
    }

    private static let rubbish: [Rubbish] = [
        Rubbish(kind: "http_500", words: "InternalError"),
        Rubbish(kind: "html_502", words: "502"),
        Rubbish(kind: "truncated_json", words: "not JSON"),
        Rubbish(kind: "other_cluster_id", words: "pm-someoneelse00001"),
        Rubbish(kind: "empty_200", words: "an empty body"),
        Rubbish(kind: "huge_body", words: "1048576 bytes"),
        Rubbish(kind: "gzip_bomb", words: "1048576 bytes"),
        Rubbish(kind: "mute", words: "did not answer"),
        Rubbish(kind: "reset", words: "closed the"),
        Rubbish(kind: "xml_error", words: "Forbidden", more: #", "http": 403, "code": "Forbidden""#),
    ]
    /// More of them than of the sick ones: an account half of whose calls fail is polled more slowly.
    private static let healthy = (0..<14).map { "pm-2ze9healthy\($0)" }

    @Test func `whatever the API says that is not an answer changes nothing, and is shown`() async throws {
        let watched = Self.healthy + Self.rubbish.map(\.cluster)
        let simulator = try await Simulator(
            scenario: #"{"tasks": [\#(watched.map(Simulator.training).joined(separator: ", "))]}"#)
        var config = DaemonConfig(simulator, clusters: watched)
        config.timeout = "1s"
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        config.routes = #"[{"events": ["completed", "failed", "started", "restarted", "changed", "gone"]}]"#
        let site = try Site(config)
        let daemon = try await site.start()
        let first = try await site.awaitHistory("first answers") { $0.count == watched.count }
        let memory = try daemon.peakMemory()

        for rubbish in Self.rubbish { try await simulator.addFault(rubbish.fault) }
        for rubbish in Self.rubbish {
            try await eventually("three times \(rubbish.kind)", within: .seconds(90), every: .milliseconds(100)) {
                try await simulator.calls(cluster: rubbish.cluster).filter { $0["fault"] != nil }.count >= 3
            }
        }
        // Those with good answers are polled on meanwhile.
        try await simulator.awaitCalls(5, of: Self.healthy)
        try await eventually("every error in status", within: .seconds(60)) {
            let lines = try await site.status()["clusters"]?.arrayValue ?? []
            return lines.filter { $0["last_error"] != .null }.count == Self.rubbish.count
        }
        for rubbish in Self.rubbish {
            let line = try #require(try await site.status(of: rubbish.cluster))
            #expect(line["status"] == .string("ACTIVATION"))
            #expect(line["last_error"]?.stringValue?.contains(rubbish.words) == true, "\(rubbish.kind): \(line.text())")
        }
        for cluster in Self.healthy {
            #expect(try await site.status(of: cluster)?["last_error"] == .null)
        }
        #expect(try await site.history() == first, "no transition")
        #expect(try await simulator.deliveries(to: "ops").isEmpty)
        let grown = try daemon.peakMemory() - memory
        #expect(grown < 12 << 20, "bodies of 13 MB, and 16 MB unpacked, were read into \(grown) bytes")

        try await simulator.removeFaults()
        try await eventually("good answers again", within: .seconds(90)) {
            try await site.status()["clusters"]?.arrayValue?.allSatisfy { $0["last_error"] == .null } == true
        }
        #expect(try await site.history() == first)
        #expect(try await daemon.stop().ending == .exit(0))
    }

    @Test func `a server with another's certificate and one that is mute keep nobody waiting`() async throws {
        let (good, foreign, misnamed, mute) = ("pm-2ze9good", "pm-2ze9foreign", "pm-2ze9misnamed", "pm-2ze9mute")
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(good))]}"#)
        let stranger = try await Certificates()
        let unknownServer = try await TLSServer(stranger.server(), caFile: stranger.caFile)
        let otherName = try await TLSServer(
            stranger.server("other", names: ["DNS:polardb.example.com"]), caFile: stranger.caFile)
        let muteServer = try LoopbackServer { $0.waitForEnd() }
        defer { withExtendedLifetime((unknownServer, otherName)) { muteServer.stop() } }

        var config = DaemonConfig(
            simulator,
            clusters: [good]
                + [(foreign, "foreign"), (misnamed, "misnamed"), (mute, "mute")].map {
                    #"{"id": "\#($0.0)", "account": "\#($0.1)"}"#
                })
        config.timeout = "1s"
        config.accounts = """
            {"foreign": {"endpoint": "https://localhost:\(unknownServer.port)"},
             "misnamed": {"endpoint": "https://localhost:\(otherName.port)", "ca_file": "\(stranger.caFile)"},
             "mute": {"endpoint": "https://localhost:\(muteServer.port)"}}
            """
        let site = try Site(config)
        let daemon = try await site.start()
        try await eventually("every error in status", within: .seconds(60)) {
            let lines = try await site.status()["clusters"]?.arrayValue ?? []
            return lines.filter { $0["last_error"] != .null }.count == 3
        }
        for cluster in [foreign, misnamed] {
            let line = try #require(try await site.status(of: cluster))
            #expect(line["last_error"]?.stringValue?.contains("certificate") == true, "\(line.text())")
            #expect(line["status"] == .null)
        }
        let silent = try #require(try await site.status(of: mute))
        #expect(silent["last_error"]?.stringValue?.contains("within 1s") == true, "\(silent.text())")
        try await simulator.awaitCalls(10, of: [good])
        #expect(try await site.history().compactMap(\.cluster) == [good])
        #expect(try await daemon.stop().ending == .exit(0))
    }
}
