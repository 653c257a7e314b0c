import Alerts
import Config
import HTTPTransport
import Model
import Monitor
import Systemd
import TestSupport
import Testing

@testable import Daemon

/// What the loops work by, made from a config.
struct PlansTests {
    private struct Made {
        let plans: Plans
        let recorder: Recorder
        let parts: SharedParts
    }

    private func make(_ text: String) throws -> Made {
        let loaded = try ConfigLoader(
            environment: HostEnvironment(variables: [:]), targets: TargetRegistry.builtIn.table
        )
        .load(Array(text.utf8), path: "config.json", permissions: 0o600)
        let recorder = Recorder()
        let parts = SharedParts(
            environment: HostEnvironment(variables: [:]), clock: SystemClock(), apiShared: APIShared(),
            announcer: Announcer(output: recorder.output, notifier: recorder.notifier),
            apiHTTP: CurlClient(userAgent: "test"), alertHTTP: CurlClient(userAgent: "test"))
        return Made(plans: try Plans(loaded.settings, parts: parts), recorder: recorder, parts: parts)
    }

    private static let text = """
        {"api": {"region": "cn-beijing", "calls_per_second": 3, "burst": 7, "timeout": "4s"},
         "accounts": {"lab": {"region": "cn-hangzhou"}},
         "clusters": [{"id": "pm-2ze9plans00001", "name": "nightly", "poll": "90s", "labels": {"team": "nlp"}},
                      {"id": "pm-2ze9plans00002", "account": "lab"}],
         "instances": [{"id": "pc-2ze9plans00003", "account": "lab", "region": "cn-shanghai"}],
         "targets": {"hook": {"url": "https://ci.example.com/hook"},
                     "am": {"type": "alertmanager", "url": "http://am.example.com:9093", "hold": "2h"},
                     "journal": {"type": "systemd"}},
         "routes": [{"events": ["failed"], "clusters": ["nightly"], "targets": ["hook"]}, {"targets": ["am"]}],
         "log": {"level": "warning"}}
        """

    @Test func `the monitor watches what the config names, each account and region within its own quota`() throws {
        let settings = try make(Self.text).plans.poll.settings
        #expect(settings.clusters.map(\.id.rawValue) == ["pm-2ze9plans00001", "pm-2ze9plans00002"])
        #expect(settings.clusters[0].poll == .seconds(90))
        #expect(settings.clusters[0].labels == ["team": "nlp"])
        #expect(settings.clusters[1].scope == AccountRegion(account: "lab", region: "cn-hangzhou"))
        #expect(settings.instances.map(\.key.id) == ["pc-2ze9plans00003"])
        let scopes = [
            AccountRegion(account: "default", region: "cn-beijing"),
            AccountRegion(account: "lab", region: "cn-hangzhou"),
            AccountRegion(account: "lab", region: "cn-shanghai"),
        ]
        #expect(Set(settings.quotas.keys) == Set(scopes))
        // What an account leaves out is that of `api`.
        for scope in scopes {
            #expect(settings.quotas[scope]?.callsPerSecond == 3)
            #expect(settings.quotas[scope]?.burst == 7)
            #expect(settings.quotas[scope]?.timeout == .seconds(4))
        }
    }

    @Test func `every target has a plan, an Alertmanager holds, and nobody else is sent anything`() async throws {
        let plans = try make(Self.text).plans
        #expect(plans.delivery.targets.map(\.name) == ["am", "hook", "journal"])
        #expect(plans.firing.holds == ["am": .seconds(7200)])
        #expect(await plans.firing.remind([], "hook-that-is-not-there") == nil)
    }

    @Test func `nothing of a plan is in force before it takes effect`() throws {
        let made = try make(Self.text)
        #expect(made.recorder.output.minimum != .warning)
        made.plans.poll.takeEffect()
        #expect(made.recorder.output.minimum == .warning)
    }

    @Test(arguments: [
        (LogLevel.trace, JournalPriority.debug), (.debug, .debug), (.info, .info), (.notice, .notice),
        (.warning, .warning), (.error, .error), (.critical, .critical),
    ])
    func `every level of the config is a priority of the journal`(level: LogLevel, priority: JournalPriority) {
        #expect(JournalPriority(level) == priority)
    }

    @Test func `what was learned of receivers' clocks is shared with the next config`() throws {
        let made = try make(Self.text)
        let copy = made.parts
        #expect(copy.receiverClocks === made.parts.receiverClocks)
        #expect(copy.apiShared.clockOffset === made.parts.apiShared.clockOffset)
    }
}
