import Model
import Testing

/// The table of target kinds agrees with itself.
struct TargetRulesTests {
    @Test(arguments: TargetKind.allCases)
    func `what is required may be written, and the service's own address is recognised`(kind: TargetKind) throws {
        let rules = kind.rules
        #expect(rules.requiredKeys.isSubset(of: rules.keys))
        #expect(rules.keys.contains("mention") == (rules.mention != .none))
        if let url = rules.defaultURL {
            let host = try #require(url.halves(at: "://").1)
            #expect(TargetKind(host: host) == kind)
            #expect(!rules.requiredKeys.contains("url"))
        }
        for host in rules.hosts { #expect(host == host.lowercased()) }
    }

    @Test func `a host, an ending and an alias belong to one kind only`() {
        let hosts = TargetKind.allCases.flatMap { $0.rules.hosts }
        #expect(Set(hosts).count == hosts.count)
        let aliases = TargetKind.allCases.flatMap { $0.rules.aliases }
        #expect(Set(aliases).count == aliases.count)
        for alias in aliases { #expect(TargetKind(rawValue: alias) == nil) }
        let endings = TargetKind.allCases.flatMap { kind in kind.rules.hostSuffixes.map { (kind, $0) } }
        for (kind, ending) in endings {
            #expect(ending.hasPrefix("."), "evil\(ending) must not be taken for it")
            #expect(TargetKind(host: "prod-01\(ending)") == kind)
        }
    }

    @Test(arguments: [
        ("oapi.dingtalk.com", TargetKind.dingtalk), ("Hooks.Slack.COM", .slack),
        ("events.eu.pagerduty.com", .pagerduty),
        ("prod-7.westeurope.logic.azure.com", .teams), ("open.larksuite.com", .feishu),
    ])
    func `a known host says the kind, in any case`(host: String, kind: TargetKind) {
        #expect(TargetKind(host: host) == kind)
    }

    @Test(arguments: ["example.com", "slack.com", "hooks.slack.com.evil.example", "logic.azure.com", ""])
    func `any other host says nothing`(host: String) {
        #expect(TargetKind(host: host) == nil)
    }
}
