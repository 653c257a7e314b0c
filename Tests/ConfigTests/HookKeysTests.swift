import Alerts
import Model
import Testing

@testable import Config

/// `hooks`, and the targets that need another part of the config: `command` and `cloudmonitor`.
struct HookKeysTests {
    private func mistakes(_ text: String) -> [String] {
        do {
            _ = try load(text)
            return []
        } catch {
            return error.mistakes.map { $0.line(file: "c") }
        }
    }

    @Test func `a hook with everything, and the target that names it`() throws {
        let settings = try load(
            #"""
            {"hooks": {"ship": {"command": ["/bin/ship", "--to", "lab 1"], "timeout": "10m", "environment": {"A_1": "x=y"}}},
             "targets": {"t": {"type": "command", "hook": "ship", "socket": "/tmp/h.sock"}, "u": {"type": "command", "hook": "ship"}}}
            """#
        ).settings
        #expect(
            settings.hooks == [
                HookSettings(
                    name: "ship", command: ["/bin/ship", "--to", "lab 1"], timeout: .seconds(600),
                    environment: ["A_1": "x=y"])
            ])
        #expect(
            settings.target(named: "t")?.options.hook
                == HookOptions(name: "ship", socket: "/tmp/h.sock", timeout: .seconds(600)))
        #expect(settings.target(named: "u")?.options.hook.socket == "/run/polarai-hooks/hooks.sock")
        #expect(settings.target(named: "u")?.urls == [])
    }

    @Test func `a hook that there is not, and a target without one`() {
        #expect(
            mistakes(
                #"{"hooks": {"deploy": {"command": ["/d"]}}, "targets": {"t": {"type": "command", "hook": "depoly"}}}"#
            )
            .first?.contains("is not a name under \"hooks\"; did you mean \"deploy\"?")
                == true)
        #expect(
            mistakes(#"{"targets": {"t": {"type": "command"}}}"#).first?.contains("targets.t.hook: is missing") == true)
        #expect(mistakes(#"{"targets": {"t": {"hook": "x"}}}"#).contains { $0.contains("write \"command\"") })
    }

    @Test func `the runner reads hooks alone`() throws {
        let loader = ConfigLoader(environment: HostEnvironment(variables: [:]), targets: TargetRegistry.builtIn.table)
        func hooks(_ text: String) throws -> [HookSettings] { try loader.loadHooks(Array(text.utf8), path: "c").hooks }
        let text = #"""
            {"api": {"credentials": {"type": "nonsense"}}, "targets": {"t": {"url": {"file": "/nowhere"}}},
             "hooks": {"h": {"command": ["/bin/true"]}}}
            """#
        #expect(try hooks(text) == [HookSettings(name: "h", command: ["/bin/true"])])
        #expect(throws: ConfigError.self) { try load(text) }
        #expect(throws: ConfigError.self) { try hooks(#"{"hooks": {"h": {"command": ["true"]}}}"#) }
        #expect(throws: ConfigError.self) { try hooks(#"{"hooks": "#) }
        #expect(try hooks("{}") == [])
    }

    @Test func `cloudmonitor takes region and credentials from its account`() throws {
        let settings = try load(
            #"""
            {"api": {"region": "cn-beijing"}, "accounts": {"lab": {"region": "eu-central-1"}},
             "targets": {"a": {"type": "cloudmonitor"}, "b": {"type": "cloudmonitor", "account": "lab", "group_id": "17", "event_name": "gpu.trouble"},
                         "c": {"type": "cloudmonitor", "endpoint": "http://127.0.0.1:8080"}}}
            """#
        ).settings
        func url(_ name: String) -> Secret.Source? { settings.target(named: name)?.urls.first?.source }
        #expect(url("a") == .literal("https://metrics.cn-beijing.aliyuncs.com/"))
        #expect(url("b") == .literal("https://metrics.eu-central-1.aliyuncs.com/"))
        #expect(url("c") == .literal("http://127.0.0.1:8080/"))
        #expect(
            settings.target(named: "b")?.options.cloudMonitor
                == CloudMonitorOptions(account: "lab", groupID: 17, eventName: "gpu.trouble"))
    }

    @Test(arguments: [
        (#""account": "labb""#, "is not an account of this config; did you mean \"lab\"?"),
        (#""group_id": -1"#, "targets.t.group_id: is not the number"),
        (#""event_name": "a b""#, "targets.t.event_name: is not a valid name"),
        (#""endpoint": "http://metrics.example.com""#, "would send signed requests unencrypted"),
        (#""url": "https://x.example""#, "targets.t.url: is not a key of a target of type \"cloudmonitor\""),
    ])
    func `each mistake in cloudmonitor is named`(member: String, expected: String) {
        let lines = mistakes(
            #"{"api": {"region": "cn-beijing"}, "accounts": {"lab": {}}, "targets": {"t": {"type": "cloudmonitor", \#(member)}}}"#
        )
        #expect(lines.count == 1, "\(lines)")
        #expect(lines.first?.contains(expected) == true, "\(lines)")
    }

    @Test func `an account without a region needs an endpoint`() {
        #expect(
            mistakes(#"{"targets": {"t": {"type": "cloudmonitor"}}}"#).contains {
                $0.contains("targets.t.endpoint: is missing") && $0.contains("metrics.cn-beijing.aliyuncs.com")
            })
    }
}
