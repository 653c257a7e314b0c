import Alerts
import Config
import Foundation
import Model
import Testing

/// Who is notified when, and what else runs beside the daemon: hours, limits, prices, summaries, heartbeats, hooks.
struct NotifyingDecodingTests {
    private static let targets = #""targets": {"chat": {"type": "systemd"}, "oncall": {"type": "systemd"}}"#

    @Test func `a route's hours, reminders and escalation`() throws {
        let settings = try load(
            """
            {\(Self.targets), "routes": [{"hours": {"timezone": "Europe/Berlin", "windows": [
                {"days": "sat, SUN", "from": "10:30", "to": "02:00"}, {"from": "00:00", "to": "23:59"}]},
              "remind": "90m", "escalate": {"after": "2d", "targets": ["oncall", "chat"]}}, {}]}
            """
        ).settings
        let route = settings.routes[0]
        let hours = try #require(route.hours)
        #expect(hours.zone.name == "Europe/Berlin")
        #expect(hours.windows.count == 2)
        #expect(hours.windows[0].days.days == [.saturday, .sunday])
        #expect(hours.windows[0].from.minutes == 630 && hours.windows[0].to.minutes == 120)
        #expect(hours.windows[1].days == .everyDay)
        #expect(route.remind == .seconds(5400))
        #expect(route.escalate == EscalationSettings(after: .seconds(2 * 86_400), targets: ["oncall", "chat"]))
        #expect(settings.routes[1] == RouteSettings())
    }

    @Test func `hours without a zone are those of UTC`() throws {
        let settings = try load(#"{"routes": [{"hours": {"windows": [{"from": "09:00", "to": "18:00"}]}}]}"#).settings
        #expect(settings.routes[0].hours?.zone == .utc)
    }

    @Test func `a cluster's limits go before the general ones, key by key`() throws {
        let settings = try load(
            """
            {"api": {"region": "cn-beijing"}, "overdue": {"max_runtime": "12h", "slower_than": 2.5},
             "clusters": ["pm-0", {"id": "pm-1", "overdue": {"max_runtime": "90m"}},
                {"id": "pm-2", "overdue": {"slower_than": 3, "deadline": "2026-12-01T08:00:00+08:00"}},
                {"id": "pm-3", "overdue": {"max_runtime": "0", "slower_than": 0}}, {"id": "pm-4", "overdue": {}}]}
            """
        ).settings
        let general = OverdueSettings(maxRuntime: .seconds(12 * 3600), slowerThan: 2.5)
        #expect(settings.overdue == general)
        #expect(
            settings.clusters.map(\.overdue) == [
                general, OverdueSettings(maxRuntime: .seconds(5400), slowerThan: 2.5),
                OverdueSettings(
                    maxRuntime: .seconds(12 * 3600), slowerThan: 3, deadline: Timestamp(rfc3339: "2026-12-01T00:00:00Z")
                ),
                OverdueSettings(), general,
            ])
        #expect(try load("{}").settings.overdue.isOff)
    }

    @Test func `prices`() throws {
        let settings = try load(
            """
            {"api": {"region": "cn-beijing"}, "cost": {"currency": "USD", "per_hour": 12.5},
             "clusters": ["pm-0", {"id": "pm-1", "cost_per_hour": 0}], "instances": [{"id": "pc-1", "cost_per_hour": 7}]}
            """
        ).settings
        #expect(settings.cost == CostSettings(currency: "USD", perHour: 12.5))
        #expect(settings.clusters.map(\.costPerHour) == [nil, 0])
        #expect(settings.instances.map(\.costPerHour) == [7])
        #expect(try load(#"{"cost": {"per_hour": 3}}"#).settings.cost == CostSettings(currency: "CNY", perHour: 3))
        #expect(try load("{}").settings.cost == CostSettings(currency: "CNY", perHour: nil))
    }

    @Test func `summaries`() throws {
        let settings = try load(
            """
            {\(Self.targets), "routes": [{"targets": ["chat"]}], "summaries": [
                {"at": "07:05", "days": "mon-fri", "timezone": "America/New_York", "targets": ["oncall"]},
                {"at": "18:00"}]}
            """)
        #expect(settings.findings.allSatisfy { $0.place == "clusters" })
        let summaries = settings.settings.summaries
        #expect(summaries.map(\.at.time.minutes) == [425, 1080])
        #expect(summaries[0].at.zone.name == "America/New_York" && summaries[1].at.zone == .utc)
        #expect(!summaries[0].at.days.contains(.sunday) && summaries[1].at.days == .everyDay)
        #expect(summaries.map(\.targets) == [["oncall"], ["chat", "oncall"]])
    }

    @Test func `heartbeats`() throws {
        let settings = try load(
            """
            {"heartbeats": [{"url": "https://hc.example.com/x"},
                {"url": {"env": "URL"}, "every": "30s", "type": "push"}]}
            """, variables: ["URL": "http://127.0.0.1:3001/api/push/x?status=up&msg=OK&ping="]
        ).settings
        #expect(
            settings.heartbeats == [
                HeartbeatSettings(
                    url: Secret(.literal("https://hc.example.com/x")), every: .seconds(60), kind: .plain),
                HeartbeatSettings(url: Secret(.environment("URL")), every: .seconds(30), kind: .push),
            ])
    }

    @Test func `hooks`() throws {
        let settings = try load(
            """
            {"hooks": {"b": {"command": ["/opt/x", "", "a\\nb"], "timeout": "10m", "environment": {"LANG": "C", "E": ""}},
                       "a": {"command": ["/bin/true"]}}}
            """
        ).settings
        #expect(
            settings.hooks == [
                HookSettings(name: "a", command: ["/bin/true"], timeout: .seconds(60), environment: [:]),
                HookSettings(
                    name: "b", command: ["/opt/x", "", "a\nb"], timeout: .seconds(600),
                    environment: ["LANG": "C", "E": ""]),
            ])
    }

    /// The program that runs hooks can read no secret and no target, and has to start all the same.
    @Test func `the runner of hooks reads its own part alone`() throws {
        let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "hooks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func written(_ text: String) throws -> String {
            let file = folder.appending(path: "config.json")
            try Data(text.utf8).write(to: file)
            return file.path
        }
        let loader = ConfigLoader(
            environment: HostEnvironment(variables: [:]), purpose: .service, targets: TargetRegistry.builtIn.table)
        let path = try written(
            """
            {"targets": {"chat": {"url": {"file": "/nonexistent"}}, "x": {"type": "nothing"}}, "clusters": 7,
             "hooks": {"h": {"command": ["/bin/true"]}}}
            """)
        #expect(try loader.loadHooks(path).hooks == [HookSettings(name: "h", command: ["/bin/true"])])
        #expect(throws: ConfigError.self) { try loader.load(path) }
        #expect(try loader.loadHooks(written("{}")).hooks == [])
        for text in [#"{"hooks": {"h": {"command": ["x"]}}}"#, "[]", "{", #"{"hooks": {"h": {}, "h": {}}}"#] {
            let path = try written(text)
            #expect(throws: ConfigError.self) { try loader.loadHooks(path) }
        }
    }
}
