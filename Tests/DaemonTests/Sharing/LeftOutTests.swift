import Model
import Sharing
import Systemd
import Testing

@testable import Daemon

/// What one host's config names and another one's, who does the work, does not.
struct LeftOutTests {
    private static let lab = AccountRegion(account: "lab 2", region: "cn-hangzhou")
    private static let ops = AccountRegion(account: "default", region: "cn-beijing")

    private func entry(_ owner: String, clusters: String, targets: [String] = ["chat"]) -> HostEntry {
        HostEntry(
            owner: owner, host: "host-\(owner)", pid: 7, version: "1",
            shares: [.scope(Self.lab), .scope(Self.ops), .targets("chat")], targets: targets,
            groups: Dictionary(targets.map { ($0, "chat") }) { first, _ in first }, config: ["clusters": clusters])
    }

    private func view(_ other: HostEntry, holds: Set<Share>, isAlive: Bool = true) -> MembershipView {
        var view = MembershipView(entry: entry("me", clusters: "1a", targets: ["chat", "chat-night"]))
        let listed = ListedHost(
            entry: other, startedAt: Timestamp(milliseconds: 0), lastSeenAt: Timestamp(milliseconds: 0),
            isAlive: isAlive, holds: holds)
        view.note([listed], at: MonotonicInstant(nanoseconds: 1))
        return view
    }

    @Test func `only what another host holds by another list of tasks is searched`() {
        let other = entry("other", clusters: "2b", targets: ["chat", "chat-night"])
        let search = LeftOutSearch(view(other, holds: [.scope(Self.lab), .upkeep]))
        #expect(Set(search.scopes.keys) == [Self.lab])
        #expect(search.targets.isEmpty)
        #expect(LeftOutSearch(view(other, holds: [.scope(Self.lab)], isAlive: false)).scopes.isEmpty)
        let same = entry("other", clusters: "1a", targets: ["chat", "chat-night"])
        #expect(
            LeftOutSearch(view(same, holds: [.scope(Self.lab), .targets("chat")]))
                == LeftOutSearch(view(same, holds: [])))
    }

    @Test func `an instance that the host which polls its account does not name is said`() throws {
        func entry(_ owner: String, _ instances: Set<NamedInstance>, digest: String) -> HostEntry {
            var entry = self.entry(owner, clusters: "1a")
            entry.instances = instances
            entry.config["instances"] = digest
            return entry
        }
        let (one, two) = (NamedInstance(id: "pc-one", scope: Self.lab), NamedInstance(id: "pc-two", scope: Self.lab))
        let elsewhere = NamedInstance(id: "pc-ops", scope: Self.ops)
        var view = MembershipView(entry: entry("me", [one, two, elsewhere], digest: "3c"))
        func search(_ other: HostEntry) -> LeftOutSearch {
            let listed = ListedHost(
                entry: other, startedAt: Timestamp(milliseconds: 0), lastSeenAt: Timestamp(milliseconds: 0),
                isAlive: true, holds: [.scope(Self.lab)])
            view.note([listed], at: MonotonicInstant(nanoseconds: 1))
            return LeftOutSearch(view)
        }
        #expect(search(entry("other", [one, two, elsewhere], digest: "3c")).instances.isEmpty)
        // Only the order of the keys, or a label, differs.
        #expect(search(entry("other", [one, two], digest: "4d")).instances.isEmpty)
        let found = search(entry("other", [two], digest: "5e"))
        #expect(Set(found.instances.keys) == ["pc-one"] && found.settled(since: found) == found)
        let left = found.leftOut([:], watched: [:])
        #expect(left.status?.contains("instance pc-one is not watched") == true)
        #expect(left.entries.map(\.message).first?.contains("host-other") == true)
    }

    @Test func `who has just taken over is given time`() {
        let search = LeftOutSearch(view(entry("other", clusters: "2b"), holds: [.scope(Self.lab), .targets("chat")]))
        let before = LeftOutSearch(view(entry("earlier", clusters: "2b"), holds: [.scope(Self.lab), .targets("chat")]))
        #expect(search.settled(since: before).scopes.isEmpty && search.settled(since: before).targets.isEmpty)
        #expect(search.settled(since: search) == search)
    }

    @Test func `tasks and targets are named, with the host that does not know them`() throws {
        let search = LeftOutSearch(view(entry("other", clusters: "2b"), holds: [.scope(Self.lab), .targets("chat")]))
        let (known, first, second) = (ClusterID("pm-known"), ClusterID("pm-first"), ClusterID("pm-second"))
        let left = search.leftOut(
            [Self.lab: [second, known, first], Self.ops: [ClusterID("pm-elsewhere")]], watched: [Self.lab: [known]])
        #expect(left.allTasks.map(\.cluster) == [first, second])
        #expect(left.targets.values.flatMap { $0 } == ["chat-night"])
        let status = try #require(left.status)
        #expect(status.contains("2 tasks are not polled") && status.contains("host-other"))
        #expect(status.contains("nothing is sent to chat-night"))
        let lines = left.entries.map(\.message)
        #expect(lines.count == 2)
        #expect(lines[0].contains("pm-first, pm-second") && lines[0].contains("reload all"))
        let none = search.leftOut([Self.lab: [known]], watched: [Self.lab: [known]])
        #expect(none.tasks.isEmpty)
        #expect(LeftOut().status == nil)
        #expect(LeftOut().entries.count == 1)
    }
}
