import Alerts
import Config
import HTTPTransport
import Model
import Monitor
import Sharing
import Systemd
import TestSupport
import Testing

@testable import Daemon

/// What a host's config names, and the part of it that a host does.
struct HostSharesTests {
    private static let beijing = Share.scope(AccountRegion(account: "default", region: "cn-beijing"))
    private static let lab = Share.scope(AccountRegion(account: "lab", region: "cn-hangzhou"))

    private func plans() throws -> Plans {
        let text = """
            {"api": {"region": "cn-beijing"}, "accounts": {"lab": {"region": "cn-hangzhou"}},
             "clusters": ["pm-2ze9shares0001", {"id": "pm-2ze9shares0002", "account": "lab"}],
             "targets": {"zeta": {"url": "https://ci.example.com/hook"}, "alpha": {"url": "https://ci.example.com/hook"},
                         "am": {"type": "alertmanager", "url": "http://am.example.com:9093"}},
             "heartbeats": [{"url": "https://hc.example.com/one"}, {"url": "https://hc.example.com/each", "each_host": true}],
             "storage": {"url": "postgresql://watch@db.example.com/polarai"}}
            """
        let loaded = try ConfigLoader.host(environment: HostEnvironment(variables: [:]))
            .load(Array(text.utf8), path: "config.json", permissions: 0o600)
        let recorder = Recorder()
        return try Plans(
            loaded.settings,
            parts: SharedParts(
                environment: HostEnvironment(variables: [:]), clock: SystemClock(), apiShared: APIShared(),
                announcer: Announcer(output: recorder.output, notifier: recorder.notifier),
                apiHTTP: CurlClient(userAgent: "test"), alertHTTP: CurlClient(userAgent: "test")))
    }

    private func held(_ leases: [Share: (epoch: Int64, tokens: Double?)]) -> [Share: Lease] {
        leases.reduce(into: [:]) { held, entry in
            held[entry.key] = Lease(
                share: entry.key, epoch: entry.value.epoch,
                end: SystemClock().now().monotonic.advanced(by: .seconds(60)),
                tokens: entry.value.tokens)
        }
    }

    @Test func `targets with the same credential are one share, named by the first of them`() throws {
        let plans = try plans()
        let shares = HostShares(plans.settings, targets: plans.delivery.targets)
        #expect(shares.all == [Self.beijing, Self.lab, .targets("alpha"), .targets("am"), .upkeep])
        #expect(shares.targets(in: [Share.targets("alpha")]) == ["alpha", "zeta"])
        #expect(shares.share(of: "zeta") == .targets("alpha"))
        #expect(shares.targets(in: [Share.targets("zeta")]).isEmpty)
    }

    @Test func `a host polls, serves and holds what it has a lease of, and nothing else`() throws {
        let plans = try plans()
        let attempts = AttemptGuard { _ in true }
        let none = plans.part([:], guarding: attempts)
        #expect(none.poll.settings.scopes.isEmpty && none.delivery.targets.isEmpty && none.firing.holds.isEmpty)
        #expect(!none.delivery.notifies)
        let part = plans.part(
            held([Self.lab: (1, nil), .targets("alpha"): (3, nil), .upkeep: (2, nil)]), guarding: attempts)
        #expect(part.poll.settings.clusters.map(\.id.rawValue) == ["pm-2ze9shares0002"])
        #expect(part.delivery.targets.map(\.name) == ["alpha", "zeta"])
        #expect(part.firing.holds.isEmpty)
        #expect(part.delivery.notifies && !part.delivery.isAlone)
        // What a message of any target can name is known all the same.
        #expect(part.delivery.capacities == plans.delivery.capacities)
        #expect(plans.part(held([.targets("am"): (1, nil)]), guarding: attempts).firing.holds.keys.sorted() == ["am"])
    }

    @Test func `a budget is full for its first owner alone, and else what the last one left of it`() throws {
        let plans = try plans()
        let attempts = AttemptGuard { _ in true }
        let part = plans.part(held([Self.beijing: (1, nil), Self.lab: (7, nil)]), guarding: attempts)
        #expect(part.poll.settings.tokensLeft == [AccountRegion(account: "lab", region: "cn-hangzhou"): 0])
        let left = plans.part(held([Self.lab: (7, 2.5)]), guarding: attempts)
        #expect(left.poll.settings.tokensLeft.values.map { $0 } == [2.5])
    }

    @Test func `of the hosts that share a database one calls an address, or each of them does`() throws {
        let plans = try plans()
        #expect(plans.heartbeats([:]).map(\.isOfEachHost) == [true])
        #expect(plans.heartbeats(held([.upkeep: (1, nil)])).count == 2)
    }

    @Test func `an attempt begins with a lease, and ends with it`() async throws {
        let closed = AttemptGuard { _ in false }
        #expect(
            await closed.run(.targets("alpha")) {
                Issue.record("it was begun"); return nil
            } == nil)
        let open = AttemptGuard { $0 == .targets("alpha") }
        let (begins, began) = AsyncStream.makeStream(of: Void.self)
        let attempt = Task {
            await open.run(.targets("alpha")) {
                began.yield()
                while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
                return nil
            }
        }
        for await _ in begins { break }
        open.cut([.targets("beta")])
        #expect(!attempt.isCancelled)
        open.cut([.targets("alpha")])
        #expect(await attempt.value == nil)
    }
}
