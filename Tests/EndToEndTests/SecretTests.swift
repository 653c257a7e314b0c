import Foundation
import Model
import TestSupport
import Testing

/// Secrets leave the process only to where they belong.
@Suite(.timeLimit(.minutes(10)))
struct SecretTests {
    private static let cluster = "pm-2ze9secret00001"
    private static let accessKeySecret = "sEcReTofTheAccessKey9f2c7d"
    private static let token = "tok3nInTheAddress51ab77"
    private static let signingKey = "c2lnbmluZ0tleU9mVGhlRW5kVG9FbmRUZXN0MDE="
    private static let header = "Bearer h3aderOfTheReceiver"
    private static let all = [accessKeySecret, token, signingKey, header]

    @Test func `no secret is shown, logged, stored or listed, though API and receiver say them back`() async throws {
        // Each side says back what it knows.
        let echo = "you sent \(Self.token) and \(Self.header) and \(Self.signingKey) and whsec_\(Self.signingKey)"
        let apiEcho = "you signed with \(Self.accessKeySecret)"
        let simulator = try await Simulator(
            scenario: """
                {"accounts": [{"access_key_id": "LTAIendToEnd0001", "access_key_secret": "\(Self.accessKeySecret)"}],
                 "tasks": [\(Simulator.training(Self.cluster))],
                 "hooks": [{"name": "ops", "secret": "whsec_\(Self.signingKey)", "plan": [
                   {"status": 500, "times": 1, "body": "\(echo)"}, {"status": 401, "times": 1, "body": "\(echo)"},
                   {"status": 429, "times": 1, "retry_after": "1s", "body": "\(echo)"}, {"status": 200, "body": "\(echo)"}]}]}
                """)
        defer { withExtendedLifetime(simulator) {} }
        let site = try Site(environment: [
            "POLARAI_TEST_HOOK": "\(simulator.https)/hook/ops?access_token=\(Self.token)",
            "POLARAI_TEST_HEADER": Self.header,
        ])
        let keyFile = try site.folder.write("key", Self.accessKeySecret + "\n", permissions: 0o600)
        var config = DaemonConfig(simulator, clusters: [Self.cluster])
        config.credentials = """
            {"type": "access_key", "access_key_id": "LTAIendToEnd0001", "access_key_secret": {"file": "\(keyFile)"}}
            """
        config.targets = """
            {"ops": {"url": {"env": "POLARAI_TEST_HOOK"}, "secret": "whsec_\(Self.signingKey)", "retry": ["200ms"],
                     "headers": {"Authorization": {"env": "POLARAI_TEST_HEADER"}}, "ca_file": "\(simulator.caFile)"}}
            """
        try site.configure(config)
        var said: [(what: String, text: String)] = []
        func note(_ arguments: String...) async throws {
            let result = try await site.run(arguments)
            said.append((arguments.joined(separator: " "), result.output + result.errors))
        }

        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        said.append(("/proc/PID/cmdline", try daemon.commandLine()))
        try await simulator.setTask(Self.cluster, status: "FAILED")
        let lines = try await site.awaitHistory("the alert", within: .seconds(90)) {
            $0.changes.count == 1 && $0.changes[0].isDelivered
        }
        let delivery = try #require(try await simulator.acceptedDeliveries(to: "ops").first)
        #expect(delivery["path"]?.stringValue?.contains(Self.token) == true, "the receiver gets what belongs to it")
        #expect(delivery["headers"]?["authorization"] == .string(Self.header))

        try await note("alerts", "show", lines.changes[0].id, "--format", "json")
        try await note("alerts", "show", lines.changes[0].id)
        #expect(said.suffix(2).allSatisfy { $0.text.contains("you sent") }, "the receiver's words, but for the secrets")
        try await note("alerts", "list", "--all", "--format", "json")
        try await note("test-alert", "ops")
        try await note("test-alert", "ops", "--dry-run")
        for format in ["table", "json", "jsonl", "csv"] { try await note("history", "--format", format) }

        for code in ["SignatureDoesNotMatch", "OperationDenied"] {
            try await simulator.removeFaults()
            // The first failure after a good answer is stored at once.
            try await eventually("a good answer", within: .seconds(90)) {
                try await site.status(of: Self.cluster)?["last_error"] == .null
            }
            try await simulator.addFault(
                #"{"kind": "error", "http": 400, "code": "\#(code)", "message": "\#(apiEcho)", "cluster": "\#(Self.cluster)"}"#
            )
            try await eventually("\(code) in status", within: .seconds(60)) {
                try await site.status(of: Self.cluster)?["last_error"]?.stringValue?.contains(code) == true
            }
        }
        try await note("status", "--format", "json")
        try await note("status")
        try await note("poll", Self.cluster)
        try await note("show", Self.cluster, "--format", "json")
        try await note("check-config")
        // A config whose mistakes are in the secrets themselves.
        try site.configure(
            config.text(database: site.database).replacing(
                #"{"env": "POLARAI_TEST_HOOK"}"#, with: #""htps://x?t=\#(Self.token)""#
            )
            .replacing("\"whsec_\(Self.signingKey)\"", with: "\"whsk_\(Self.signingKey)\""))
        try await note("check-config")
        try await note("reload")
        #expect(said.last?.text.contains("targets.ops") == true)

        try await daemon.stop()
        said.append(("the log", daemon.program.errors + daemon.program.output))
        said.append(("STATUS", daemon.manager.lines.joined(separator: "\n")))
        for (what, text) in said {
            #expect(!text.isEmpty, "\(what)")
            for secret in Self.all { #expect(!text.contains(secret), "\(what): \(text)") }
        }
        try await expectNotStored(site)
    }

    /// Looks into every file that the daemon keeps, the log of SQLite included.
    private func expectNotStored(_ site: Site) async throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: site.folder.path).filter {
            $0.hasPrefix("polarai.db")
        }
        #expect(files.contains("polarai.db"))
        for file in files {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: site.folder.file(file)))
            for secret in Self.all { #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(file) holds \(secret)") }
        }
    }
}
