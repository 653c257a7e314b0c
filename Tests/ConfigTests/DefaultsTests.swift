import Model
import Testing

@testable import Config

/// What a config that says little means (the defaults are the documented ones).
struct DefaultsTests {
    @Test func `an empty config is the default settings`() throws {
        let loaded = try load("{}")
        #expect(loaded.settings == Settings())
        #expect(loaded.findings.map(\.severity) == [.warning])
    }

    @Test func `the documented defaults`() throws {
        let settings = try load(#"{"api": {"region": "cn-beijing"}, "clusters": ["pm-1"]}"#).settings
        let account = try #require(settings.account(named: "default"))
        #expect(settings.accounts == [account])
        #expect(account.region == "cn-beijing")
        #expect(account.endpoint == nil)
        #expect(account.network == .public)
        #expect(account.credentials == .defaultChain)
        #expect(account.callsPerSecond == 2)
        #expect(account.burst == 5)
        #expect(account.connection == ConnectionSettings(connectTimeout: .seconds(5), timeout: .seconds(10)))
        #expect(settings.clusters == [ClusterSettings(id: ClusterID("pm-1"), account: "default", region: "cn-beijing")])
        #expect(settings.schedule.running == .seconds(30))
        #expect(settings.schedule.settled == .seconds(30 * 60))
        #expect(settings.schedule.jitter == 0.1)
        #expect(settings.schedule.failingAfter == .seconds(5 * 60))
        #expect(settings.schedule.adaptive)
        #expect(settings.schedule.stallAfter == .seconds(30 * 60))
        #expect(settings.targets == [TargetSettings(name: "systemd", kind: .systemd)])
        #expect(settings.routes == [RouteSettings()])
        #expect(
            settings.delivery.retry
                == [5, 30, 120, 300, 900, 1800, 3600].map { Duration.seconds($0) })
        #expect(settings.delivery.giveUpAfter == .seconds(72 * 3600))
        #expect(settings.firstSeenEvents == [.failed])
        #expect(settings.storage == StorageSettings(path: "/var/lib/polarai/polarai.db", keep: nil))
        #expect(settings.log.level == .info)
        #expect(settings.language == .english)
    }

    @Test func `the database is in the unit's first state directory`() throws {
        let variables = ["STATE_DIRECTORY": "/var/lib/one:/var/lib/two"]
        #expect(try load("{}", variables: variables).settings.storage.path == "/var/lib/one/polarai.db")
        let named = try load(#"{"storage": {"path": "/srv/h.db"}}"#, variables: variables)
        #expect(named.settings.storage.path == "/srv/h.db")
        #expect(
            try load("{}", variables: ["STATE_DIRECTORY": ""]).settings.storage.path == "/var/lib/polarai/polarai.db")
    }

    @Test func `what a target leaves out comes from the top level`() throws {
        let settings = try load(
            """
            {"delivery": {"retry": ["1s"], "give_up_after": "1h"}, "language": "zh",
             "targets": {"a": {"url": "https://a.example.com/"},
                         "b": {"url": "https://b.example.com/", "retry": ["2s", "4s"], "language": "en"}}}
            """
        ).settings
        let (a, b) = (try #require(settings.target(named: "a")), try #require(settings.target(named: "b")))
        #expect(a.delivery == DeliverySettings(retry: [.seconds(1)], giveUpAfter: .seconds(3600)))
        #expect(a.language == .chinese)
        #expect(a.connection.timeout == .seconds(20))
        #expect(a.rate == nil)
        #expect(b.delivery == DeliverySettings(retry: [.seconds(2), .seconds(4)], giveUpAfter: .seconds(3600)))
        #expect(b.language == .english)
    }

    @Test func `what an account leaves out comes from api`() throws {
        let settings = try load(
            """
            {"api": {"region": "cn-beijing", "network": "vpc", "burst": 9, "timeout": "3s", "proxy": "http://p:1",
                     "credentials": {"type": "profile", "name": "p"}},
             "accounts": {"b": {"region": "cn-shanghai"}, "a": {"burst": 1, "credentials": {"type": "default"}}},
             "clusters": ["pm-0", {"id": "pm-1", "account": "a"}, {"id": "pm-2", "account": "b"},
                          {"id": "pm-3", "account": "b", "region": "eu-central-1"}]}
            """
        ).settings
        #expect(settings.accounts.map(\.name) == ["default", "a", "b"])
        let (a, b) = (settings.accounts[1], settings.accounts[2])
        #expect(a.region == "cn-beijing" && a.network == .vpc && a.burst == 1 && a.credentials == .defaultChain)
        #expect(b.region == "cn-shanghai" && b.network == .vpc && b.burst == 9)
        #expect(b.credentials == .profile(name: "p", file: nil))
        #expect(b.connection.timeout == .seconds(3) && b.connection.proxy == Secret(.literal("http://p:1")))
        #expect(
            settings.clusters.map(\.accountRegion.description) == [
                "default/cn-beijing", "a/cn-beijing", "b/cn-shanghai", "b/eu-central-1",
            ])
    }

    @Test func `what a route leaves out stays unsaid`() throws {
        let settings = try load(
            """
            {"clusters": [{"id": "pm-1", "region": "cn-beijing"}],
             "targets": {"a": {"type": "systemd"}, "b": {"type": "systemd"}},
             "routes": [{}, {"events": ["gone"], "clusters": ["pm-*"], "labels": {"k": "v"}, "targets": ["b"]}]}
            """
        ).settings
        #expect(settings.routes[0] == RouteSettings(events: nil, clusters: nil, labels: [:], targets: nil))
        #expect(
            settings.routes[1]
                == RouteSettings(events: [.gone], clusters: ["pm-*"], labels: ["k": "v"], targets: ["b"]))
    }
}
