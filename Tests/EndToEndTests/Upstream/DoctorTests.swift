import Foundation
import Model
import TestSupport
import Testing

/// `polarai-daemon doctor`: a line for each thing, and what to do.
struct DoctorTests {
    private static let account =
        #""credentials": {"type": "access_key", "access_key_id": "testid", "access_key_secret": "testsecret"}"#

    private func examine(_ config: String) async throws -> FinishedProgram {
        let folder = try TemporaryFolder()
        try WatchingDaemon.configure(config, in: folder)
        let result = try await run(
            ProgramPath.built("polarai-daemon"), ["doctor", "--config", folder.file("config.json")],
            environment: ["POLARAI_TEST": folder.path])
        #expect(!result.output.contains("testsecret"))
        return result
    }

    private func config(_ simulator: Simulator, _ more: String = "", account: String = account) -> String {
        """
        "api": {"region": "cn-beijing", "endpoint": "\(simulator.http)", \(account)},
        "clusters": ["pm-1"], "targets": {"ops": {"url": "\(simulator.http)/hook/ops"}, "log": {"type": "systemd"}}\(more)}
        """
    }

    private static let task = #""tasks": [{"id": "pm-1", "instance": "pc-1"}], "instances": [{"id": "pc-1"}]"#

    @Test func `all is well`() async throws {
        let simulator = try await Simulator(scenario: "{\(Self.task)}")
        let result = try await examine(config(simulator, #", "instances": ["pc-1"]"#))
        #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
        let lines = result.output.split(separator: "\n").map(String.init)
        for words in [
            "✓ credentials of account default: from the config",
            "✓ endpoint of account default in cn-beijing: \(simulator.http) answers in ",
            "✓ DescribeAIDBClusterTaskAttribute of account default in cn-beijing: allowed",
            "✓ DescribeAIDBClusterTasks of account default in cn-beijing: allowed",
            "✓ DescribeAIDBClusterTaskMetrics of account default in cn-beijing: allowed",
            "✓ DescribeAIDBClusterTaskLogFiles of account default in cn-beijing: allowed",
            "✓ clock: within ", "! database: ", "✓ disk: ", "✓ target ops (webhook): \(simulator.http) answers",
            "✓ target log (systemd): ",
        ] {
            #expect(lines.contains { $0.hasPrefix(words) }, "\(words) is not in\n\(result.output)")
        }
        #expect(try await simulator.deliveries().isEmpty)
    }

    @Test func `says which action is not allowed, and what to do`() async throws {
        let simulator = try await Simulator(
            scenario: """
                {\(Self.task), "accounts": [{"access_key_id": "testid", "access_key_secret": "testsecret",
                  "denied": ["DescribeAIDBClusterTaskLogFiles"]}]}
                """)
        let result = try await examine(config(simulator))
        #expect(result.exitCode == 1)
        #expect(result.output.contains("✓ DescribeAIDBClusterTaskAttribute of account default in cn-beijing: allowed"))
        let line = result.output.split(separator: "\n").first { $0.hasPrefix("✗ DescribeAIDBClusterTaskLogFiles") }
        #expect(line?.contains("grant it in a RAM policy") == true, "\(result.output)")
    }

    @Test func `each instance is looked at, and status names those that cannot be listed`() async throws {
        let simulator = try await Simulator(
            scenario: """
                {"tasks": [{"id": "pm-1", "instance": "pc-1"}], "instances": [{"id": "pc-1"}, {"id": "pc-2"}, {"id": "pc-3"}],
                 "faults": [{"kind": "error", "http": 403, "code": "Forbidden.RAM", "cluster": "pc-2"},
                            {"kind": "not_json", "cluster": "pc-3"}]}
                """)
        let daemon = try WatchingDaemon(config(simulator, #", "instances": ["pc-1", "pc-2", "pc-3"]"#))
        try await daemon.awaitReady()
        let result = try await daemon.run("doctor")
        #expect(result.exitCode == 1, "\(result.output)")
        for words in [
            "✓ DescribeAIDBClusterTasks of account default in cn-beijing: allowed for 1 of 3 instances",
            "✗ DescribeAIDBClusterTasks of account default in cn-beijing: instance pc-2: ",
            "✗ DescribeAIDBClusterTasks of account default in cn-beijing: instance pc-3: ",
            "✓ DescribeAIDBClusterTaskLogFiles of account default in cn-beijing: allowed",
        ] {
            #expect(result.output.contains(words), "\(words) is not in\n\(result.output)")
        }
        let shown: String = try await eventually("both instances in status", within: .seconds(60)) {
            let output = try await daemon.run("status").output
            return output.contains("Instance pc-2 (account default") && output.contains("Instance pc-3 (")
                ? output : nil
        }
        #expect(shown.contains("grant it in a RAM policy") && !shown.contains("Instance pc-1 ("), "\(shown)")
    }

    @Test func `a clock, a key and a target that are wrong`() async throws {
        let simulator = try await Simulator(scenario: #"{\#(Self.task), "clock": {"skew": "20m30s"}}"#)
        let skewed = try await examine(config(simulator))
        #expect(skewed.exitCode == 1)
        #expect(skewed.output.contains("✗ clock: this host's is 20m"), "\(skewed.output)")
        #expect(skewed.output.contains("behind Alibaba Cloud's; set it (timedatectl set-ntp true)"))

        let wrongKey = Self.account.replacingOccurrences(of: "testsecret", with: "othersecret")
        let refused = try await examine(config(simulator, account: wrongKey))
        #expect(refused.exitCode == 1)
        #expect(refused.output.contains("most likely its secret is wrong"), "\(refused.output)")
        #expect(!refused.output.contains("othersecret"))

        let none = try await examine(
            """
            "api": {"region": "cn-beijing", "endpoint": "\(simulator.http)",
                    "credentials": {"type": "uri", "url": "http://127.0.0.1:9/keys"}},
            "clusters": ["pm-1"], "targets": {"ops": {"url": "http://127.0.0.1:9/hook"}}}
            """)
        #expect(none.exitCode == 1)
        #expect(
            none.output.contains("✗ credentials of account default: no credentials from the credentials URI"),
            "\(none.output)")
        #expect(none.output.contains("✗ target ops (webhook): cannot connect to http://127.0.0.1:9"), "\(none.output)")
    }

    @Test func `an API that does not answer is 69, a config with mistakes 78`() async throws {
        let simulator = try await Simulator(scenario: "{}")
        let down = try await examine(
            """
            "api": {"region": "cn-beijing", "endpoint": "http://127.0.0.1:9", \(Self.account)}, "clusters": ["pm-1"]}
            """)
        #expect(down.exitCode == 69, "\(down.output)")
        #expect(down.output.contains("✗ endpoint of account default in cn-beijing: cannot connect"))
        let wrong = try await examine(#""clusters": ["pm-1"], "colour": "red"}"#)
        #expect(wrong.exitCode == 78)
        #expect(wrong.output.isEmpty)
        let absent = try await examine(
            """
            "api": {"region": "cn-beijing", "credentials": {"type": "profile", "name": "absent", "file": "/dev/null"}},
            "clusters": ["pm-1"]}
            """)
        #expect(absent.exitCode == 78)
        #expect(
            absent.errors.contains("the profile file /dev/null has no section of the name set in credentials.name"),
            "\(absent.errors)")
        let unknown = try await examine(config(simulator))
        #expect(unknown.exitCode == 0, "\(unknown.output)")
        #expect(
            unknown.output.contains(
                "! DescribeAIDBClusterTaskAttribute of account default in cn-beijing: allowed, but the API does not know pm-1"
            ))
    }

    @Test func `sees the running daemon and its database`() async throws {
        let simulator = try await Simulator(scenario: "{\(Self.task)}")
        let daemon = try WatchingDaemon(config(simulator))
        try await daemon.awaitReady()
        let result = try await daemon.run("doctor")
        #expect(result.exitCode == 0, "\(result.output)")
        #expect(
            result.output.contains(
                "✓ database: \(daemon.database) can be read; a daemon is using it (pid \(daemon.program.pid))"))
        let polled = try await daemon.run("poll", "pm-1")
        #expect(
            polled.errors.contains("Asking \(simulator.http) in cn-beijing, credentials from the config.")
        )
        #expect(!polled.errors.contains("testsecret"))
    }
}
