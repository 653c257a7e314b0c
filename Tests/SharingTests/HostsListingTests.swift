import Model
import Sharing
import Testing

/// What `status` says of the hosts that share a database.
struct HostsListingTests {
    private func host(_ owner: String, _ config: [String: String], isAlive: Bool = true) -> ListedHost {
        let entry = HostEntry(
            owner: owner, host: owner, pid: 1, version: "1", shares: [], targets: [], config: config)
        let time = Timestamp(milliseconds: 1_764_000_000_000)
        return ListedHost(entry: entry, startedAt: time, lastSeenAt: time, isAlive: isAlive, holds: [])
    }

    private func configs(_ hosts: [ListedHost]) -> [String] {
        (HostsListing(hosts).json.arrayValue ?? []).map { $0["config"]?.stringValue ?? "" }
    }

    @Test func `a config differs on both hosts that have different ones`() {
        #expect(configs([host("a", ["routes": "1"])]) == ["same"])
        #expect(configs([host("a", ["routes": "1"]), host("b", ["routes": "1"])]) == ["same", "same"])
        #expect(configs([host("a", ["routes": "1"]), host("b", ["routes": "2"])]) == ["differs", "differs"])
        #expect(configs([host("a", ["routes": "1"]), host("b", [:])]) == ["same", "same"], "not known yet")
    }

    @Test func `a host that died makes no other one differ`() {
        let hosts = [host("a", ["cost": "1"]), host("b", ["cost": "1"]), host("c", ["cost": "2"], isAlive: false)]
        #expect(configs(hosts) == ["same", "same", "differs"])
    }
}
