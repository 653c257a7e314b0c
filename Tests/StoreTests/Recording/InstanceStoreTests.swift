import Migrations
import Model
import Testing

@testable import Store

@Suite(.onBothEngines)
struct InstanceStoreTests {
    private let key = InstanceKey(id: "pc-1", scope: StoreFixture.scope)

    private func recording(_ key: InstanceKey, listedAt seconds: Double) -> Recording {
        var recording = Recording()
        recording.listed = [InstanceRecord(key: key, firstListedAt: StoreFixture.time(seconds))]
        return recording
    }

    @Test func `the first listing of an instance is kept, and no later one changes it`() throws {
        let fixture = try StoreFixture()
        var store = try fixture.open()
        let abroad = InstanceKey(id: "pc-1", scope: AccountRegion(account: "default", region: "cn-shanghai"))
        #expect(try store.loadInstances().isEmpty)
        _ = try store.record(recording(key, listedAt: 10), at: StoreFixture.time(10))
        _ = try store.record(recording(key, listedAt: 500), at: StoreFixture.time(500))
        _ = try store.record(recording(abroad, listedAt: 20), at: StoreFixture.time(20))
        try store.close()
        store = try fixture.open()
        #expect(
            try store.loadInstances() == [
                InstanceRecord(key: key, firstListedAt: StoreFixture.time(10)),
                InstanceRecord(key: abroad, firstListedAt: StoreFixture.time(20)),
            ])
    }

    @Test func `it is written with the part of a commit that is accepted`() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let recorded = try store.recordWhatIsAccepted(recording(key, listedAt: 10), at: StoreFixture.time(10))
        #expect(recorded.recording.listed.map(\.key) == [key])
        #expect(recording(key, listedAt: 10).subjects == [nil])
        #expect(recording(key, listedAt: 10).part { $0 != nil }.listed.isEmpty)
    }

    @Test func `that an event's run ended long ago comes back`() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        var event = StoreFixture.event(.failed)
        event.endedLongAgo = true
        try store.record(event, StoreFixture.event(.failed, of: "pm-2"))
        let alerts = try store.waitingAlerts(for: "chat", limit: 10)
        #expect(alerts.map(\.event.event.endedLongAgo) == [true, false])
    }
}
