import Model
import Testing

@testable import Monitor

struct WatchedTaskTests {
    @Test func `what is stored tells our GONE from the API's own word`() {
        var record = ClusterRecord(id: "a", scope: home)
        record.status = ClusterStatus("GONE")
        let gone = WatchedTask(cluster("a"), in: ScopeIndex(0), restored: record, at: .seconds(1))
        #expect(gone.isGone)
        record.digest = BodyDigest(high: 1, low: 2)
        let said = WatchedTask(cluster("a"), in: ScopeIndex(0), restored: record, at: .seconds(1))
        #expect(!said.isGone)
        #expect(said.record.status == .foreignGone)
    }
}
