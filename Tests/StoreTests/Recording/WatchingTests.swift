import Model
import Testing

@testable import Store

struct WatchingTests {
    private let fixture: StoreFixture
    private let store: EventStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    @Test
    func `watching writes only what differs, and forgets nothing`() throws {
        let entries = (1...20).map {
            ClusterEntry(id: ClusterID("pm-\($0)"), name: "n\($0)", scope: StoreFixture.scope)
        }
        try store.watch(entries, at: StoreFixture.start)
        #expect(try store.loadWatched().count == 20)
        var cluster = try #require(try store.loadClusters([ClusterID("pm-1")]).first)
        cluster.status = .failed
        _ = try store.record(Recording(clusters: [cluster]), at: StoreFixture.start)

        let changesBefore = try changes()
        try store.watch(entries, at: StoreFixture.start)
        #expect(try changes() == changesBefore)

        try store.watch(
            [ClusterEntry(id: ClusterID("pm-2"), name: "other", scope: StoreFixture.scope)], at: StoreFixture.start)
        #expect(try store.loadWatched().map(\.name) == ["other"])
        #expect(try changes() == changesBefore + 20)
        // Back again: with what was stored.
        try store.watch(entries, at: StoreFixture.start)
        #expect(try store.loadClusters([cluster.id]).first?.status == .failed)
        #expect(try store.loadWatched().count == 20)
    }

    private func changes() throws -> Int {
        try store.read { try $0.int("SELECT total_changes()") ?? -1 }
    }
}
