import Alerts
import Model
import Testing

/// The table of target kinds agrees with itself.
struct TargetRulesTests {
    private static let table = TargetRegistry.builtIn.table

    @Test(arguments: table.kinds)
    func `what is required may be written, and the service's own address is recognised`(kind: TargetKind) throws {
        let rules = kind.rules
        #expect(rules.requiredKeys.isSubset(of: rules.keys))
        #expect(rules.keys.contains("mention") == (rules.mention != .none))
        if let url = rules.defaultURL {
            let host = try #require(url.halves(at: "://").1)
            #expect(Self.table.kind(ofHost: host) == kind)
            #expect(!rules.requiredKeys.contains("url"))
        }
        for host in rules.hosts { #expect(host == host.lowercased()) }
    }

    @Test func `a host, an ending and an alias belong to one kind only`() {
        let hosts = Self.table.kinds.flatMap { $0.rules.hosts }
        #expect(Set(hosts).count == hosts.count)
        let aliases = Self.table.kinds.flatMap { $0.rules.aliases }
        #expect(Set(aliases).count == aliases.count)
        for alias in aliases { #expect(Self.table.kind(named: alias) == nil) }
        let endings = Self.table.kinds.flatMap { kind in kind.rules.hostSuffixes.map { (kind, $0) } }
        for (kind, ending) in endings {
            #expect(ending.hasPrefix("."), "evil\(ending) must not be taken for it")
            #expect(Self.table.kind(ofHost: "prod-01\(ending)") == kind)
        }
    }

    @Test(arguments: [
        ("oapi.dingtalk.com", TargetKind.dingtalk), ("Hooks.Slack.COM", .slack),
        ("events.eu.pagerduty.com", .pagerduty),
        ("prod-7.westeurope.logic.azure.com", .teams), ("open.larksuite.com", .feishu),
    ])
    func `a known host says the kind, in any case`(host: String, kind: TargetKind) {
        #expect(Self.table.kind(ofHost: host) == kind)
    }

    @Test(arguments: ["example.com", "slack.com", "hooks.slack.com.evil.example", "logic.azure.com", ""])
    func `any other host says nothing`(host: String) {
        #expect(Self.table.kind(ofHost: host) == nil)
    }
}
